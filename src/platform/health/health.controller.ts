import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { Public } from '../http/access.js';
import { Problem } from '../../problems/problem.js';
import { ApiProblems } from '../openapi/api-problems.js';
import { Signals } from '../signals/signals.js';
import { Readiness } from './readiness.js';

export class HealthView {
  @ApiProperty({ enum: ['ok'], description: 'Always `ok`; any other state is a problem document.', example: 'ok' })
  status: 'ok';
}

export class ReadinessView extends HealthView {
  @ApiProperty({
    enum: ['up', 'down'],
    description:
      'Whether this server receives signals about changes on other servers. While it is `down`, the server reads the ' +
      'tables every second instead and stays ready.',
    example: 'up',
  })
  signals: 'up' | 'down';
}

@ApiTags('Operations')
@Controller('health')
export class HealthController {
  constructor(
    private readonly readiness: Readiness,
    private readonly signals: Signals,
  ) {}

  @Get('live')
  @Public()
  @ApiOperation({
    operationId: 'getLiveness',
    summary: 'Check that the process is alive',
    description: 'Responds without using the database.',
  })
  @ApiOkResponse({ type: HealthView, description: 'The process is alive' })
  live(): HealthView {
    return { status: 'ok' };
  }

  @Get('ready')
  @Public()
  @ApiOperation({
    operationId: 'getReadiness',
    summary: 'Check that the server is ready',
    description:
      'Asks the database, at most once a second. Responds within about two seconds, with 503 while the database cannot be reached, does not answer, is read-only, has a full disk, or lacks a migration that this server needs. `detail` says which.',
  })
  @ApiOkResponse({ type: ReadinessView, description: 'The server is ready' })
  @ApiProblems('unavailable')
  async ready(): Promise<ReadinessView> {
    const detail = await this.readiness.whyNot();
    if (detail) throw new Problem('unavailable', { detail, headers: { 'retry-after': '2' } });
    return { status: 'ok', signals: this.signals.isUp ? 'up' : 'down' };
  }
}
