/** Lines wait at most this long. */
const FLUSH_MS = 200;
/** At a high rate, some eighty lines are written at once. */
const FLUSH_LENGTH = 16_384;

let lines = '';
let timer: NodeJS.Timeout | undefined;

/**
 * Writes a line to standard output within 200 ms, together with others: a write of its own would cost a request as much
 * as formatting the line. Only a process that is killed loses the lines that wait.
 */
export function writeLine(line: string): void {
  lines += `${line}\n`;
  if (lines.length >= FLUSH_LENGTH) flushLines();
  else timer ??= setTimeout(flushLines, FLUSH_MS).unref();
}

/** Writes the lines that wait. */
export function flushLines(): void {
  clearTimeout(timer);
  timer = undefined;
  if (lines !== '') process.stdout.write(lines);
  lines = '';
}

process.on('exit', flushLines);
