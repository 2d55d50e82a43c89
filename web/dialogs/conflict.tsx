import { useState } from 'preact/hooks';
import type { SlotView } from '../../sdk/index.js';
import type { ConflictAnswer, ConflictQuestion } from '../state/dialogs.js';
import { user, zone } from '../state/session.js';
import { clockSpan, daySpan, listed, longDay, shortDay, timeIn } from '../time/format.js';
import { addDays, dayOf, daysBetween, wallTime } from '../time/zoned.js';
import { Modal } from '../ui/modal.js';
import { ModalActions } from '../ui/modal-actions.js';
import { Option } from '../ui/option.js';
import { dialogWords as words } from '../words/dialogs.js';
import { DayStrip } from './day-strip.js';

type Choice = number | 'allow' | 'skip';

/** What the change would overlap with, and what can be done about it. Only after a refused save. */
export function Conflict({
  question,
  answer,
}: {
  question: ConflictQuestion;
  answer: (given: ConflictAnswer | null) => void;
}) {
  const { refusal, title, canSkip, canMove, allDay, firstDay } = question;
  const { conflicts = [], suggestions = [] } = refusal.problem;
  const offered = canMove ? suggestions.slice(0, 3) : [];
  const [choice, setChoice] = useState<Choice>(offered.length > 0 ? 0 : 'allow');
  // All-day events occupy the days of their owner, whose zone is known of oneself.
  const inZone = allDay ? user.value!.time_zone : zone.value;
  const first = conflicts[0]!;
  // The days and the time of what is being saved; those of the other event are drawn in the strip.
  const days = [...new Set(conflicts.map(({ with: mine }) => dayOf(mine.start_time, inZone)))];
  /** How many days after the wanted day a free time is, where it is for all dates of a series. */
  const daysLater = (start: string): number => daysBetween(firstDay!, dayOf(start, inZone));
  /** From the first to the last day, of a time whose end is exclusive. */
  const daysOf = ({ start_time: start, end_time: end }: SlotView): string =>
    daySpan(dayOf(start, inZone), addDays(dayOf(end, inZone), -1), 'short');
  /** Names the day too when it is another one. */
  const saveLabel = (slot: SlotView): string => {
    const day = dayOf(slot.start_time, inZone);
    const time = allDay ? null : timeIn(slot.start_time, inZone);
    if (firstDay) return words.saveAll(time, daysLater(slot.start_time));
    if (!time) return words.saveOn(daysOf(slot));
    return day === days[0] ? words.saveAt(time) : words.saveOn(`${longDay(day, { weekday: 'short' })}, ${time}`);
  };
  const chosen = typeof choice === 'number' ? offered[choice] : undefined;
  const decide = (): void => {
    if (chosen) answer({ choice: 'move', start_time: chosen.start_time, end_time: chosen.end_time });
    else answer({ choice: choice as 'allow' | 'skip' });
  };
  const what = first.title
    ? words.already(title, first.title, days.length > 1 ? listed(days.slice(0, 3).map(shortDay)) : null)
    : words.busy(title);
  const more = days.length > 3 ? words.moreDates(days.length - 3) : '';
  return (
    <Modal
      title={words.conflictTitle(days.length)}
      lead={what + more}
      width={600}
      role="alertdialog"
      close={() => answer(null)}
      footer={
        <ModalActions
          cancel={() => answer(null)}
          act={decide}
          label={chosen ? saveLabel(chosen) : choice === 'skip' ? words.skip(days.length) : words.keep}
        />
      }
    >
      {!allDay && (
        <DayStrip
          conflicts={conflicts}
          suggestions={offered}
          chosen={typeof choice === 'number' ? choice : -1}
          self={question.id}
        />
      )}
      <div role="radiogroup" aria-label={words.choices}>
        {offered.length > 0 && <div class="label">{words.freeTimes}</div>}
        <div class="three">
          {offered.map((slot, index) => {
            const { start_time: start, end_time: end } = slot;
            const day = dayOf(start, inZone);
            return (
              <Option key={start} on={choice === index} choose={() => setChoice(index)}>
                <b class="tnum">
                  {allDay
                    ? firstDay
                      ? words.later(daysLater(start))
                      : daysOf(slot)
                    : clockSpan(wallTime(start, inZone), wallTime(end, inZone))}
                </b>
                {(firstDay || !allDay) && (
                  <small>
                    {firstDay
                      ? words.freeOnAll(allDay ? 0 : daysLater(start))
                      : day === days[0]
                        ? words.sameDay
                        : longDay(day, { weekday: 'short' })}
                  </small>
                )}
              </Option>
            );
          })}
        </div>
        <div class="label stay">
          {allDay ? words.stayOn(daysOf(first.with)) : words.stay(timeIn(first.with.start_time, inZone))}
        </div>
        {canSkip && (
          <Option on={choice === 'skip'} choose={() => setChoice('skip')}>
            <b>{words.skip(days.length)}</b>
            <small>{words.skipHint}</small>
          </Option>
        )}
        <Option on={choice === 'allow'} choose={() => setChoice('allow')}>
          <b>{words.keep}</b>
          <small>{words.keepHint(days.length)}</small>
        </Option>
      </div>
    </Modal>
  );
}
