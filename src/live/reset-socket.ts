import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/**
 * Ends a connection by a reset. A mere close would still deliver what the system holds for a reader who doesn't read:
 * megabytes, of what he may have lost.
 */
export function dropConnection(connection: Duplex | null | undefined): void {
  if (connection instanceof Socket && !connection.destroyed) connection.resetAndDestroy();
  else connection?.destroy();
}
