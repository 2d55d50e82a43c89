import { z } from 'zod';

// Bounds are those of the server, which judges every value again.
const text = (most: number): z.ZodString => z.string().max(most);

const TIME =
  '`2026-06-01T10:00` is a wall time in `time_zone`; with an offset, as in `2026-06-01T10:00+02:00`, an instant';

export const eventId = z.uuid().describe('The `event_id` of a result.');
export const version = z
  .int()
  .min(1)
  .describe('The `version` that you have read. What others changed since is kept, or you are shown both sides.');

/** A time that limits what is searched. */
export const bound = (what: string): z.ZodString =>
  text(40).describe(`${what} A date, a wall time in the person’s zone, or an instant with an offset.`);

/** What an event consists of; all of it optional, as in a change. */
const fields = {
  title: text(255).describe('Short, as it is shown in a calendar.'),
  description: text(20_000).nullable().describe('Null removes it.'),
  location: text(255).nullable().describe('Null removes it.'),
  url: text(2_000).nullable().describe('An http or https link, such as that of an online meeting. Null removes it.'),
  start_time: text(40).describe(`${TIME}. A date for an all-day event.`),
  end_time: text(40).describe('Like `start_time`, exclusive: the end of an all-day event is the day after its last.'),
  time_zone: text(64).describe('An IANA name such as `Europe/Paris`. The person’s own zone when absent.'),
  all_day: z.boolean(),
  recurrence_pattern: text(500)
    .nullable()
    .describe('An RFC 5545 rule such as `FREQ=WEEKLY;BYDAY=MO;COUNT=10`. Null makes a series a single event.'),
  show_as: z.enum(['busy', 'free']).describe('`free` occupies no time and never conflicts.'),
  status: z.enum(['confirmed', 'tentative', 'cancelled']),
};
export const newEvent = {
  ...z.object(fields).partial().shape,
  title: fields.title,
  start_time: fields.start_time,
  end_time: fields.end_time,
};
export const eventChanges = z.object(fields).partial().shape;

export const occurrence = text(40)
  .optional()
  .describe('Of a series: the `occurrence` of a result, that is the original start of one date.');
export const scope = z
  .enum(['this', 'following', 'all'])
  .optional()
  .describe('With `occurrence`: this date (default), this and the following ones, or the whole series.');

export const onConflict = z
  .enum(['reject', 'allow', 'skip'])
  .optional()
  .describe(
    'When the owner is busy then: `reject` (default) returns choices; `allow` books it all the same; `skip` leaves out the conflicting dates of a series. Use the last two only if the person wants that.',
  );
export const onConflictOfUndo = z.enum(['reject', 'allow']).optional().describe('As for `change_event`.');

/** What every writing tool accepts besides. */
export const write = {
  dry_run: z
    .boolean()
    .optional()
    .describe('True makes all checks and reports what would happen. Nothing is stored, nobody is notified.'),
  idempotency_key: text(255)
    .min(1)
    .optional()
    .describe('Your name for this request: if no result arrives, call again with the same one, and it is done once.'),
};
export const comment = {
  change_comment: text(500).optional().describe('Why; everybody on the event reads it in the history.'),
};

/** A page of a list. */
export const page = (most: number, usual: number) => ({
  limit: z.int().min(1).max(most).optional().describe(`At most so many; ${usual} when absent.`),
  cursor: text(1_000).optional().describe('The `next_cursor` of the page before, with the same other arguments.'),
});

/** How a write is made. */
export const writeOptions = (input: { dry_run?: boolean | undefined; idempotency_key?: string | undefined }) => ({
  idempotencyKey: input.idempotency_key,
  dryRun: input.dry_run ?? false,
});
