import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import {
  type Context,
  defaultTextMapGetter,
  ROOT_CONTEXT,
  type Span as OtelSpan,
  SpanKind,
  SpanStatusCode,
  trace,
  type Tracer,
} from '@opentelemetry/api';
import { setGlobalErrorHandler, W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  BasicTracerProvider,
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace-base';
import { errorCode, type Span, type SpanAttributes } from './span.js';
import type { SpanSource } from './tracing.js';

export interface OpenTelemetryOptions {
  /** Of the collector; spans are sent to `<endpoint>/v1/traces`. */
  endpoint: string;
  headers: Record<string, string>;
  serviceName: string;
  version: string;
  /** Share of the traces that begin here, from 0 to 1. */
  share: number;
}

/** An attempt to send ends then; meanwhile spans wait in memory, up to 2,048, and further ones are dropped. */
const SEND_MS = 10_000;
const CLOSE_MS = 2_000;
const COMPLAIN_MS = 60_000;

/** Loaded only when tracing is on. Requests never wait for the collector. */
export class OpenTelemetry implements SpanSource {
  private readonly provider: BasicTracerProvider;
  private readonly tracer: Tracer;
  private readonly propagator = new W3CTraceContextPropagator();

  constructor({ endpoint, headers, serviceName, version, share }: OpenTelemetryOptions) {
    complainSometimes();
    const exporter = new OTLPTraceExporter({ url: `${endpoint}/v1/traces`, headers, timeoutMillis: SEND_MS });
    this.provider = new BasicTracerProvider({
      resource: resourceFromAttributes({ 'service.name': serviceName, 'service.version': version }),
      sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(share) }),
      spanProcessors: [new BatchSpanProcessor(exporter, { exportTimeoutMillis: SEND_MS })],
    });
    this.tracer = this.provider.getTracer('convene', version);
  }

  start(name: string, headers: Record<string, string | string[] | undefined>): Span {
    const parent = this.propagator.extract(ROOT_CONTEXT, headers, defaultTextMapGetter);
    return new RecordedSpan(this.tracer, this.tracer.startSpan(name, { kind: SpanKind.SERVER }, parent), parent);
  }

  async close(): Promise<void> {
    const closing = this.provider.shutdown().catch(() => undefined);
    await Promise.race([closing, sleep(CLOSE_MS, undefined, { ref: false })]);
  }
}

class RecordedSpan implements Span {
  private readonly context: Context;

  constructor(
    private readonly tracer: Tracer,
    private readonly span: OtelSpan,
    parent: Context,
  ) {
    this.context = trace.setSpan(parent, span);
  }

  get traceId(): string {
    return this.span.spanContext().traceId;
  }

  child(name: string, attributes: SpanAttributes = {}): Span {
    // A trace that is not sampled has no steps.
    if (!this.span.isRecording()) return new Unrecorded(this.traceId);
    const child = this.tracer.startSpan(name, { kind: SpanKind.CLIENT, attributes }, this.context);
    return new RecordedSpan(this.tracer, child, this.context);
  }

  rename(name: string): void {
    this.span.updateName(name);
  }

  set(attributes: SpanAttributes): void {
    this.span.setAttributes(attributes);
  }

  end(error?: string): void {
    if (error !== undefined) {
      this.span.setAttribute('error.type', error);
      this.span.setStatus({ code: SpanStatusCode.ERROR });
    }
    this.span.end();
  }
}

class Unrecorded implements Span {
  constructor(readonly traceId: string) {}

  child(): Span {
    return this;
  }

  rename(): void {}
  set(): void {}
  end(): void {}
}

/** A collector that is away must not fill the log. */
function complainSometimes(): void {
  const logger = new Logger('Tracing');
  let next = 0;
  setGlobalErrorHandler((error) => {
    if (performance.now() < next) return;
    next = performance.now() + COMPLAIN_MS;
    logger.warn(`Traces could not be sent to the collector: ${errorCode(error)}`);
  });
}
