import { describe, expect, it } from 'vitest';
import { revisionOf } from './revision.js';

describe('the SEQUENCE of a stored event', () => {
  const updatedAt = new Date('2026-06-01T10:00:00Z');
  const imported = { version: 2, sequence: 5, lastModified: null };

  it.each([
    [1, null, 0],
    [3, null, 2],
    [2, imported, 5],
    [4, imported, 7],
    // Read a moment before an import wrote version 2.
    [1, imported, 5],
    [1, { ...imported, sequence: 0 }, 0],
  ])('of version %i, imported as %j, is %i: never below that of the file', (version, known, sequence) => {
    expect(revisionOf({ version, updatedAt, imported: known }).sequence).toBe(sequence);
  });
});
