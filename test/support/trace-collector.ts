import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

interface OtlpAttribute {
  key: string;
  value: { stringValue?: string; intValue?: number | string; doubleValue?: number; boolValue?: boolean };
}

interface OtlpSpan {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  kind: number;
  status?: { code?: number };
  attributes: OtlpAttribute[];
}

interface OtlpRequest {
  resourceSpans: { resource: { attributes: OtlpAttribute[] }; scopeSpans: { spans: OtlpSpan[] }[] }[];
}

export interface ReceivedSpan {
  traceId: string;
  spanId: string;
  parentSpanId: string | undefined;
  name: string;
  isError: boolean;
  attributes: Record<string, unknown>;
}

const attributesOf = (list: OtlpAttribute[]): Record<string, unknown> =>
  Object.fromEntries(list.map(({ key, value }) => [key, Object.values(value)[0]]));

/** An OpenTelemetry collector: receives OTLP over HTTP as JSON. */
export class TraceCollector {
  readonly spans: ReceivedSpan[] = [];
  readonly resources: Record<string, unknown>[] = [];
  readonly headers: IncomingMessage['headers'][] = [];
  /** All that it received, as text. */
  received = '';
  private readonly server = createServer((request, response) => void this.receive(request, response));

  /** @param mode `hangs`: takes everything and never answers */
  private constructor(private readonly mode: 'answers' | 'hangs') {}

  static async start(mode: 'answers' | 'hangs' = 'answers'): Promise<TraceCollector> {
    const collector = new TraceCollector(mode);
    await new Promise<void>((resolve) => collector.server.listen(0, '127.0.0.1', resolve));
    return collector;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  get requests(): number {
    return this.headers.length;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request);
    this.headers.push({ ...request.headers, path: request.url });
    this.received += body;
    if (this.mode === 'hangs') return;
    for (const { resource, scopeSpans } of (JSON.parse(body) as OtlpRequest).resourceSpans) {
      this.resources.push(attributesOf(resource.attributes));
      for (const { traceId, spanId, parentSpanId, name, status, attributes } of scopeSpans.flatMap(
        ({ spans }) => spans,
      ))
        this.spans.push({
          traceId,
          spanId,
          parentSpanId: parentSpanId || undefined,
          name,
          isError: status?.code === 2,
          attributes: attributesOf(attributes),
        });
    }
    response.setHeader('content-type', 'application/json').end('{}');
  }
}
