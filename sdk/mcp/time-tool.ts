import { z } from 'zod';
import { ConveneError } from '../errors.js';
import { bound } from './inputs.js';
import { when } from './shown.js';
import { ANNOTATIONS, defineTool, type ToolContext, ToolRefusal } from './tool.js';

const MAX_PEOPLE = 20;
const SHOWN_REJECTED = 3;

const people = (what: string) => z.array(z.string().min(1).max(80)).max(MAX_PEOPLE).describe(what);

export const findTime = defineTool({
  name: 'find_time',
  title: 'Find a time for several people',
  description:
    'The best times at which the person and others are free, best first. Only people with whom the person shares an event can be asked for; their events stay private. It books nothing: take a time to `create_event`, then `share_event`.',
  input: {
    people: people('User names of those who must attend, besides the person. Nobody by default.').optional(),
    optional_people: people('User names of those who may attend.').optional(),
    duration_minutes: z.int().min(1).max(44_640),
    from: bound('The earliest start.'),
    to: bound('The latest end, at most 62 days after `from`.'),
    time_zone: z
      .string()
      .max(64)
      .optional()
      .describe('Of the question and the working hours. The person’s own when absent.'),
    working_hours: z
      .strictObject({
        start: z.string().max(5).describe('Such as `09:00`.'),
        end: z.string().max(5).describe('Such as `17:00`.'),
        days: z
          .array(z.enum(['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU']))
          .min(1)
          .max(7)
          .optional(),
      })
      .optional()
      .describe('Any time when absent, also at night.'),
    buffer_minutes: z.int().min(0).max(1_440).optional().describe('Free time before and after.'),
    recurrence_pattern: z.string().max(500).optional().describe('Finds the start of a series with this RFC 5545 rule.'),
    limit: z.int().min(1).max(10).optional().describe('At most so many times; 5 when absent.'),
  },
  annotations: ANNOTATIONS.reads,
  run: async (
    { people: required = [], optional_people: optional = [], working_hours: hours, ...question },
    context,
  ) => {
    const { client } = context;
    const me = await context.me();
    const [user_ids, optional_user_ids] = await Promise.all([idsOf(required, context), idsOf(optional, context)]);
    const working_hours = hours && {
      start: hours.start,
      end: hours.end,
      ...(hours.days ? { days: hours.days } : {}),
    };
    const found = await client.availability
      .findTime({ ...question, user_ids, optional_user_ids, working_hours })
      .catch((error: unknown) => {
        throw withNames(error, required, optional);
      });
    const zone = question.time_zone ?? me.time_zone;
    return {
      summary: found.summary,
      times: found.slots.map(({ optional_busy, occurrences, ...times }) => ({
        when: when(times, zone, me),
        ...(optional_busy.length > 0 ? { busy_optional_people: optional_busy.map(({ username }) => username) } : {}),
        ...(occurrences ? { dates_that_suit: `${occurrences.free} of ${occurrences.total}` } : {}),
      })),
      ...(found.slots.length === 0
        ? {
            almost: found.rejected.slice(0, SHOWN_REJECTED).map(({ reasons, ...times }) => ({
              when: when(times, zone, me),
              not_available: reasons.map(({ user, reason }) => `${user.username}: ${reason}`),
            })),
          }
        : {}),
    };
  },
});

async function idsOf(names: string[], { client }: ToolContext): Promise<string[]> {
  const found = await Promise.all(names.map((username) => client.users.find({ username })));
  const unknown = names.filter((_, index) => !found[index]);
  if (unknown.length > 0) {
    throw new ToolRefusal(
      `There is nobody with the user name ${unknown.join(' or ')}. User names have to be complete.`,
    );
  }
  return found.map((person) => person!.id);
}

/** The server names people by their place in the lists of ids; the agent knows them by name. */
function withNames(error: unknown, required: string[], optional: string[]): unknown {
  if (!(error instanceof ConveneError)) return error;
  const unknown = error.errors.flatMap(({ pointer }) => {
    const [, list, index] = /^\/(user_ids|optional_user_ids)\/(\d+)$/.exec(pointer) ?? [];
    return list ? [(list === 'user_ids' ? required : optional)[Number(index)]!] : [];
  });
  if (unknown.length === 0) return error;
  const shared = `The person shares no event with ${unknown.join(' or ')}, so their busy times are private.`;
  return new ToolRefusal(`${shared} Share an event with them first, or ask the person when they are free.`);
}
