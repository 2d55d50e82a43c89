import { expect, it } from 'vitest';
import { titlesOf } from '../../web/panels/file-titles.js';

const titleOf = (...lines: string[]): string | undefined =>
  titlesOf(['BEGIN:VEVENT', 'UID:1', ...lines, 'END:VEVENT'].join('\r\n')).get('1');

it.each([
  ['Plan', 'Plan'],
  ['One\\nTwo\\NThree', 'One Two Three'],
  ['back\\\\slash \\\\n \\\\N', 'back\\slash \\n \\N'],
  ['a\\, b\\; c', 'a, b; c'],
  ['ends with \\\\', 'ends with \\'],
])('the title %s of a file is read as %s', (written, title) => {
  expect(titleOf(`SUMMARY:${written}`)).toBe(title);
});

it('a parameter with a colon is no title, nor is the subject of an alarm', () => {
  expect(titleOf('SUMMARY;ALTREP="https://example.com/x":Plan')).toBe('Plan');
  expect(titleOf('SUMMARY;LANGUAGE=en:Plan: the second')).toBe('Plan: the second');
  const alarm = (summary: string): string[] => ['BEGIN:VALARM', 'ACTION:EMAIL', `SUMMARY:${summary}`, 'END:VALARM'];
  expect(titleOf('SUMMARY:Plan', ...alarm('Soon'), ...alarm('Now'))).toBe('Plan');
  expect(titleOf(...alarm('Soon'), 'SUMMARY:Plan')).toBe('Plan');
  expect(titleOf(...alarm('Soon'))).toBeUndefined();
});
