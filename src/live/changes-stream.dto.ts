import { TextField, WholeNumberQuery } from '../platform/http/fields.js';

export class StreamChangesQuery {
  @WholeNumberQuery({
    description:
      'The `seq` of the last item that you have. The header `Last-Event-ID` takes precedence. Without both, the stream starts with the next change.',
    min: 0,
    max: 1e15,
    example: 12,
  })
  after?: number;

  @TextField({
    description:
      'The access token, for a client that cannot send an `Authorization` header, such as `EventSource` of browsers. This server does not log it, but a proxy may.',
    max: 8_192,
    optional: true,
    example: 'eyJhbGciOi…',
  })
  token?: string;
}
