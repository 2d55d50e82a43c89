import { CommanderError } from 'commander';
import { ConveneError, ConveneNetworkError } from '../index.js';
import type { Cli } from './cli.js';
import { CliError } from './cli-error.js';
import { clashLines } from './clashes.js';
import { conflictHint, conflictLines, suggestionLines } from './conflicts.js';
import { EXIT, type ExitCode } from './exit-codes.js';
import { fileReason } from './file-error.js';
import { wordsFor } from './pointer-words.js';
import { safeJson, safeLine } from './text.js';

interface Report {
  code: string;
  sentence: string;
  exitCode: ExitCode;
  more: readonly string[];
  /** What `--json` prints. */
  document: object;
}

/**
 * Prints why a command failed, in one sentence, with what to do next, to standard error; with `--json` the problem document
 * of the server. Returns the exit code.
 */
export async function reportError(error: unknown, cli: Cli): Promise<ExitCode> {
  if (error instanceof CommanderError && error.exitCode === 0) return EXIT.done;
  // The help was printed in place of an error.
  if (error instanceof CommanderError && error.code === 'commander.help') return EXIT.usage;
  const { code, sentence, exitCode, more, document } = await toReport(error, cli);
  if (cli.options.json) cli.note(safeJson(document));
  else {
    const { red, dim } = cli.colors(cli.stderr);
    cli.note(`${red('error:')} ${sentence} ${dim(`(${code})`)}`, ...more);
  }
  return exitCode;
}

async function toReport(error: unknown, cli: Cli): Promise<Report> {
  if (error instanceof CommanderError) {
    const [first = '', ...rest] = error.message.replace(/^error: /, '').split('\n');
    const sentence = `${first.charAt(0).toUpperCase()}${first.slice(1)}`.replace(/[^.?!]$/, '$&.');
    const more = [...rest, 'Add --help for the options and examples.'];
    return { code: 'usage', sentence, exitCode: EXIT.usage, more, document: { code: 'usage', detail: sentence } };
  }
  if (error instanceof CliError) {
    const { code, message, exitCode, more } = error;
    return { code, sentence: message, exitCode, more, document: { code, detail: message } };
  }
  if (error instanceof ConveneNetworkError) {
    const url = await cli.url();
    const sentence = `${url} does not respond.`;
    const next = ['Is the server running, and is the address right? Another one: --url, or CONVENE.'];
    const document = { code: 'no_response', detail: sentence };
    return { code: 'no_response', sentence, exitCode: EXIT.noResponse, more: next, document };
  }
  if (error instanceof ConveneError) return refusal(error, cli);
  const { message, stack, code, path } = error as NodeJS.ErrnoException;
  const known = code !== undefined;
  const file = path === undefined ? message : `${path} cannot be written: ${fileReason(error as NodeJS.ErrnoException, 'written')}.`; // prettier-ignore
  const sentence = known ? file : `Something went wrong that should not: ${message}`;
  const document = { code: code ?? 'internal_error', detail: sentence };
  return { code: document.code, sentence, exitCode: EXIT.refused, more: known ? [] : [stack ?? ''], document };
}

const CODES: Partial<Record<ConveneError['code'], ExitCode>> = {
  unauthenticated: EXIT.notSignedIn,
  refresh_token_invalid: EXIT.notSignedIn,
  account_disabled: EXIT.notSignedIn,
  event_conflict: EXIT.conflict,
  stale_version: EXIT.conflict,
  later_changes: EXIT.conflict,
  unavailable: EXIT.noResponse,
};

async function refusal(error: ConveneError, cli: Cli): Promise<Report> {
  const { code } = error;
  const sentence = await sentenceOf(error, cli);
  const more = error.errors.map(
    ({ pointer, message, code: reason }) =>
      `  ${safeLine(wordsFor(pointer, cli.written))}: ${safeLine(message)} (${reason})`,
  );
  if (code === 'event_conflict') {
    const zone = await cli.zoneOrUtc();
    more.push(...conflictLines(error.conflicts, zone, cli.colors(cli.stderr), cli.canSkip));
    more.push(...suggestionLines(error.suggestions ?? [], zone, cli.colors(cli.stderr)));
    if (error.and_more) more.push(`  … and ${error.and_more} more.`);
    more.push(conflictHint(cli.canSkip));
  }
  if (code === 'stale_version' || code === 'later_changes') {
    more.push(...(await clashLines(error, cli)));
  }
  if (code === 'unreadable_calendar') {
    more.push(...error.skipped.map(({ line, reason }) => `  line ${line}: ${safeLine(reason)}`));
  }
  if (code === 'unauthenticated') {
    const next = `convene login --url ${await cli.url()}`;
    more.push(usesToken(cli) ? `Set a new one, or remove it and sign in: ${next}` : `Sign in with: ${next}`);
  }
  if (code === 'rate_limited' && error.retryAfter !== null) more.push(`Try again in ${error.retryAfter} seconds.`);
  if (error.status >= 500 && error.requestId) more.push(`The log of the server names this request ${error.requestId}.`);
  const exitCode = CODES[code] ?? (error.status >= 502 ? EXIT.noResponse : EXIT.refused);
  return { code, sentence, exitCode, more, document: documentOf(error) };
}

async function sentenceOf(error: ConveneError, cli: Cli): Promise<string> {
  const { event, file } = cli.written;
  if (error.code === 'unauthenticated') return sessionEnded(cli);
  // Its detail names a member of the document, which is printed below.
  if (error.code === 'unreadable_calendar' && file) return `Nothing in ${safeLine(String(file))} can be imported.`;
  if (error.code === 'not_found' && !error.detail && event) {
    const at = cli.written['/as_of'] ? ' at that time' : '';
    return `There is no event “${safeLine(String(event))}” that you can see${at}.`;
  }
  const title = (error as unknown as { title: string }).title;
  return safeLine(error.detail ?? title).replace(/[^.?!]$/, '$&.');
}

const sessionEnded = async (cli: Cli): Promise<string> =>
  usesToken(cli)
    ? `${await cli.url()} does not accept CONVENE_TOKEN: it has expired, or was ended.`
    : `Your session at ${await cli.url()} has ended.`;

const usesToken = (cli: Cli): boolean => Boolean(cli.env['CONVENE_TOKEN']) && cli.options.as === undefined;

/** The problem document, as the server sent it. */
function documentOf(error: ConveneError): object {
  const {
    name: _name,
    message: _message,
    stack: _stack,
    requestId,
    retryAfter: _after,
    errors,
    conflicts,
    ...rest
  } = error;
  return {
    ...rest,
    request_id: requestId,
    ...(errors.length > 0 ? { errors } : {}),
    ...(conflicts.length > 0 ? { conflicts } : {}),
  };
}
