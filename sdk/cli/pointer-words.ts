/** What was written for the parts of a request that are lists or have no option: by JSON pointer, without `/query` or `/path`. */
export type Written = Record<string, string | readonly string[]>;

/** What the members of a request are called in the commands. */
const NAMES: Record<string, string> = {
  after: '--after',
  all_day: 'the time',
  as_of: '--as-of',
  buffer_minutes: '--buffer',
  change_comment: '--comment',
  description: '--description',
  duration_minutes: '--for',
  email: 'the e-mail address',
  end_time: 'the end',
  fields: '--fields',
  from: 'the start of the days to look at',
  is_recurring: '--once',
  limit: '--limit',
  location: '--location',
  occurrence: '--on',
  on_conflict: '--on-conflict',
  optional_user_ids: '--optional',
  password: 'the password',
  position: 'the change',
  q: '--search',
  recurrence_pattern: '--repeat',
  role: '--role',
  rrule: '--repeat',
  scope: '--scope',
  show_as: '--free',
  start_time: 'the start',
  status: '--status',
  time_zone: 'the time zone',
  title: 'the title',
  to: 'the end of the days to look at',
  url: '--link',
  user_id: 'the person',
  user_ids: 'the people',
  username: 'the user name',
  users: 'the people',
  version: 'the version',
  working_hours: '--hours',
};

/**
 * What a pointer of a problem is called in the command that built the request: what was written there, such as the name of a
 * person, or the option. Never a pointer, which the person at the terminal has not seen.
 */
export function wordsFor(pointer: string, written: Written): string {
  const [, ...parts] = pointer.replace(/^\/(?:query|path|header)(?=\/)/, '').split('/');
  for (let length = parts.length; length > 0; length -= 1) {
    const found = written[`/${parts.slice(0, length).join('/')}`];
    const item = typeof found === 'string' ? found : found?.[Number(parts[length])];
    if (item !== undefined) return item;
  }
  const name = parts.find((part) => Object.hasOwn(NAMES, part));
  if (name !== undefined) return NAMES[name]!;
  return (
    parts
      .filter((part) => !/^\d*$/.test(part))
      .join(' ')
      .replaceAll('_', ' ') || 'the request'
  );
}
