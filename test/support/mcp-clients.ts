import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { randomBytes } from 'node:crypto';
import { expect } from 'vitest';
import { Convene } from '../../sdk/index.js';
import { type CommandLine, CONVENE_PROGRAM } from './command-line.js';
import { PASSWORD } from './test-app.js';

/** The program that agents start, as `npm run build` makes it. */
export const MCP_PROGRAM = 'sdk/dist/mcp/stdio.js';

/** A result of a tool, with what the test reads of it. */
export interface ToolResult {
  isError: boolean;
  // What agents read is described by examples, not by a schema.
  // oxlint-disable-next-line typescript/no-explicit-any
  json: any;
  bytes: number;
}

/** An agent: the official client, connected over one of the transports. */
export class Agent {
  private constructor(readonly client: Client) {}

  static async overHttp(url: string, token: string): Promise<Agent> {
    const requestInit = { headers: { authorization: `Bearer ${token}` } };
    return Agent.connect(new StreamableHTTPClientTransport(new URL('/mcp', url), { requestInit }));
  }

  static async overStdio(url: string, env: Record<string, string>): Promise<Agent> {
    const { PATH = '' } = process.env;
    const program = { command: process.execPath, args: [MCP_PROGRAM], env: { PATH, CONVENE: url, ...env } };
    return Agent.connect(new StdioClientTransport({ ...program, stderr: 'inherit' }));
  }

  /** The same tools, with the session of somebody who signed in with `convene login`. */
  static async overCommandLine({ folder, url }: CommandLine): Promise<Agent> {
    const env = { PATH: process.env['PATH'] ?? '', XDG_CONFIG_HOME: folder, CONVENE: url };
    const program = { command: process.execPath, args: [CONVENE_PROGRAM, 'mcp'], env };
    return Agent.connect(new StdioClientTransport({ ...program, stderr: 'inherit' }));
  }

  private static async connect(transport: Transport): Promise<Agent> {
    const client = new Client({ name: 'tests', version: '1.0.0' });
    await client.connect(transport);
    return new Agent(client);
  }

  /** Calls a tool, and reads the one text of its result as JSON. */
  async call(name: string, input: object = {}): Promise<ToolResult> {
    const result = await this.client.callTool({ name, arguments: input as Record<string, unknown> });
    const [content, ...rest] = result.content as { type: string; text: string }[];
    expect(rest).toEqual([]);
    const { text } = content!;
    const json: unknown = text.startsWith('{') ? JSON.parse(text) : text;
    return { isError: result.isError === true, json, bytes: Buffer.byteLength(text) };
  }

  /** Calls a tool that must not be refused. */
  async ok(name: string, input: object = {}): Promise<ToolResult['json']> {
    const { isError, json } = await this.call(name, input);
    expect({ name, isError, json }).toMatchObject({ isError: false });
    return json;
  }

  /** Calls a tool that must be refused. */
  async refused(name: string, input: object = {}): Promise<ToolResult['json']> {
    const { isError, json } = await this.call(name, input);
    expect({ name, isError, json }).toMatchObject({ isError: true });
    expect(JSON.stringify(json)).not.toMatch(/\bat .+:\d+:\d+|node_modules/);
    return json;
  }

  close(): Promise<void> {
    return this.client.close();
  }
}

/** Somebody who signed up with the package, at a server that runs elsewhere. */
export interface SignedUp {
  username: string;
  token: string;
  convene: Convene;
}

export async function signUpAt(url: string, name: string, time_zone = 'Europe/Paris'): Promise<SignedUp> {
  const username = `${name}-${randomBytes(4).toString('hex')}`;
  const convene = new Convene({ baseUrl: url });
  await convene.signUp({ username, email: `${username}@example.com`, password: PASSWORD, time_zone });
  return { username, convene, token: (await convene.session())!.access_token };
}
