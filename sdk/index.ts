/** @module The client of Convene. */
export { Convene, type ConveneOptions } from './convene.js';
export { ConveneError, ConveneNetworkError, ConveneTimeoutError, isProblem } from './errors.js';
export type { FeedWithLink, ImportOptions } from './calendar.js';
export type {
  EditOptions,
  EventChanges,
  EventInput,
  EventQuery,
  OccurrenceQuery,
  ShareInput,
  UpdateOptions,
} from './events.js';
export type { VersionRef } from './event-history.js';
export type { CallOptions, Fetch, Request } from './http.js';
export type { Live, LiveEvents, LiveOptions, LiveState } from './live.js';
export type { LiveTransport } from './live-transport.js';
export type { WebSocketConstructor } from './live-web-socket.js';
export type { Page, Pages } from './pages.js';
export type { OtherProblem, Problem, ProblemCode } from './problems.js';
export type { WriteOptions, Written } from './resource.js';
export { type ResponseInfo, responseOf } from './responses.js';
export type { RetryOptions } from './retries.js';
export { browserSession, memorySession, type Session, type SessionStorage, tokenSession } from './session-storage.js';
export type { SessionEvents } from './session.js';
export type { EventStore, SyncQuery, SyncResult } from './sync.js';
export {
  formatEvent,
  formatInstant,
  type Instant,
  localZone,
  offsetAt,
  toInstant,
  toLocal,
  type WallTimeOptions,
} from './times.js';
export type * from './types.js';
export type * from './generated/types.gen.js';
