import type { ConveneError, FieldClashView } from '../index.js';
import type { Cli } from './cli.js';
import { safeLine, safeText } from './text.js';
import { timeText } from './zones.js';

type Clashing = Extract<ConveneError, { code: 'stale_version' | 'later_changes' }>;

/** What both sides changed, who changed it and when, and what to do next. */
export async function clashLines(error: Clashing, cli: Cli): Promise<string[]> {
  const zone = await cli.zoneOrUtc();
  const { bold, dim } = cli.colors(cli.stderr);
  const lines: string[] = [];
  for (const clash of error.clashes ?? []) {
    const { field, occurrence, person } = clash;
    const of = occurrence ? ` of ${timeText(occurrence, zone)}` : person ? ` of ${person.username}` : '';
    lines.push(`  ${bold(field)}${of}`);
    const shown = (['base', 'theirs', 'yours'] as const).map((side) => [side, valueText(clash[side], zone)] as const);
    for (const [side, text] of shown) lines.push(`    ${dim(NAMES[side].padEnd(7))} ${text}`);
  }
  if (error.code === 'later_changes') {
    return [...lines, 'Undo the later change first, or set the value with `convene events edit`.'];
  }
  const since = await changesSince(error, cli, zone);
  const how = cli.base?.isNamed ? ` with --if-version ${error.current_version ?? '<n>'}` : '';
  return [...lines, ...since, `To apply yours all the same, run the command again${how}.`];
}

const NAMES = { base: 'before', theirs: 'theirs', yours: 'yours' } as const;

function valueText(value: FieldClashView['base'], zone: string): string {
  if (value === null) return '(none)';
  if (typeof value === 'boolean') return String(value);
  if (typeof value === 'string') {
    if (/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(value)) return `${timeText(value, zone)} (${zone})`;
    return safeText(value).split('\n').join('\n            ');
  }
  if (Array.isArray(value)) return safeLine(value.join(', ') || '(none)');
  const members = Object.entries(value).map(([name, inner]) => `${name}: ${typeof inner === 'string' ? valueText(inner, zone) : JSON.stringify(inner)}`); // prettier-ignore
  return safeLine(members.join(', '));
}

/** Sentences about the versions that the caller has not seen. */
async function changesSince(error: Clashing, cli: Cli, zone: string): Promise<string[]> {
  const [, event] = /^\/api\/events\/([^/?]+)/.exec(error.instance ?? '') ?? [];
  const { base } = cli;
  if (!event || base === null) return [];
  try {
    const client = await cli.client();
    const entries = await client.events.changelog(event, { order: 'desc', limit: 50 }).page();
    return entries.items
      .filter(({ version }) => version > base.version)
      .reverse()
      .map(({ version, actor, at, summary }) => `  version ${version}, ${timeText(at, zone)}: ${actor.username}: ${safeLine(summary)}`); // prettier-ignore
  } catch {
    // The refusal is what matters.
    return [];
  }
}
