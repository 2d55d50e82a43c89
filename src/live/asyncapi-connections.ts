import { EXAMPLE_HOST } from '../platform/openapi/at-origin.js';
import { SERVER_SENT_EVENTS, SOCKET_IO, WEB_SOCKET } from './asyncapi-text.js';

/** The address of the server; what is served has the host that was requested in place of the default. */
const HOST = {
  host: {
    default: EXAMPLE_HOST,
    description: 'Address and port of the server that serves this document.',
  },
};

const SECURE = 'Behind TLS, use the secure scheme (`wss`, `https`).';

const AFTER = {
  type: 'integer',
  minimum: 0,
  description: 'The `seq` of the last item that you have. Without it, the stream starts with the next change.',
  examples: [12],
};

/** One server per transport: they share an address, but accept the token in different ways. */
export const SERVERS = {
  socketIo: {
    host: '{host}',
    variables: HOST,
    protocol: 'socket.io',
    protocolVersion: '5',
    title: 'socket.io',
    description: `${SOCKET_IO}\n\n${SECURE}`,
    security: [{ $ref: '#/components/securitySchemes/handshake' }],
  },
  webSocket: {
    host: '{host}',
    variables: HOST,
    protocol: 'ws',
    protocolVersion: '13',
    title: 'Plain WebSocket',
    description: `${WEB_SOCKET}\n\n${SECURE}`,
    security: ['subprotocol', 'firstFrame', 'bearer', 'query'].map((name) => ({
      $ref: `#/components/securitySchemes/${name}`,
    })),
  },
  serverSentEvents: {
    host: '{host}',
    variables: HOST,
    protocol: 'http',
    protocolVersion: '1.1',
    title: 'Server-Sent Events',
    description: `${SERVER_SENT_EVENTS}\n\n${SECURE}`,
    security: ['bearer', 'query'].map((name) => ({ $ref: `#/components/securitySchemes/${name}` })),
  },
};

export const SECURITY_SCHEMES = {
  handshake: {
    type: 'apiKey',
    in: 'password',
    description: 'The access token as `auth.token` of the handshake, or in an `Authorization: Bearer` header.',
  },
  subprotocol: {
    type: 'httpApiKey',
    in: 'header',
    name: 'Sec-WebSocket-Protocol',
    description: '`bearer, <access token>`. The server selects `bearer`.',
  },
  firstFrame: {
    type: 'apiKey',
    in: 'password',
    description: 'The access token as `token` of a first message `authenticate`.',
  },
  query: {
    type: 'httpApiKey',
    in: 'query',
    name: 'token',
    description: 'The access token, if the client supports nothing else.',
  },
  bearer: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description: 'The access token in the `Authorization` header.',
  },
};

export const WEB_SOCKET_BINDING = {
  method: 'GET',
  query: {
    type: 'object',
    properties: {
      after: AFTER,
      token: {
        type: 'string',
        description: 'The access token, if the client supports neither a subprotocol nor a first message.',
      },
    },
  },
  headers: {
    type: 'object',
    properties: {
      'Sec-WebSocket-Protocol': {
        type: 'string',
        description: '`bearer, <access token>`',
        examples: ['bearer, eyJhbGciOi…'],
      },
    },
  },
  bindingVersion: '0.1.0',
};

export const SERVER_SENT_EVENTS_BINDING = {
  method: 'GET',
  query: {
    type: 'object',
    properties: {
      after: AFTER,
      token: {
        type: 'string',
        description: 'The access token, if the client cannot send an `Authorization` header.',
      },
    },
  },
  bindingVersion: '0.3.0',
};
