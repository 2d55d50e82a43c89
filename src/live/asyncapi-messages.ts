import type { Schemas } from '../platform/openapi/schemas.js';
import { exampleOfModel, type JsonSchema, jsonSchema, reference, tagged } from './asyncapi-schemas.js';
import { CLIENT_FRAMES, type ClientFrameName, type FrameName, SERVER_FRAMES } from './live-frames.js';

export interface Message {
  name: string;
  title: string;
  summary: string;
  contentType: string;
  headers?: JsonSchema;
  payload?: JsonSchema;
  examples: { name: string; headers?: object; payload?: unknown }[];
}

/** By the name that the message has in its channel. */
export type Messages = Record<string, Message>;

const SERVER_WORDS: Record<FrameName, [title: string, summary: string]> = {
  ready: ['Signed in', 'The first frame: who you are, and where your stream ends at this moment.'],
  change: ['Something happened', 'The next item of your stream.'],
  withheld: ['Items that you may not see', 'Take its number as yours: what lies between is not for you any more.'],
  pulse: ['Still there', 'How far this connection was served. Compare it with your number.'],
  resync: ['Too old', 'What you asked for is no longer kept: load anew what you show.'],
  session_ended: ['The end', 'The last frame, and why. The server closes the connection after it.'],
};

const CLIENT_WORDS: Record<ClientFrameName, [title: string, summary: string]> = {
  resume: ['Once more from there', 'Sends the items after that number again, and goes on.'],
  authenticate: [
    'A fresh token',
    'Signs in, or goes on with a fresh token of the same person over the same connection.',
  ],
};

const EXPIRES_AT = '2026-05-04T09:45:00.000Z';
const ANSWERS: Record<ClientFrameName, object[]> = {
  resume: [
    { ok: true, seq: 12 },
    { ok: false, code: 'resync', seq: 12 },
  ],
  authenticate: [
    { ok: true, expires_at: EXPIRES_AT },
    { ok: false, code: 'unauthenticated' },
  ],
};

const JSON_TYPE = 'application/json';

type Shape = (name: string, model: string) => { payload: JsonSchema; wrap: (example: object) => object };

/** As arguments of socket.io events: the bare frame. */
const bare: Shape = (_name, model) => ({ payload: reference(model), wrap: (example) => example });

export const acknowledgementOf = (name: string): string => `${name}Acknowledged`;

/** The messages of socket.io. */
export function socketIoMessages(schemas: Schemas): Messages {
  return { ...serverMessages(schemas, bare), ...clientMessages(schemas, bare), ...acknowledgements(() => bare) };
}

/** The messages of the plain WebSocket: JSON texts that name themselves; only a change is the bare item. */
export function webSocketMessages(schemas: Schemas): Messages {
  const withTags =
    (tags: Record<string, string>): Shape =>
    (_name, model) => ({
      payload: tagged(tags, jsonSchema(schemas[model]!)),
      wrap: (example) => ({ ...tags, ...example }),
    });
  const text: Shape = (name, model) => (name === 'change' ? bare : withTags({ type: name }))(name, model);
  return {
    ...serverMessages(schemas, text),
    ...clientMessages(schemas, text),
    ...acknowledgements((name) => withTags({ type: 'acknowledged', of: name })),
  };
}

/** The messages of Server-Sent Events: `event` and `id` as headers, `data` as the payload. */
export function serverSentMessages(schemas: Schemas): Messages {
  const { change, resync, session_ended } = serverMessages(schemas, bare);
  const id: JsonSchema = { type: 'string', pattern: '^[0-9]+$', description: 'Your new number.' };
  const named = (message: Message, ...required: string[]): Message => ({
    ...message,
    headers: {
      type: 'object',
      properties: { event: { type: 'string', const: message.name }, id },
      required: ['event', ...required],
    },
    examples: message.examples.map((one) => ({
      ...one,
      headers: { event: message.name, ...(required.includes('id') ? { id: '12' } : {}) },
    })),
  });
  return {
    change: named(change!, 'id'),
    resync: named(resync!, 'id'),
    session_ended: named(session_ended!),
    position: {
      name: 'position',
      title: 'Your number',
      summary: 'A block with an id and nothing else, for ready, withheld and pulse. It dispatches no event.',
      contentType: 'text/event-stream',
      headers: { type: 'object', properties: { id }, required: ['id'] },
      examples: [{ name: 'position', headers: { id: '12' } }],
    },
  };
}

function serverMessages(schemas: Schemas, shape: Shape): Messages {
  return messagesOf(SERVER_FRAMES, SERVER_WORDS, schemas, shape);
}

function clientMessages(schemas: Schemas, shape: Shape): Messages {
  return messagesOf(CLIENT_FRAMES, CLIENT_WORDS, schemas, shape);
}

function messagesOf(
  frames: Record<string, { name: string }>,
  words: Record<string, [title: string, summary: string]>,
  schemas: Schemas,
  shape: Shape,
): Messages {
  return Object.fromEntries(
    Object.entries(frames).map(([name, { name: model }]) => {
      const { payload, wrap } = shape(name, model);
      const [title, summary] = words[name]!;
      const examples = [{ name, payload: wrap(exampleOfModel(model, schemas)) }];
      return [name, { name, title, summary, contentType: JSON_TYPE, payload, examples }];
    }),
  );
}

function acknowledgements(shapeOf: (name: string) => Shape): Messages {
  return Object.fromEntries(
    Object.entries(ANSWERS).map(([of, answers]) => {
      const name = acknowledgementOf(of);
      const { payload, wrap } = shapeOf(of)(name, 'Acknowledgement');
      const examples = answers.map((answer) => ({
        name: 'ok' in answer && answer.ok ? 'done' : 'refused',
        payload: wrap(answer),
      }));
      const title = `Answer to ${of}`;
      const summary = 'Whether it was done, and if not, why.';
      return [name, { name, title, summary, contentType: JSON_TYPE, payload, examples }];
    }),
  );
}
