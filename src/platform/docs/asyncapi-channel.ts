import { fieldTable, messageAnchor, messageArticle } from './asyncapi-message.js';
import {
  type AsyncApi,
  type Bindings,
  type Channel,
  nameOf,
  type SecurityScheme,
  type Server,
} from './asyncapi-model.js';
import { directionOf, operationTable } from './asyncapi-operations.js';
import { type Html, markup } from '../http/html.js';
import { inlineMarkdown, markdown } from './markdown.js';

/** One kind of connection: where it is, how to authenticate, who sends what, and every message. */
export function channelSection(name: string, channel: Channel, { servers, operations, components }: AsyncApi): Html {
  const { schemas, securitySchemes } = components;
  const server = servers[nameOf(channel.servers[0]!)]!;
  const own = Object.entries(operations).filter(([, operation]) => nameOf(operation.channel) === name);
  const messages = Object.entries(channel.messages);
  return markup`
<section id="${name}" aria-labelledby="${name}-title">
  <h2 id="${name}-title">${channel.title}</h2>
  ${markdown(channel.description)}
  <dl class="facts">
    <dt>Address</dt><dd><code>${addressOf(server, channel)}</code></dd>
    <dt>Protocol</dt><dd>${server.protocol} ${server.protocolVersion}</dd>
  </dl>
  <h3 id="${name}-connecting">Connecting</h3>
  ${markdown(server.description)}
  ${parameterTables([channel.bindings, ...own.map(([, { bindings }]) => bindings)], schemas)}
  <h3 id="${name}-authentication">Authentication</h3>
  ${schemeTable(server.security.map((reference) => securitySchemes[nameOf(reference)]!))}
  <h3 id="${name}-operations">Operations</h3>
  ${operationTable(name, own)}
  <h3 id="${name}-messages">Messages</h3>
  ${messages.map(([key, message]) => messageArticle(messageAnchor(name, key), message, directionOf(key, own), schemas))}
</section>`;
}

const SCHEMES: Record<string, string> = { 'socket.io': 'http' };

function addressOf({ protocol, host, variables = {} }: Server, { address }: Channel): string {
  const filled = host.replace(/\{(\w+)\}/g, (whole, name: string) => variables[name]?.default ?? whole);
  return `${SCHEMES[protocol] ?? protocol}://${filled}${address}`;
}

function parameterTables(bindings: (Bindings | undefined)[], schemas: AsyncApi['components']['schemas']): Html[] {
  return bindings
    .flatMap((binding) => Object.values(binding ?? {}))
    .map(
      ({ query, headers }) => markup`
${query && fieldTable('Query parameters', query, schemas)}
${headers && fieldTable('Request headers', headers, schemas)}`,
    );
}

function schemeTable(schemes: SecurityScheme[]): Html {
  return markup`
<div class="scroll"><table>
  <thead><tr><th scope="col">The token goes into</th><th scope="col">How</th></tr></thead>
  <tbody>${schemes.map((scheme) => markup`<tr><th scope="row">${placeOf(scheme)}</th><td>${inlineMarkdown(scheme.description)}</td></tr>`)}</tbody>
</table></div>`;
}

function placeOf({ type, in: place, name }: SecurityScheme): Html {
  if (type === 'http') return markup`header <code>Authorization</code>`;
  return name === undefined ? markup`the connection itself` : markup`${place} <code>${name}</code>`;
}
