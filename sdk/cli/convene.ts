#!/usr/bin/env node
import process from 'node:process';
import { Cli } from './cli.js';
import { addCommands, createProgram } from './program.js';
import { reportError } from './report-error.js';

/** The command line: `convene --help`. */

// The reader of the output has had enough, such as `head`.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(process.exitCode);
});

const program = createProgram();
const cli = new Cli(program, process.env, process.stdin, process.stdout, process.stderr);
addCommands(program, cli);
try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = await reportError(error, cli);
}
