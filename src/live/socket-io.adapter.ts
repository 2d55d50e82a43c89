import type { INestApplicationContext } from '@nestjs/common';
import { IoAdapter } from '@nestjs/platform-socket.io';
import type { Server, ServerOptions } from 'socket.io';
import type { Config } from '../platform/config/config.js';
import { LIVE_LIMITS } from './live-limits.js';
import { originAllowed } from './live-origin.js';

/** socket.io with our limits. Recovery stays off: it would hand a revoked person his old rooms back. */
export class SocketIoAdapter extends IoAdapter {
  constructor(
    app: INestApplicationContext,
    private readonly config: Config,
  ) {
    super(app);
  }

  override createIOServer(port: number, options?: ServerOptions): Server {
    const { corsOrigins } = this.config.values;
    return super.createIOServer(port, {
      ...options,
      serveClient: false,
      perMessageDeflate: false,
      maxHttpBufferSize: LIVE_LIMITS.frameBytes,
      connectTimeout: LIVE_LIMITS.signInSeconds * 1_000,
      // The plain WebSocket shares the port.
      destroyUpgrade: false,
      allowRequest: (request, decide) => decide(null, originAllowed(request, corsOrigins)),
      cors: { origin: corsOrigins.length > 0 ? corsOrigins : false },
    } as ServerOptions);
  }
}
