import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/**
 * Closes a socket with a TCP reset. A normal close would still deliver what the operating system buffers for a client
 * that does not read: megabytes, possibly about events that the client can no longer see.
 */
export function resetSocket(socket: Duplex | null | undefined): void {
  if (socket instanceof Socket && !socket.destroyed) socket.resetAndDestroy();
  else socket?.destroy();
}
