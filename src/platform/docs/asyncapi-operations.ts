import { messageAnchor } from './asyncapi-message.js';
import { nameOf, type Operation, type Reference } from './asyncapi-model.js';
import { type Html, markup } from '../http/html.js';

const DIRECTIONS: Record<Operation['action'], string> = {
  send: 'Server to client',
  receive: 'Client to server',
};

/** Who sends which messages over a channel, and what acknowledges them. */
export function operationTable(channel: string, operations: [name: string, operation: Operation][]): Html {
  return markup`
<div class="scroll"><table class="stacked">
  <thead><tr><th scope="col">Operation</th><th scope="col">Direction</th><th scope="col">Messages</th><th scope="col">Acknowledged by</th></tr></thead>
  <tbody>${operations.map(([name, operation]) => operationRow(channel, name, operation))}</tbody>
</table></div>`;
}

/** Who sends the message, in words. Every message belongs to an operation, as sent or as its acknowledgement. */
export function directionOf(message: string, operations: [name: string, operation: Operation][]): string {
  const has = (list: Reference[] = []): boolean => list.some((reference) => nameOf(reference) === message);
  for (const [, { action, messages, reply }] of operations) {
    if (has(messages)) return DIRECTIONS[action];
    if (has(reply?.messages)) return `${DIRECTIONS[action === 'send' ? 'receive' : 'send']}, as an acknowledgement`;
  }
  return 'In either direction';
}

function operationRow(channel: string, name: string, { title, summary, action, messages, reply }: Operation): Html {
  return markup`
<tr id="${name}">
  <th scope="row">${title}<p class="values">${summary}</p></th>
  <td data-column="Direction">${DIRECTIONS[action]}</td>
  <td data-column="Messages">${links(channel, messages)}</td>
  <td data-column="Acknowledged by">${reply ? links(channel, reply.messages) : 'no message'}</td>
</tr>`;
}

const links = (channel: string, messages: Reference[]): Html[] =>
  messages.map((reference, index) => {
    const name = nameOf(reference);
    return markup`${index > 0 && ', '}<a href="#${messageAnchor(channel, name)}"><code>${name}</code></a>`;
  });
