import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { Public } from '../http/access.js';
import { ApiProblems } from '../openapi/api-problems.js';

export class HealthView {
  @ApiProperty({ enum: ['ok'], description: 'Always `ok`: anything else is a problem.', example: 'ok' })
  status: 'ok';
}

@ApiTags('Operations')
@Controller('health')
export class HealthController {
  constructor(private readonly dataSource: DataSource) {}

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
    description: 'Asks the database; 503 while it cannot be reached.',
  })
  @ApiOkResponse({ type: HealthView, description: 'It can' })
  @ApiProblems('unavailable')
  async ready(): Promise<HealthView> {
    await this.dataSource.query('SELECT 1 FROM schema_migrations LIMIT 1');
    return { status: 'ok' };
  }
}
