import type { Server } from 'node:http';
import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';

const LOOK_EVERY_MILLISECONDS = 50;

/**
 * Lets a shutdown end with the last answer. Node closes the connections that are idle when the server stops listening;
 * those that fall idle after it, once their requests are answered, would hold the server open as long as their clients
 * keep them alive.
 */
@Injectable()
export class Draining implements BeforeApplicationShutdown {
  constructor(private readonly host: HttpAdapterHost) {}

  beforeApplicationShutdown(): void {
    const server = this.host.httpAdapter.getHttpServer() as Server;
    if (!server.listening) return;
    const timer = setInterval(() => server.closeIdleConnections(), LOOK_EVERY_MILLISECONDS);
    server.once('close', () => clearInterval(timer));
  }
}
