import type { INestApplication } from '@nestjs/common';
import { Config } from '../platform/config/config.js';
import type { AsyncApi, Channel, Operation, Reference } from '../platform/docs/asyncapi-model.js';
import { modelSchemas } from '../platform/openapi/model-schemas.js';
import { packageVersion } from '../platform/openapi/package-version.js';
import { SECURITY_SCHEMES, SERVER_SENT_EVENTS_BINDING, SERVERS, WEB_SOCKET_BINDING } from './asyncapi-connections.js';
import {
  acknowledgementOf,
  type Messages,
  serverSentMessages,
  socketIoMessages,
  webSocketMessages,
} from './asyncapi-messages.js';
import { jsonSchema, mapValues } from './asyncapi-schemas.js';
import { description } from './asyncapi-text.js';
import { Acknowledgement, CLIENT_FRAMES, SERVER_FRAMES } from './live-frames.js';

/** As much of AsyncAPI 3.0 as this document uses. */
export interface AsyncApiDocument extends AsyncApi {
  channels: Record<'socketIo' | 'webSocket' | 'serverSentEvents', Channel & { messages: Messages }>;
}

/** The AsyncAPI 3.0 document of the live connections, as served at `/asyncapi.json` and committed in `sdk/`. */
export function asyncApiDocument(app: INestApplication): AsyncApiDocument {
  const schemas = modelSchemas(app, [
    ...Object.values(SERVER_FRAMES),
    ...Object.values(CLIENT_FRAMES),
    Acknowledgement,
  ]);
  const channels: AsyncApiDocument['channels'] = {
    socketIo: {
      address: '/socket.io/',
      title: 'socket.io',
      description: 'Each frame is an event with one argument. How to connect and sign in stands with its server.',
      servers: [{ $ref: '#/servers/socketIo' }],
      messages: socketIoMessages(schemas),
    },
    webSocket: {
      address: '/ws/notifications',
      title: 'Plain WebSocket',
      description: 'Each frame is a JSON text. How to connect and sign in stands with its server.',
      servers: [{ $ref: '#/servers/webSocket' }],
      messages: webSocketMessages(schemas),
      bindings: { ws: WEB_SOCKET_BINDING },
    },
    serverSentEvents: {
      address: '/api/changes/stream',
      title: 'Server-Sent Events',
      description: 'One endless answer; the client only reads. How to connect and sign in stands with its server.',
      servers: [{ $ref: '#/servers/serverSentEvents' }],
      messages: serverSentMessages(schemas),
    },
  };
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Convene live changes',
      version: packageVersion(),
      description: description(app.get(Config).values),
      license: { name: 'MIT' },
    },
    defaultContentType: 'application/json',
    servers: SERVERS,
    channels,
    operations: {
      ...socketOperations('socketIo', 'socket.io'),
      ...socketOperations('webSocket', 'plain WebSocket'),
      serverSentEventsStream: {
        ...stream('serverSentEvents', 'Server-Sent Events', Object.keys(channels.serverSentEvents.messages)),
        bindings: { http: SERVER_SENT_EVENTS_BINDING },
      },
    },
    components: { schemas: mapValues(schemas, jsonSchema), securitySchemes: SECURITY_SCHEMES },
  };
}

/** What the server sends, and what a client may ask for; said from the side of the server, as AsyncAPI wants it. */
function socketOperations(channel: string, connection: string): Record<string, Operation> {
  const asked = Object.keys(CLIENT_FRAMES).map((name): [string, Operation] => [
    `${channel}${name[0]!.toUpperCase()}${name.slice(1)}`,
    {
      action: 'receive',
      title: `${name} over ${connection}`,
      summary: `What a client may ask for: ${name}.`,
      ...over(channel, [name]),
      reply: over(channel, [acknowledgementOf(name)]),
    },
  ]);
  return {
    [`${channel}Stream`]: stream(channel, connection, Object.keys(SERVER_FRAMES)),
    ...Object.fromEntries(asked),
  };
}

function stream(channel: string, connection: string, messages: string[]): Operation {
  return {
    action: 'send',
    title: `The stream over ${connection}`,
    summary: 'Everything that the server sends.',
    ...over(channel, messages),
  };
}

function over(channel: string, messages: string[]): { channel: Reference; messages: Reference[] } {
  return {
    channel: { $ref: `#/channels/${channel}` },
    messages: messages.map((name) => ({ $ref: `#/channels/${channel}/messages/${name}` })),
  };
}
