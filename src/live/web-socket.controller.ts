import { Controller, Get } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Public } from '../platform/http/access.js';
import { Problem } from '../problems/problem.js';

/** Answers plain HTTP requests to the WebSocket address with 426 (RFC 9110 §15.5.22). It does not read the token. */
@ApiExcludeController()
@Public()
@Controller('ws/notifications')
export class WebSocketController {
  @Get()
  connect(): never {
    throw new Problem('upgrade_required', { headers: { upgrade: 'websocket', connection: 'upgrade' } });
  }
}
