import { Convene } from '../convene.js';
import type { SessionStorage } from '../session-storage.js';
import { AGENT_PATIENCE, serveStdio } from './serve-stdio.js';

/** Serves the tools over standard input and output for the person of a stored session, which is renewed as it expires. */
export function serveSession(server: { baseUrl: string; session: SessionStorage }, version: string): Promise<void> {
  return serveStdio(new Convene({ ...server, ...AGENT_PATIENCE }), { version });
}
