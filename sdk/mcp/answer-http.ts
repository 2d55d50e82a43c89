import { WebStandardStreamableHTTPServerTransport as Transport } from '@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js';
import type { Convene } from '../convene.js';
import { createMcpServer, type McpOptions } from './server.js';

/**
 * Answers one POST of the Streamable HTTP transport for the person who is signed in to the client, as JSON. There are no
 * sessions: nothing is left when it resolves.
 * @param body the body of the request, parsed
 */
export async function answerHttp(
  client: Convene,
  request: Request,
  body: unknown,
  options: McpOptions,
): Promise<Response> {
  const server = createMcpServer(client, options);
  try {
    const transport = new Transport({ enableJsonResponse: true });
    await server.connect(transport);
    const response = await transport.handleRequest(request, { parsedBody: body });
    // Read before the server closes, which would cut it off.
    const content = await response.arrayBuffer();
    return new Response(content.byteLength > 0 ? content : null, response);
  } finally {
    await server.close();
  }
}
