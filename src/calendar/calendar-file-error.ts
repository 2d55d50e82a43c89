/** Why a file as a whole cannot be read. `line` is the physical line, from 1. */
export class CalendarFileError extends Error {
  constructor(
    readonly line: number,
    readonly reason: string,
  ) {
    super(`Line ${line}: ${reason}`);
  }
}

/** Why one event of a file cannot be imported; the others can. */
export class UnreadableEvent extends Error {
  constructor(
    readonly line: number,
    readonly reason: string,
  ) {
    super(`Line ${line}: ${reason}`);
  }
}
