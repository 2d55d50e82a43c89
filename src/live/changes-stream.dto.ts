import { WholeNumberQuery } from '../platform/http/fields.js';

export class StreamChangesQuery {
  @WholeNumberQuery({
    description: `Number of the last item that you have. The header \`Last-Event-ID\` goes first. Without both, what happens from now on.`,
    min: 0,
    max: 1e15,
    example: 12,
  })
  after?: number;
}
