import { createInterface } from 'node:readline';
import type { ReadStream, WriteStream } from 'node:tty';
import { Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { CliError, UsageError } from './cli-error.js';
import { EXIT } from './exit-codes.js';

/** Asks at the terminal. With `hidden`, what is typed is not shown. */
export function ask(question: string, input: ReadStream, output: WriteStream, hidden = false): Promise<string> {
  return new Promise((resolve, reject) => {
    const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
    const reader = createInterface({ input, output: hidden ? nowhere : output, terminal: true });
    output.write(hidden ? question : '');
    let answer: string | null = null;
    reader.on('SIGINT', () => reader.close());
    reader.on('close', () => {
      if (hidden) output.write('\n');
      if (answer === null) reject(new CliError('Nothing was done.', 'interrupted', EXIT.interrupted));
      else resolve(answer);
    });
    reader.question(hidden ? '' : question, (given) => {
      answer = given;
      reader.close();
    });
  });
}

/** Reads a password without showing it: from the terminal, or the first line of what is piped in. */
export async function readPassword(question: string, input: ReadStream, output: WriteStream): Promise<string> {
  const password = input.isTTY ? await ask(question, input, output, true) : (await text(input)).split(/\r?\n/)[0]!;
  if (password === '') throw new UsageError('No password was given: type it, or pipe it into the command.');
  return password;
}
