import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { currentSpan, errorCode, runInSpan, type Span, type SpanAttributes } from './span.js';

const MAX_SQL = 2_000;

/** What makes spans and sends them. */
export interface SpanSource {
  /** Starts a trace, or continues the one that the headers `traceparent` and `tracestate` name. */
  start(name: string, headers: Record<string, string | string[] | undefined>): Span;
  /** Sends what waits, for a moment. */
  close(): Promise<void>;
}

/** Traces of requests. Off without `OTEL_EXPORTER_OTLP_ENDPOINT`: then nothing is loaded, and nothing is done. */
@Injectable()
export class Tracing implements OnApplicationShutdown {
  constructor(readonly source: SpanSource | null) {}

  /** Returns a child of the span in which the caller works, for a statement; undefined when nothing is traced. */
  readonly startStatement = (sql: string): Span | undefined => {
    const [operation = ''] = /^\s*\w+/.exec(sql) ?? [];
    return currentSpan()?.child(operation.trim().toUpperCase() || 'statement', {
      'db.system.name': 'postgresql',
      'db.query.text': sql.slice(0, MAX_SQL),
    });
  };

  async onApplicationShutdown(): Promise<void> {
    await this.source?.close();
  }

  /** Runs work as a step of the span in which the caller works. */
  trace<T>(name: string, attributes: SpanAttributes, work: () => Promise<T>): Promise<T> {
    const span = this.source ? currentSpan()?.child(name, attributes) : undefined;
    return span ? this.follow(span, work) : work();
  }

  private async follow<T>(span: Span, work: () => Promise<T>): Promise<T> {
    try {
      const value = await runInSpan(span, work);
      span.end();
      return value;
    } catch (error) {
      span.end(errorCode(error));
      throw error;
    }
  }
}
