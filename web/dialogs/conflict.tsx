import { useState } from 'preact/hooks';
import type { ConflictAnswer, ConflictQuestion } from '../state/dialogs.js';
import { zone } from '../state/session.js';
import { clockSpan, listed, longDay, shortDay, timeIn } from '../time/format.js';
import { minutesBetween, wallTime } from '../time/zoned.js';
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
  const inZone = zone.value;
  const first = conflicts[0]!;
  // The days and the time of what is being saved; those of the other event are drawn in the strip.
  const days = [...new Set(conflicts.map(({ with: mine }) => wallTime(mine.start_time, inZone).slice(0, 10)))];
  /** How many days after the wanted day a free time is, where it is for all dates of a series. */
  const daysLater = (start: string): number =>
    minutesBetween(`${firstDay!}T00:00`, `${wallTime(start, inZone).slice(0, 10)}T00:00`) / 1_440;
  /** Names the day too when it is another one. */
  const saveLabel = (start: string): string => {
    const day = wallTime(start, inZone).slice(0, 10);
    if (firstDay) return words.saveAll(allDay ? null : timeIn(start, inZone), daysLater(start));
    if (allDay) return words.saveOn(longDay(day));
    return day === days[0]
      ? words.saveAt(timeIn(start, inZone))
      : words.saveOn(`${longDay(day, { weekday: 'short' })}, ${timeIn(start, inZone)}`);
  };
  const mine = allDay ? longDay(days[0]!) : timeIn(first.with.start_time, inZone);
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
          label={chosen ? saveLabel(chosen.start_time) : choice === 'skip' ? words.skip(days.length) : words.keep}
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
          {offered.map(({ start_time: start, end_time: end }, index) => {
            const day = wallTime(start, inZone).slice(0, 10);
            return (
              <Option key={start} on={choice === index} choose={() => setChoice(index)}>
                <b class="tnum">
                  {allDay
                    ? firstDay
                      ? words.later(daysLater(start))
                      : longDay(start)
                    : clockSpan(wallTime(start, inZone), wallTime(end, inZone))}
                </b>
                <small>
                  {firstDay
                    ? words.freeOnAll(allDay ? 0 : daysLater(start))
                    : day === days[0]
                      ? words.sameDay
                      : longDay(day, { weekday: 'short' })}
                </small>
              </Option>
            );
          })}
        </div>
        <div class="label stay">{words.stay(mine)}</div>
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
