import { Injectable } from '@nestjs/common';

/** What a server says to the others: whose streams have news, who lost access, and which sessions have ended. The ids follow. */
export type SignalName = 'news' | 'narrowed' | 'sessions_ended';

type Listener = (ids: string[]) => void;

/**
 * The door between servers on one database. A signal is only ever a hint to look again: the tables are the truth, and
 * whoever listens also looks by himself from time to time, so that a lost one costs time and never a change.
 */
@Injectable()
export class Signals {
  private readonly listeners = new Map<SignalName, Listener[]>();

  /** Called with what other servers say; never with what this one sent. Must neither wait nor throw. */
  on(name: SignalName, listener: Listener): void {
    this.listeners.set(name, [...(this.listeners.get(name) ?? []), listener]);
  }

  /** Called when signals may have been missed. */
  onReconnect(_listener: () => void): void {
    // Nothing is missed where nobody speaks.
  }

  /** Tells the other servers. Returns at once and never throws: what cannot be sent now is not sent. */
  send(_name: SignalName, _ids: Iterable<string>): void {
    // Nobody else listens yet.
  }
}
