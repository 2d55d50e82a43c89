import { Controller, Get } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Public } from '../platform/http/access.js';
import { Problem } from '../problems/problem.js';

/** Whoever asks for the plain WebSocket by HTTP is told what to do (RFC 9110 §15.5.22). The token is not looked at. */
@ApiExcludeController()
@Public()
@Controller('ws/notifications')
export class WebSocketController {
  @Get()
  connect(): never {
    throw new Problem('upgrade_required', { headers: { upgrade: 'websocket', connection: 'upgrade' } });
  }
}
