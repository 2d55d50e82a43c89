import type { INestApplicationContext } from '@nestjs/common';
import { IoAdapter } from '@nestjs/platform-socket.io';
import type { Server, ServerOptions } from 'socket.io';
import type { Config } from '../platform/config/config.js';
import { RequestLimits } from '../platform/limits/request-limits.js';
import { LIVE_LIMITS } from './live-limits.js';
import { isOriginAllowed } from './live-origin.js';

/** socket.io with our limits. Connection state recovery stays off: it restores the rooms of a user whose access was revoked. */
export class SocketIoAdapter extends IoAdapter {
  constructor(
    private readonly app: INestApplicationContext,
    private readonly config: Config,
  ) {
    super(app);
  }

  override createIOServer(port: number, options?: ServerOptions): Server {
    const { corsOrigins } = this.config.values;
    const limits = this.app.get(RequestLimits);
    return super.createIOServer(port, {
      ...options,
      serveClient: false,
      perMessageDeflate: false,
      maxHttpBufferSize: LIVE_LIMITS.maxMessageBytes,
      connectTimeout: LIVE_LIMITS.signInSeconds * 1_000,
      // The plain WebSocket uses the same port.
      destroyUpgrade: false,
      allowRequest: (request, decide) => {
        if (!isOriginAllowed(request, corsOrigins)) return decide(null, false);
        // The client tries again later by itself.
        limits.countConnection(request, (refusal) => decide(refusal?.code, refusal === null));
      },
      cors: { origin: corsOrigins.length > 0 ? corsOrigins : false },
    } as ServerOptions);
  }
}
