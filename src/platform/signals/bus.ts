/** An open connection to a bus. */
export interface BusConnection {
  /** Resolves when the bus has accepted the texts. */
  send(texts: string[]): Promise<void>;
  /** Rejects when the bus no longer responds. */
  ping(): Promise<void>;
  /** Closes the connection at once. Never rejects; further calls do nothing. */
  close(): Promise<void>;
}

/** What a connection reports to the code that opened it. */
export interface BusListener {
  /** Called with each text that any server sent, this one included. */
  received(text: string): void;
  /** Called at most once, when the connection breaks. Not called after `close`. */
  lost(error: Error): void;
}

/** Carries texts between the servers on one database. */
export interface Bus {
  /**
   * Opens a connection that receives everything sent after the promise resolves. Rejects within a few seconds when the bus
   * does not respond.
   */
  connect(listener: BusListener): Promise<BusConnection>;
}
