/** An open connection over which servers on one database hear one another. */
export interface BusConnection {
  /** Resolves when the texts are on their way. */
  send(texts: string[]): Promise<void>;
  /** Rejects when the other end is no longer there. */
  ping(): Promise<void>;
  /** Ends it at once. Never rejects; may be called again. */
  close(): Promise<void>;
}

/** What a connection tells whoever opened it. */
export interface BusListener {
  /** A text that some server sent, perhaps this one. */
  heard(text: string): void;
  /** The connection broke. Said once at most, and not after `close`. */
  lost(error: Error): void;
}

/** A way to carry texts between servers on one database. */
export interface Bus {
  /** Resolves when everything sent from now on will be heard. Rejects within a few seconds when nobody answers. */
  connect(listener: BusListener): Promise<BusConnection>;
}
