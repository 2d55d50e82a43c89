import { AsyncLocalStorage } from 'node:async_hooks';

export type SpanAttributes = Record<string, string | number | boolean>;

/** A step of work that runs, as part of a trace. */
export interface Span {
  /** Names the trace in logs and in the collector: 32 hexadecimal digits. */
  readonly traceId: string;
  /** Starts a step of this step. */
  child(name: string, attributes?: SpanAttributes): Span;
  rename(name: string): void;
  set(attributes: SpanAttributes): void;
  /** @param error the code of an error; never its message, which may contain what people wrote */
  end(error?: string): void;
}

const spans = new AsyncLocalStorage<Span>();

/** Returns the span in which the caller works; undefined without tracing, and for work that no request started. */
export const currentSpan = (): Span | undefined => spans.getStore();

/** Runs work whose steps belong to a span. */
export const runInSpan = <T>(span: Span, work: () => T): T => spans.run(span, work);

/** Returns a code for an error that contains nothing else. */
export function errorCode(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : error instanceof Error ? error.constructor.name : 'error';
}
