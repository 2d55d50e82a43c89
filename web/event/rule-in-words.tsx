import { useEffect, useState } from 'preact/hooks';
import { capitalize } from '../time/format.js';
import { wallTime } from '../time/zoned.js';
import type { Pattern } from '../state/form.js';

/** A rule in the words of the server. @param start an instant, or a day */
export function RuleInWords({
  pattern,
  start,
  zone,
  allDay,
}: {
  pattern: Pattern;
  start: string;
  zone: string;
  allDay: boolean;
}) {
  const [text, setText] = useState('');
  useEffect(() => {
    void import('./rule-preview.js').then(({ previewRule }) => {
      const local = allDay ? `${start}T00:00:00` : `${wallTime(start, zone)}:00`;
      setText(capitalize(previewRule(pattern, local, zone, allDay).words));
    });
  }, [pattern, start, zone, allDay]);
  return <>{text}</>;
}
