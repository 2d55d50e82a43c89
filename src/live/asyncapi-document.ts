import type { INestApplication } from '@nestjs/common';
import { Config } from '../platform/config/config.js';
import type { AsyncApi, Channel, Operation, Reference } from '../platform/docs/asyncapi-model.js';
import { modelSchemas } from '../platform/openapi/model-schemas.js';
import { packageVersion } from '../platform/config/package-version.js';
import { SECURITY_SCHEMES, SERVER_SENT_EVENTS_BINDING, SERVERS, WEB_SOCKET_BINDING } from './asyncapi-connections.js';
import {
  acknowledgementOf,
  type Messages,
  toServerSentMessages,
  toSocketIoMessages,
  toWebSocketMessages,
} from './asyncapi-messages.js';
import { mapValues, toJsonSchema } from './asyncapi-schemas.js';
import { toDescription } from './asyncapi-text.js';
import { Acknowledgement, CLIENT_FRAMES, SERVER_FRAMES } from './live-frames.js';

/** The parts of AsyncAPI 3.0 that this document uses. */
export interface AsyncApiDocument extends AsyncApi {
  channels: Record<'socketIo' | 'webSocket' | 'serverSentEvents', Channel & { messages: Messages }>;
}

/** Returns the AsyncAPI 3.0 document of the live connections, served at `/asyncapi.json` and committed in `sdk/`. */
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
      description:
        'Each frame is an event with one argument. The description of the server explains how to connect and sign in.',
      servers: [{ $ref: '#/servers/socketIo' }],
      messages: toSocketIoMessages(schemas),
    },
    webSocket: {
      address: '/ws/notifications',
      title: 'Plain WebSocket',
      description: 'Each frame is a JSON text. The description of the server explains how to connect and sign in.',
      servers: [{ $ref: '#/servers/webSocket' }],
      messages: toWebSocketMessages(schemas),
      bindings: { ws: WEB_SOCKET_BINDING },
    },
    serverSentEvents: {
      address: '/api/changes/stream',
      title: 'Server-Sent Events',
      description:
        'One response without an end; the client only reads. The description of the server explains how to connect and sign in.',
      servers: [{ $ref: '#/servers/serverSentEvents' }],
      messages: toServerSentMessages(schemas),
    },
  };
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Convene live changes',
      version: packageVersion(),
      description: toDescription(app.get(Config).values),
      license: { name: 'MIT' },
    },
    defaultContentType: 'application/json',
    servers: SERVERS,
    channels,
    operations: {
      ...toSocketOperations('socketIo', 'socket.io'),
      ...toSocketOperations('webSocket', 'plain WebSocket'),
      serverSentEventsStream: {
        ...toStreamOperation('serverSentEvents', 'Server-Sent Events', Object.keys(channels.serverSentEvents.messages)),
        bindings: { http: SERVER_SENT_EVENTS_BINDING },
      },
    },
    components: { schemas: mapValues(schemas, toJsonSchema), securitySchemes: SECURITY_SCHEMES },
  };
}

/** Returns the operations from the point of view of the server, as AsyncAPI defines them. */
function toSocketOperations(channel: string, transport: string): Record<string, Operation> {
  const requests = Object.keys(CLIENT_FRAMES).map((name): [string, Operation] => [
    `${channel}${name[0]!.toUpperCase()}${name.slice(1)}`,
    {
      action: 'receive',
      title: `${name} over ${transport}`,
      summary: `The server receives ${name} and acknowledges it.`,
      ...toReferences(channel, [name]),
      reply: toReferences(channel, [acknowledgementOf(name)]),
    },
  ]);
  return {
    [`${channel}Stream`]: toStreamOperation(channel, transport, Object.keys(SERVER_FRAMES)),
    ...Object.fromEntries(requests),
  };
}

function toStreamOperation(channel: string, transport: string, messages: string[]): Operation {
  return {
    action: 'send',
    title: `The stream over ${transport}`,
    summary: 'All frames that the server sends.',
    ...toReferences(channel, messages),
  };
}

function toReferences(channel: string, messages: string[]): { channel: Reference; messages: Reference[] } {
  return {
    channel: { $ref: `#/channels/${channel}` },
    messages: messages.map((name) => ({ $ref: `#/channels/${channel}/messages/${name}` })),
  };
}
