/** As much of AsyncAPI 3.0 as the page shows. Schemas are JSON Schema, draft 7. */
export interface AsyncApi {
  asyncapi: '3.0.0';
  info: { title: string; version: string; description: string; license: { name: string } };
  defaultContentType: string;
  servers: Record<string, Server>;
  channels: Record<string, Channel>;
  operations: Record<string, Operation>;
  components: { schemas: Record<string, object>; securitySchemes: Record<string, SecurityScheme> };
}

export interface Reference {
  $ref: string;
}

export interface Server {
  host: string;
  variables?: Record<string, { default: string }>;
  protocol: string;
  protocolVersion: string;
  title: string;
  description: string;
  security: Reference[];
}

export interface Channel {
  address: string;
  title: string;
  description: string;
  servers: Reference[];
  messages: Record<string, Message>;
  bindings?: Bindings;
}

export interface Message {
  name: string;
  title: string;
  summary: string;
  contentType: string;
  headers?: object;
  payload?: object;
  examples: { name: string; headers?: object; payload?: unknown }[];
}

export interface Operation {
  /** From the side of the server: it sends, or it receives. */
  action: 'send' | 'receive';
  title: string;
  summary: string;
  channel: Reference;
  messages: Reference[];
  reply?: { channel: Reference; messages: Reference[] };
  bindings?: Bindings;
}

/** By protocol: what a client may send as it connects. */
export type Bindings = Record<string, { method?: string; query?: object; headers?: object }>;

export interface SecurityScheme {
  type: string;
  in?: string;
  name?: string;
  description: string;
}

/** The name of what is referred to: the last step of the pointer. */
export const nameOf = ({ $ref }: Reference): string => $ref.slice($ref.lastIndexOf('/') + 1);
