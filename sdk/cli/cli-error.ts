import { EXIT, type ExitCode } from './exit-codes.js';

/** Something that the command line itself refuses, in one sentence. */
export class CliError extends Error {
  constructor(
    message: string,
    readonly code: string,
    readonly exitCode: ExitCode,
    /** Lines below the sentence: a table, or what to do next. */
    readonly more: readonly string[] = [],
  ) {
    super(message);
  }
}

/** The command was not understood. */
export class UsageError extends CliError {
  constructor(message: string, more: readonly string[] = []) {
    super(message, 'usage', EXIT.usage, more);
  }
}

export class NotSignedIn extends CliError {
  constructor(message: string, ...next: string[]) {
    super(message, 'not_signed_in', EXIT.notSignedIn, next);
  }
}

export class NothingFound extends CliError {
  constructor(message: string, more: readonly string[] = []) {
    super(message, 'nothing_found', EXIT.refused, more);
  }
}
