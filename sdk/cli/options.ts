import { type Command, InvalidArgumentError, Option } from 'commander';
import { UsageError } from './cli-error.js';
import { readRule, RULE_EXAMPLES } from './repeat.js';
import { readSpan } from './when.js';

/** Reads a number of things. */
export function readCount(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('It is a number, from 1.');
  return Number(text);
}

/** Reads names with commas or spaces between. */
export const splitNames = (text: string): string[] => text.split(/[,\s]+/).filter(Boolean);

/** Adds what names several people: as words of their own, or with commas between. */
export function addPeople(command: Command, about: string, { optional = false } = {}): Command {
  const collect = (text: string, before: string[] = []): string[] => [...before, ...splitNames(text)];
  return command.argument(optional ? '[people...]' : '<people...>', `${about}, with spaces or commas between`, collect);
}

/** Adds the options of everything that writes an event. */
export function addWriteOptions(command: Command, { conflicts = true, comment = true } = {}): Command {
  if (conflicts) {
    command.addOption(
      new Option('--on-conflict <what>', 'when you are busy then: refuse, store it all the same, or skip dates of a series')
        .choices(['reject', 'allow', 'skip']), // prettier-ignore
    );
  }
  if (comment) command.option('--comment <text>', 'why, for the history');
  return command.option('--dry-run', 'show what would happen, and store nothing');
}

export interface WriteFlags {
  onConflict?: 'reject' | 'allow' | 'skip';
  comment?: string;
  dryRun?: boolean;
}

/** The members of a body that say how it is written. */
export function writeBody({ onConflict, comment }: WriteFlags): {
  on_conflict?: 'reject' | 'allow' | 'skip';
  change_comment?: string;
} {
  return {
    ...(onConflict === undefined ? {} : { on_conflict: onConflict }),
    ...(comment === undefined ? {} : { change_comment: comment }),
  };
}

/** Adds the options that name a part of a series. */
export function addPartOptions(command: Command): Command {
  return command.option('--on <day>', 'of a series: which date is meant').addOption(
    new Option('--scope <part>', 'of a series: this date, this and the following ones, or all')
        .choices(['this', 'following', 'all']), // prettier-ignore
  );
}

/** Adds the options for what an event says. */
export function addContentOptions(command: Command): Command {
  return command
    .option('--location <place>', 'where it is; "" for nowhere')
    .option('--description <text>', 'what it is about; "" for nothing')
    .option('--link <address>', 'an http or https address; "" for none')
    .addOption(new Option('--status <status>', 'how certain it is').choices(['confirmed', 'tentative', 'cancelled']))
    .option('--free', 'does not take up your time')
    .option('--busy', 'takes up your time; the default')
    .option('--repeat <rule>', `${RULE_EXAMPLES}, or an RRULE such as "FREQ=MONTHLY;BYDAY=1MO"`)
    .option('--times <n>', 'how often it repeats', readCount)
    .option('--until <day>', 'the last day on which it repeats');
}

export interface ContentFlags {
  location?: string;
  description?: string;
  link?: string;
  status?: 'confirmed' | 'tentative' | 'cancelled';
  free?: boolean;
  busy?: boolean;
  repeat?: string;
  times?: number;
  until?: string;
}

interface Content {
  location?: string | null;
  description?: string | null;
  url?: string | null;
  status?: 'confirmed' | 'tentative' | 'cancelled';
  show_as?: 'busy' | 'free';
  recurrence_pattern?: string;
}

/** A text, or null for one of spaces alone, which nobody could see. */
const filled = (text: string): string | null => (text.trim() === '' ? null : text);

/** What the options say about the event. @throws UsageError */
export function contentOf(flags: ContentFlags, zone: string): Content {
  const { location, description, link, status, free, busy } = flags;
  if (free && busy) throw new UsageError('--free and --busy exclude each other.');
  const rule = ruleOf(flags, zone);
  return {
    ...(location === undefined ? {} : { location: filled(location) }),
    ...(description === undefined ? {} : { description: filled(description) }),
    ...(link === undefined ? {} : { url: filled(link) }),
    ...(status === undefined ? {} : { status }),
    ...(free || busy ? { show_as: free ? 'free' : 'busy' } : {}),
    ...(rule === null ? {} : { recurrence_pattern: rule }),
  };
}

function ruleOf({ repeat, times, until }: ContentFlags, zone: string): string | null {
  if (repeat === undefined) {
    if (times !== undefined || until !== undefined) throw new UsageError('--times and --until need --repeat.');
    return null;
  }
  if (times !== undefined && until !== undefined) throw new UsageError('--times and --until exclude each other.');
  const rule = readRule(repeat);
  if (times !== undefined) return `${rule};COUNT=${times}`;
  if (until === undefined) return rule;
  return `${rule};UNTIL=${readSpan(until, zone).start.wall.slice(0, 10).replaceAll('-', '')}`;
}
