import type { Schemas } from '../platform/openapi/schemas.js';
import { addTags, type JsonSchema, toExample, toJsonSchema, toReference } from './asyncapi-schemas.js';
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

/** The messages of a channel, by name. */
export type Messages = Record<string, Message>;

const SERVER_TEXTS: Record<FrameName, [title: string, summary: string]> = {
  ready: ['Signed in', 'The first frame: your user id, and the number of the last item of your stream.'],
  change: ['An item', 'The next item of your stream.'],
  withheld: [
    'Items left out',
    'The items up to this number belong to events that you can no longer see. Set your number to it.',
  ],
  pulse: ['Heartbeat', 'The number of the last item that this connection covered. Compare it with your number.'],
  resync: ['Items no longer stored', 'Reload what you show, and set your number to `after`.'],
  session_ended: ['The connection ends', 'The last frame, with the reason. The server then closes the connection.'],
};

const CLIENT_TEXTS: Record<ClientFrameName, [title: string, summary: string]> = {
  resume: ['Read again', 'Makes the server send the items after this number again and continue from there.'],
  authenticate: ['Send a token', 'Signs in, or continues over the same connection with a new token of the same user.'],
};

const EXPIRES_AT = '2026-05-04T09:45:00.000Z';
const RESPONSES: Record<ClientFrameName, object[]> = {
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

/** The shape of an argument of a socket.io event: the bare frame. */
const bare: Shape = (_name, model) => ({ payload: toReference(model), wrap: (example) => example });

export const acknowledgementOf = (name: string): string => `${name}Acknowledged`;

/** Returns the messages of socket.io. */
export function toSocketIoMessages(schemas: Schemas): Messages {
  return { ...toServerMessages(schemas, bare), ...toClientMessages(schemas, bare), ...toAcknowledgements(() => bare) };
}

/** Returns the messages of the plain WebSocket: JSON texts with their name as `type`; only a change is the bare item. */
export function toWebSocketMessages(schemas: Schemas): Messages {
  const withTags =
    (tags: Record<string, string>): Shape =>
    (_name, model) => ({
      payload: addTags(tags, toJsonSchema(schemas[model]!)),
      wrap: (example) => ({ ...tags, ...example }),
    });
  const text: Shape = (name, model) => (name === 'change' ? bare : withTags({ type: name }))(name, model);
  return {
    ...toServerMessages(schemas, text),
    ...toClientMessages(schemas, text),
    ...toAcknowledgements((name) => withTags({ type: 'acknowledged', of: name })),
  };
}

/** Returns the messages of Server-Sent Events: `event` and `id` as headers, `data` as the payload. */
export function toServerSentMessages(schemas: Schemas): Messages {
  const { change, resync, session_ended } = toServerMessages(schemas, bare);
  const id: JsonSchema = { type: 'string', pattern: '^[0-9]+$', description: 'Your new number, for `Last-Event-ID`.' };
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
      title: 'A new number',
      summary: 'A block with only an id, sent for ready, withheld and pulse. It dispatches no event.',
      contentType: 'text/event-stream',
      headers: { type: 'object', properties: { id }, required: ['id'] },
      examples: [{ name: 'position', headers: { id: '12' } }],
    },
  };
}

function toServerMessages(schemas: Schemas, shape: Shape): Messages {
  return toMessages(SERVER_FRAMES, SERVER_TEXTS, schemas, shape);
}

function toClientMessages(schemas: Schemas, shape: Shape): Messages {
  return toMessages(CLIENT_FRAMES, CLIENT_TEXTS, schemas, shape);
}

function toMessages(
  frames: Record<string, { name: string }>,
  texts: Record<string, [title: string, summary: string]>,
  schemas: Schemas,
  shape: Shape,
): Messages {
  return Object.fromEntries(
    Object.entries(frames).map(([name, { name: model }]) => {
      const { payload, wrap } = shape(name, model);
      const [title, summary] = texts[name]!;
      const examples = [{ name, payload: wrap(toExample(model, schemas)) }];
      return [name, { name, title, summary, contentType: JSON_TYPE, payload, examples }];
    }),
  );
}

function toAcknowledgements(shapeOf: (name: string) => Shape): Messages {
  return Object.fromEntries(
    Object.entries(RESPONSES).map(([of, responses]) => {
      const name = acknowledgementOf(of);
      const { payload, wrap } = shapeOf(of)(name, 'Acknowledgement');
      const examples = responses.map((response) => ({
        name: 'ok' in response && response.ok ? 'done' : 'refused',
        payload: wrap(response),
      }));
      const title = `Response to ${of}`;
      const summary = 'Whether the request succeeded, and the problem code if it failed.';
      return [name, { name, title, summary, contentType: JSON_TYPE, payload, examples }];
    }),
  );
}
