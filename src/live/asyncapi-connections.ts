import { SERVER_SENT_EVENTS, SOCKET_IO, WEB_SOCKET } from './asyncapi-text.js';

/** Where the server is: the page puts its own address in. */
export const HOST = {
  host: {
    default: '127.0.0.1:3000',
    description: 'Address and port of the server that this document comes from.',
  },
};

const SECURE = 'Behind TLS the protocol is its secure sister (`wss`, `https`).';

const AFTER = {
  type: 'integer',
  minimum: 0,
  description: 'Number of the last item that you have. Without it, only what happens from now on.',
  examples: [12],
};

/** One for each connection: they are at the same address and take the token in ways of their own. */
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
    security: [{ $ref: '#/components/securitySchemes/bearer' }],
  },
};

export const SECURITY_SCHEMES = {
  handshake: {
    type: 'apiKey',
    in: 'password',
    description: 'The access token as `auth.token` of the handshake; an `Authorization: Bearer` header works as well.',
  },
  subprotocol: {
    type: 'httpApiKey',
    in: 'header',
    name: 'Sec-WebSocket-Protocol',
    description: '`bearer, <access token>`. The server chooses `bearer`.',
  },
  firstFrame: {
    type: 'apiKey',
    in: 'password',
    description: 'The access token as `token` of a first frame `authenticate`.',
  },
  query: {
    type: 'httpApiKey',
    in: 'query',
    name: 'token',
    description: 'The access token, where nothing else is possible.',
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
        description: 'The access token, where neither a subprotocol nor a first frame is possible.',
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
  query: { type: 'object', properties: { after: AFTER } },
  bindingVersion: '0.3.0',
};
