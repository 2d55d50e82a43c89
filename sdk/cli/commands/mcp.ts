import type { Command } from 'commander';
import type { SessionStorage } from '../../index.js';
import type { Cli } from '../cli.js';

interface Tools {
  serveSession(server: { baseUrl: string; session: SessionStorage }, version: string): Promise<void>;
}

/** `mcp`: the tools for agents, for the person who is signed in. They come as a bundle, which brings the protocol. */
export function addMcp(program: Command, cli: Cli): void {
  program
    .command('mcp')
    .description('serve your calendar to an agent, over the Model Context Protocol on standard input and output')
    .action(async () => {
      const { url: baseUrl, session } = await cli.account();
      const bundle = new URL('../../mcp/serve-session.js', import.meta.url).href;
      const tools = (await import(bundle)) as Tools;
      await tools.serveSession({ baseUrl, session }, program.version()!);
    });
}
