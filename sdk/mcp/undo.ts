import type { ChangeKind, LogEntryView } from '../generated/types.gen.js';
import type { ToolContext } from './tool.js';

/** How many changes others may make between a write and the question for its position. */
const RECENT = 20;

const newest = async ({ client }: ToolContext, eventId: string): Promise<LogEntryView[]> =>
  (await client.events.changelog(eventId, { order: 'desc', limit: RECENT }).page()).items;

/** The position of the newest entry of the changelog; before a write whose version does not identify its entry. */
export async function lastPosition(context: ToolContext, eventId: string): Promise<number> {
  return (await newest(context, eventId))[0]?.position ?? 0;
}

/**
 * Where the person's own change can be undone: the calls that do it, newest first. Empty when nothing was changed.
 * @param isIt which entry of the person it is
 */
export async function undoOf(
  context: ToolContext,
  eventId: string,
  isIt: (entry: LogEntryView) => boolean,
): Promise<{ undo?: object }> {
  const { id } = await context.me();
  const found = (await newest(context, eventId)).filter((entry) => entry.actor.id === id && isIt(entry));
  if (found.length === 0) return {};
  const calls = found.map(({ position }) => ({ tool: 'undo_change', event_id: eventId, position }));
  return { undo: calls.length === 1 ? calls[0]! : calls };
}

export const isKind =
  (after: number, ...kinds: ChangeKind[]) =>
  ({ position, kind }: LogEntryView): boolean =>
    position > after && kinds.includes(kind);
