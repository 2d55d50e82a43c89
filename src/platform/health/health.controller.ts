import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { isUpToDate } from '../database/migrate.js';
import { Public } from '../http/access.js';
import { Problem } from '../../problems/problem.js';
import { ApiProblems } from '../openapi/api-problems.js';
import { Signals } from '../signals/signals.js';

export class HealthView {
  @ApiProperty({ enum: ['ok'], description: 'Always `ok`: anything else is a problem.', example: 'ok' })
  status: 'ok';
}

export class ReadinessView extends HealthView {
  @ApiProperty({
    enum: ['up', 'down'],
    description:
      'Whether this server and the others can tell one another of news at once. While it is `down` they look by ' +
      'themselves each second, so that it can serve all the same.',
    example: 'up',
  })
  signals: 'up' | 'down';
}

@ApiTags('Operations')
@Controller('health')
export class HealthController {
  constructor(
    private readonly dataSource: DataSource,
    private readonly signals: Signals,
  ) {}

  @Get('live')
  @Public()
  @ApiOperation({
    operationId: 'getLiveness',
    summary: 'Is the process alive?',
    description: 'Answers without touching the database.',
  })
  @ApiOkResponse({ type: HealthView, description: 'It is' })
  live(): HealthView {
    return { status: 'ok' };
  }

  @Get('ready')
  @Public()
  @ApiOperation({
    operationId: 'getReadiness',
    summary: 'Can it serve?',
    description: 'Asks the database; 503 while it cannot be reached, or lacks a migration that this server needs.',
  })
  @ApiOkResponse({ type: ReadinessView, description: 'It can' })
  @ApiProblems('unavailable')
  async ready(): Promise<ReadinessView> {
    if (!(await isUpToDate(this.dataSource))) {
      throw new Problem('unavailable', {
        detail: 'The database is older than this server.',
        headers: { 'retry-after': '2' },
      });
    }
    return { status: 'ok', signals: this.signals.isUp ? 'up' : 'down' };
  }
}
