import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { SnapshotView, TextOperationView } from '../../sdk/index.js';
import { capitalize } from '../time/format.js';
import { wallTime } from '../time/zoned.js';
import { eventWords } from '../words/event.js';
import { historyWords as words } from '../words/history.js';
import type { Row } from './field-rows.js';
import { diffWords } from './diff-words.js';

/** One field that differs. Deleted words are struck through, inserted ones underlined. */
export function Difference({
  row,
  layout,
  children,
}: {
  row: Row;
  layout: 'side' | 'line';
  children?: ComponentChildren;
}) {
  const { name, rules } = row;
  const [said, setSaid] = useState<[string, string] | null>(null);
  useEffect(() => {
    if (rules) void Promise.all(rules.map(ruleOf)).then(([from, to]) => setSaid([from!, to!]));
  }, [rules]);
  const [from, to] = said ?? [row.from, row.to];
  const text = row.text ?? (from !== null && to !== null ? diffWords(from, to) : undefined);
  return (
    <div class="dr">
      <h4>
        {name} {children}
      </h4>
      {layout === 'side' ? (
        <>
          <div>{from ? text ? <Marked text={text} without="insert" /> : <Del>{from}</Del> : <None />}</div>
          <div>{to ? text ? <Marked text={text} without="delete" /> : <Ins>{to}</Ins> : <None />}</div>
        </>
      ) : (
        <div class="whole">
          {text ? (
            <Marked text={text} />
          ) : (
            <>
              {from && <Del>{from}</Del>} {to && <Ins>{to}</Ins>}
            </>
          )}
        </div>
      )}
    </div>
  );
}

/** Words with marks. @param without what the other side shows */
export function Marked({ text, without }: { text: TextOperationView[]; without?: 'insert' | 'delete' }) {
  return (
    <>
      {text.map(({ op, text: part }, index) => {
        if (op === without) return null;
        if (op === 'delete') return <Del key={index}>{part}</Del>;
        return op === 'insert' ? <Ins key={index}>{part}</Ins> : <span key={index}>{part}</span>;
      })}
    </>
  );
}

const Del = ({ children }: { children: ComponentChildren }) => (
  <del>
    <span class="sr">{words.deleted} </span>
    {children}
  </del>
);
const Ins = ({ children }: { children: ComponentChildren }) => (
  <ins>
    <span class="sr">{words.inserted} </span>
    {children}
  </ins>
);
const None = () => <span class="none">{words.none}</span>;

async function ruleOf(snapshot: SnapshotView): Promise<string> {
  const { recurrence_pattern: pattern, start_time: start, time_zone: zone, all_day: allDay } = snapshot;
  if (!pattern) return eventWords.never;
  const { previewRule } = await import('../event/rule-preview.js');
  const local = allDay ? `${start}T00:00:00` : `${wallTime(start, zone)}:00`;
  return capitalize(previewRule(pattern, local, zone, allDay).words);
}
