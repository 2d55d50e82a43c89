import { Refusal } from '../api.js';
import { decide } from './dialogs.js';

type OnConflict = 'reject' | 'allow';

/**
 * Writes something that occupies time. When that overlaps, asks whether to book it all the same, and writes it if so.
 * Returns what was written, null when it was left. @throws Refusal for anything else
 */
export async function writeOrAsk<Written>(
  { id, title, all_day: allDay }: { id: string; title: string; all_day: boolean },
  write: (onConflict: OnConflict) => Promise<Written>,
): Promise<{ written: Written } | null> {
  try {
    return { written: await write('reject') };
  } catch (error) {
    if (!(error instanceof Refusal) || error.code !== 'event_conflict') throw error;
    const answer = await decide({
      kind: 'conflict',
      id,
      refusal: error,
      title,
      canSkip: false,
      canMove: false,
      allDay,
    });
    return answer?.choice === 'allow' ? { written: await write('allow') } : null;
  }
}
