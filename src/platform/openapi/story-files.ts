import type { OpenAPIObject, ParameterObject, TagObject } from '@nestjs/swagger';
import { EXAMPLE_HOST } from './at-origin.js';
import type { Operation } from './operations.js';
import { STORY, STORY_VALUES, type StoryStep } from './story.js';

// The story and every operation as files that other programs open: a Postman collection (v2.1, which Bruno, Insomnia and
// Hoppscotch import as well) and an HTTP file (as VS Code’s REST Client and others run it).

export const STORY_FILES = { collection: 'convene.postman_collection.json', http: 'convene.http' } as const;

const HOW = `Set baseUrl, then run the requests of the story in order, against a server on which nobody is called ${STORY_VALUES['ana']} or ${STORY_VALUES['ben']}; or change these two variables.`;
const VARIABLES = { baseUrl: `http://${EXAMPLE_HOST}`, ana: STORY_VALUES['ana']!, ben: STORY_VALUES['ben']! };

interface Found {
  method: string;
  path: string;
  operation: Operation;
}

function operationsOf(document: OpenAPIObject): Found[] {
  return Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item as Record<string, Operation>).map(([method, operation]) => ({
      method: method.toUpperCase(),
      path,
      operation,
    })),
  );
}

/** @throws Error for a step of an operation that does not exist */
function foundFor(document: OpenAPIObject): (step: StoryStep) => Found {
  const all = new Map(operationsOf(document).map((found) => [found.operation.operationId, found]));
  return ({ operation }) => {
    const found = all.get(operation);
    if (!found) throw new Error(`The story uses ${operation}, which is no operation`);
    return found;
  };
}

const withPath = (path: string, values: Record<string, string> = {}): string =>
  path.replace(/\{(\w+)\}/g, (parameter, name: string) => values[name] ?? parameter);

const toQuery = (query: Record<string, string> = {}): string => {
  const text = Object.entries(query).map(([name, value]) => `${name}=${value}`);
  return text.length > 0 ? `?${text.join('&')}` : '';
};

const pretty = (value: unknown): string => JSON.stringify(value, null, 2);

/** The headers of a step, in the order in which people write them. */
const headersOf = ({ as, headers = {}, body }: StoryStep): Record<string, string> => ({
  ...(as ? { Authorization: `Bearer {{${as}_token}}` } : {}),
  ...headers,
  ...(body ? { 'Content-Type': 'application/json' } : {}),
});

/** Returns the story as an HTTP file. */
export function httpFile(document: OpenAPIObject): string {
  const find = foundFor(document);
  const variables = Object.entries(VARIABLES).map(([name, value]) => `@${name} = ${value}`);
  const blocks = STORY.map((step, index) => {
    const { method, path } = find(step);
    const name = `step${index + 1}`;
    const keeps = Object.entries(step.keeps ?? {}).map(
      ([variable, place]) => `@${variable} = {{${name}.response.body.$.${place.replace(/\.(\d+)/g, '[$1]')}}}`,
    );
    return [
      `### ${index + 1}. ${step.title} (${step.status})`,
      ...keeps,
      `# @name ${name}`,
      `${method} {{baseUrl}}${withPath(path, step.path)}${toQuery(step.query)}`,
      ...Object.entries(headersOf(step)).map(([header, value]) => `${header}: ${value}`),
      ...(step.body ? ['', pretty(step.body)] : []),
    ].join('\n');
  });
  return `# ${document.info.title}: ${HOW}\n${variables.join('\n')}\n\n${blocks.join('\n\n')}\n`;
}

/** Returns the Postman collection: the story, and a folder for each group of operations. */
export function postmanCollection(document: OpenAPIObject): object {
  const find = foundFor(document);
  const folders = (document.tags as TagObject[]).map(({ name, description = '' }) => ({
    name,
    description,
    item: operationsOf(document)
      .filter(({ operation }) => operation.tags?.[0] === name)
      .map((found) => referenceItem(found)),
  }));
  return {
    info: {
      name: document.info.title,
      description: `${(document.info as { summary?: string }).summary}\n\n${HOW}`,
      version: document.info.version,
      schema: 'https://schema.getpostman.com/json/collection/v2.1.0/collection.json',
    },
    variable: Object.entries(VARIABLES).map(([key, value]) => ({ key, value, type: 'string' })),
    item: [{ name: 'Story', description: HOW, item: STORY.map((step) => storyItem(step, find(step))) }, ...folders],
  };
}

function storyItem(step: StoryStep, { method, path }: Found): object {
  const checks = [
    `pm.test('${step.status}', () => pm.response.to.have.status(${step.status}));`,
    ...Object.entries(step.keeps ?? {}).map(
      ([name, place]) =>
        `pm.collectionVariables.set('${name}', '${place}'.split('.').reduce((value, member) => value[member], pm.response.json()));`,
    ),
  ];
  const [url, query] = [withPath(path, step.path), Object.entries(step.query ?? {})];
  return {
    name: step.title,
    event: [{ listen: 'test', script: { type: 'text/javascript', exec: checks } }],
    request: {
      method,
      header: toPairs(headersOf(step)),
      url: {
        raw: `{{baseUrl}}${url}${toQuery(step.query)}`,
        host: ['{{baseUrl}}'],
        path: url.split('/').slice(1),
        ...(query.length > 0 ? { query: query.map(([key, value]) => ({ key, value })) } : {}),
      },
      ...(step.body ? { body: rawBody(pretty(step.body)) } : {}),
    },
  };
}

/** An operation by itself, with its example. Of optional parameters nothing is sent until somebody wants them. */
function referenceItem({ method, path, operation }: Found): object {
  const { summary = '', description = '', parameters = [], requestBody, security = [] } = operation;
  const of = (place: string): ParameterObject[] => parameters.filter((parameter) => parameter.in === place);
  const example = requestBody?.content['application/json']?.example as unknown;
  return {
    name: summary,
    request: {
      description,
      method,
      header: [
        ...(security.length > 0 ? toPairs({ Authorization: 'Bearer {{ana_token}}' }) : []),
        ...(example === undefined ? [] : toPairs({ 'Content-Type': 'application/json' })),
        ...of('header').map((header) => ({ ...optional(header), disabled: true })),
      ],
      url: {
        raw: `{{baseUrl}}${path.replace(/\{(\w+)\}/g, ':$1')}`,
        host: ['{{baseUrl}}'],
        path: path
          .replace(/\{(\w+)\}/g, ':$1')
          .split('/')
          .slice(1),
        query: of('query').map((parameter) => ({ ...optional(parameter), disabled: !parameter.required })),
        variable: of('path').map(({ name, description: what, example: value }) => ({
          key: name,
          value: String(value),
          description: what,
        })),
      },
      ...(example === undefined ? {} : { body: rawBody(pretty(example)) }),
    },
  };
}

const optional = ({ name, description, example }: ParameterObject): object => ({
  key: name,
  value: example === undefined ? '' : String(example),
  description,
});
const toPairs = (headers: Record<string, string>): object[] =>
  Object.entries(headers).map(([key, value]) => ({ key, value }));
const rawBody = (raw: string): object => ({ mode: 'raw', raw, options: { raw: { language: 'json' } } });
