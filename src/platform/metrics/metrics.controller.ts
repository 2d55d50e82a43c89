import { Controller, Get, Header } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Registry } from 'prom-client';
import { Public } from '../http/access.js';
import { Metrics } from './metrics.js';

const EXAMPLE = `# HELP convene_live_sockets Open live connections.
# TYPE convene_live_sockets gauge
convene_live_sockets{transport="socket_io"} 12
`;

@ApiTags('Operations')
@Controller('metrics')
export class MetricsController {
  constructor(private readonly metrics: Metrics) {}

  @Get()
  @Public()
  @Header('content-type', Registry.PROMETHEUS_CONTENT_TYPE)
  @ApiOperation({
    operationId: 'getMetrics',
    summary: 'Read the metrics of this server',
    description:
      'Returns the metrics in the text format of Prometheus: requests by route, database connections, live connections and the delay of changes to them, and the process itself. They contain no people, ids or addresses.',
  })
  @ApiOkResponse({
    description: 'The metrics since the server started',
    content: { 'text/plain': { schema: { type: 'string' }, example: EXAMPLE } },
  })
  read(): Promise<string> {
    return this.metrics.text();
  }
}
