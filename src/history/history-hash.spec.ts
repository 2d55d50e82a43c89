import { describe, expect, it } from 'vitest';
import type { HistoryEntry } from './history-entry.js';
import { canonicalJson, contentHash, historyHash } from './history-hash.js';

const VERSION: HistoryEntry = {
  eventId: '01936f9e-5d3c-7b21-8a54-0f6f2f8f1b02',
  position: 2,
  version: 2,
  kind: 'updated',
  actorId: '01936f9e-5d3c-7b21-8a54-0f6f2f8f1a01',
  at: new Date('2026-06-01T10:00:00.123Z'),
  comment: 'Why not',
  changed: ['title'],
  snapshot: {
    schema: 1,
    title: 'Lunch',
    overrides: [{ original: '2026-06-01T10:00:00', duration: { days: 0, seconds: 3600 } }],
  },
  members: null,
};
const BEFORE = 'ab'.repeat(32);

describe('historyHash', () => {
  it('is the same for a row read from the database: other order of members, no undefined ones', () => {
    const snapshot = {
      overrides: [{ duration: { seconds: 3600, days: 0 }, title: undefined, original: '2026-06-01T10:00:00' }],
      title: 'Lunch',
      schema: 1,
    };
    expect(historyHash(BEFORE, { ...VERSION, snapshot })).toBe(historyHash(BEFORE, VERSION));
  });

  it('never changes its form: stored hashes must always verify', () => {
    expect(historyHash(null, VERSION)).toMatchInlineSnapshot(
      `"331bd93ba5825a00cda4fc3348d566660c12507786fd7d209237c427f19d0488"`,
    );
    expect(historyHash(BEFORE, VERSION)).toMatchInlineSnapshot(
      `"34793da0c6a6762e9209cdb62aee474bc00f435c07681ec67470f9826b179662"`,
    );
  });

  it.each<[string, Partial<HistoryEntry>]>([
    ['event', { eventId: '01936f9e-5d3c-7b21-8a54-0f6f2f8f1b03' }],
    ['position', { position: 3 }],
    ['undone version', { undoes: { reverted: 1 } }],
    ['number', { version: 3 }],
    ['kind', { kind: 'rolled_back' }],
    ['author', { actorId: '01936f9e-5d3c-7b21-8a54-0f6f2f8f1a02' }],
    ['millisecond', { at: new Date('2026-06-01T10:00:00.124Z') }],
    ['comment', { comment: 'why not' }],
    ['missing comment', { comment: null }],
    ['fields', { changed: ['title', 'location'] }],
    ['content', { snapshot: { ...VERSION.snapshot!, title: 'Lunch ' } }],
    ['members', { members: [] }],
  ])('is another one for another %s', (_what, change) => {
    expect(historyHash(BEFORE, { ...VERSION, ...change })).not.toBe(historyHash(BEFORE, VERSION));
  });

  it('stays the same when the content is replaced and its hash is kept, as by a redaction', () => {
    const redacted = { ...VERSION, comment: null, snapshot: { schema: 1, title: '[redacted]' } };
    expect(historyHash(BEFORE, redacted, contentHash(VERSION))).toBe(historyHash(BEFORE, VERSION));
    expect(historyHash(BEFORE, redacted)).not.toBe(historyHash(BEFORE, VERSION));
  });

  it('depends on the previous hash', () => {
    expect(historyHash('cd'.repeat(32), VERSION)).not.toBe(historyHash(BEFORE, VERSION));
    expect(historyHash(null, VERSION)).not.toBe(historyHash(BEFORE, VERSION));
  });
});

describe('canonicalJson', () => {
  it.each([
    [{ b: 1, a: [{ d: null, c: 'x' }] }, '{"a":[{"c":"x","d":null}],"b":1}'],
    [{ a: undefined, b: [undefined] }, '{"b":[null]}'],
    ['Ü "\u2028" \\ 🎉', '"Ü \\"\u2028\\" \\\\ 🎉"'],
    [{ 10: 1, 9: 2 }, '{"10":1,"9":2}'],
    [[], '[]'],
    [{}, '{}'],
    [null, 'null'],
  ])('writes %j in one way', (value, text) => {
    expect(canonicalJson(value)).toBe(text);
    expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
  });
});
