#!/usr/bin/env node
/** @module `convene-mcp`: the tools of Convene for an agent that starts this program. */
import { readFileSync } from 'node:fs';
import { Convene } from '../convene.js';
import { ConveneError } from '../errors.js';
import { tokenSession } from '../session-storage.js';
import { AGENT_PATIENCE, serveStdio } from './serve-stdio.js';

const HELP = `convene-mcp serves the calendar of one person to an agent, over the Model Context Protocol on stdio.

Environment:
  CONVENE            where the server is (http://127.0.0.1:3000)
  CONVENE_USERNAME   the person, by user name or e-mail address,
  CONVENE_PASSWORD   and their password;
  CONVENE_TOKEN      or an access token, which cannot be renewed
`;

/** Ends the program with a sentence, and without a stack. */
function fail(sentence: string): never {
  console.error(`convene-mcp: ${sentence}`);
  process.exit(2);
}

/** The version of the package; `dist/mcp` is two folders below its manifest. */
function version(): string {
  const manifest = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
}

if (process.argv.slice(2).some((argument) => argument === '--help' || argument === '-h')) {
  process.stdout.write(HELP);
} else {
  const { CONVENE_USERNAME: username, CONVENE_PASSWORD: password, CONVENE_TOKEN: token } = process.env;
  // The second one is the name that it had first.
  const name = ['CONVENE', 'CONVENE_URL'].find((one) => process.env[one]) ?? 'CONVENE';
  const baseUrl = process.env[name] || 'http://127.0.0.1:3000';
  if (!/^https?:\/\//.test(baseUrl)) fail(`${name} must begin with http:// or https://, and is ${baseUrl}`);
  if (!token && !(username && password)) {
    fail('Set CONVENE_USERNAME and CONVENE_PASSWORD, or CONVENE_TOKEN. See convene-mcp --help.');
  }
  const convene = new Convene({ baseUrl, ...AGENT_PATIENCE, session: token ? tokenSession(token) : undefined });
  try {
    if (!token) await convene.signIn({ username: username!, password: password! });
  } catch (error) {
    fail(error instanceof ConveneError ? error.message : `No Convene server responds at ${baseUrl}`);
  }
  await serveStdio(convene, { version: version() });
  // The session of this program ends with it.
  if (!token) await convene.signOut({ retries: 0, timeout: 2_000 }).catch(() => undefined);
}
