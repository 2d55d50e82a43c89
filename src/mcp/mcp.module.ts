import { Module } from '@nestjs/common';
import { McpController } from './mcp.controller.js';
import { McpService } from './mcp.service.js';

/** Serves the tools of sdk/mcp to agents over HTTP. They call the API of this server as any other client does. */
@Module({ controllers: [McpController], providers: [McpService] })
export class McpModule {}
