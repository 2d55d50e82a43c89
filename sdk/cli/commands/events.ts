import type { Command } from 'commander';
import type { Cli } from '../cli.js';
import { addEventsRead } from './events-read.js';
import { addEventsWrite } from './events-write.js';

/** `events`. */
export function addEvents(program: Command, cli: Cli): void {
  const events = program.command('events').alias('event').description('list, show and change events');
  addEventsRead(events, cli);
  addEventsWrite(events, cli);
}
