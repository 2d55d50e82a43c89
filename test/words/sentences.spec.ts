import { describe, expect, it } from 'vitest';
import { compareFields } from '../../src/content/diff.js';
import { describeChanges } from '../../src/content/diff-words.js';
import { toHeadline, toPredicate, toSentence } from '../../src/content/statement.js';
import { LOG_SITUATIONS } from './log-situations.js';
import { SERIES_SITUATIONS } from './series-situations.js';
import { SITUATIONS } from './situations.js';

/** Renders every situation with the sentences of the changelog (*), of the difference (=) and of the messages (>). */
function renderContents(): string[] {
  return Object.entries({ ...SITUATIONS, ...SERIES_SITUATIONS }).map(([chapter, situations]) => {
    const paragraphs = situations.map(({ what, before, after }) => {
      const changed = new Set(Object.keys(compareFields(before, after)));
      const statements = describeChanges(before, after, changed);
      const message = before ? [`  > Ana ${toPredicate(after.title, statements)}`] : [];
      const lines = statements.flatMap((one) => [`  * ${toSentence(one)}`, `  = ${toHeadline(one)}`]);
      return [what, ...lines, ...message].join('\n');
    });
    return [`## ${chapter}`, ...paragraphs].join('\n\n');
  });
}

function renderLog(): string[] {
  return Object.entries(LOG_SITUATIONS).map(([chapter, situations]) => {
    const paragraphs = situations.map(({ what, summary, messages }) =>
      [what, `  * ${summary}`, ...messages.map((message) => `  > ${message}`)].join('\n'),
    );
    return [`## ${chapter}`, ...paragraphs].join('\n\n');
  });
}

describe('the sentences about changes', () => {
  it('are these', async () => {
    const chapters = [...renderContents(), ...renderLog()];
    await expect(`${chapters.join('\n\n')}\n`).toMatchFileSnapshot('sentences.txt');
  });
});
