import { expect, it } from 'vitest';
import { titlesOf } from '../../web/panels/file-titles.js';

it.each([
  ['Plan', 'Plan'],
  ['One\\nTwo\\NThree', 'One Two Three'],
  ['back\\\\slash \\\\n \\\\N', 'back\\slash \\n \\N'],
  ['a\\, b\\; c', 'a, b; c'],
  ['ends with \\\\', 'ends with \\'],
])('the title %s of a file is read as %s', (written, title) => {
  const file = ['BEGIN:VEVENT', 'UID:1', `SUMMARY:${written}`, 'END:VEVENT'].join('\r\n');
  expect(titlesOf(file).get('1')).toBe(title);
});
