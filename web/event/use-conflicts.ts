import { useEffect, useState } from 'preact/hooks';
import type { ConflictCheckView, ConflictView } from '../../sdk/index.js';
import { events, Refusal } from '../api.js';
import { allItems, endOf, startOf } from '../state/calendar.js';
import { endTime, type Form, occupancyOf, startTime } from '../state/form.js';
import { overlapsAmong } from '../state/local-overlap.js';
import { asInstant } from '../state/overlay.js';
import { user } from '../state/session.js';
import { instantOf } from '../time/zoned.js';
import { eventWords as words } from '../words/event.js';
import { hasErrors, timeErrors } from './form-errors.js';

const AFTER_MS = 300;

/**
 * What the times of the form overlap with, before anything is saved. Null while that is not known of these very times: an
 * answer about others can be of another kind, days in place of instants.
 */
export function useConflicts(form: Form, eventId: string | undefined): ConflictCheckView | null {
  const [answer, setAnswer] = useState<{ asked: string; found: ConflictCheckView } | null>(null);
  const question = {
    title: form.title || words.untitled,
    ...occupancyOf(form),
    ...(form.pattern ? { recurrence_pattern: form.pattern } : eventId ? { recurrence_pattern: null } : {}),
    ...(eventId ? { event_id: eventId } : {}),
  };
  const asked = hasErrors(timeErrors(form)) ? '' : JSON.stringify({ ...question, title: '' });
  useEffect(() => {
    if (!asked) return undefined;
    let current = true;
    const show = (found: ConflictCheckView): void => {
      if (current) setAnswer({ asked, found });
    };
    // Nobody answers: what is on the screen is better than nothing.
    const showOwn = (): void =>
      show({ conflicts: conflictsOnScreen(form, eventId), suggestions: [], possible_conflicts_after: [] });
    const timer = setTimeout(() => {
      if (!navigator.onLine) return showOwn();
      void events.conflicts(question).then(show, (error: unknown) => {
        if (!(error instanceof Refusal)) throw error;
        if (error.code === 'unreachable') showOwn();
      });
    }, AFTER_MS);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [asked]);
  return answer?.asked === asked ? answer.found : null;
}

/** What the calendar on the screen says, without a connection. */
function conflictsOnScreen(form: Form, eventId: string | undefined): ConflictView[] {
  if (form.showAs === 'free' || form.status === 'cancelled') return [];
  const [start, end] = [startTime(form), endTime(form)].map((time) => asInstant(time, form.zone)) as [string, string];
  const owner = eventId ? (allItems.value.find(({ id }) => id === eventId)?.owner ?? user.value!) : user.value!;
  // All-day events take up the days of their owner, whose zone is known of oneself.
  const zoneOfDays = user.value!.time_zone;
  const at = (time: string): string => (time.includes('T') ? time : instantOf(`${time}T00:00`, zoneOfDays));
  return overlapsAmong(allItems.value, { start, end }, eventId ?? '', owner.id, zoneOfDays).map((item) => ({
    start_time: at(startOf(item)),
    end_time: at(endOf(item)),
    event_id: item.id,
    title: item.title,
    with: { start_time: at(start), end_time: at(end) },
  }));
}
