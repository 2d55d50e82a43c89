import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import type { Convene } from '../convene.js';
import { createMcpServer, type McpOptions } from './server.js';

/** A call waits no longer than agents do: what takes longer is a result, not a pause. */
export const AGENT_PATIENCE = { retries: 2, maxRetryWait: 3_000 };

/**
 * Serves the tools over standard input and output for the person who is signed in to the client. Resolves when the agent
 * has closed its side. Standard output belongs to the protocol: nothing else may be printed there.
 */
export async function serveStdio(client: Convene, options: McpOptions): Promise<void> {
  const server = createMcpServer(client, {
    onFault: (error) => console.error(error instanceof Error ? error.message : error),
    ...options,
  });
  // The transport does not watch for the end of the input.
  const ended = new Promise<void>((resolve) => process.stdin.once('close', resolve).once('end', resolve));
  await server.connect(new StdioServerTransport());
  await ended;
  await server.close();
}
