import { describe, expect, it } from 'vitest';
import { foldLine, joinLines, rawLine, textLine } from './write-lines.js';

describe('lines of a file', () => {
  it.each(['é', '漢', '🎉', '\\n', 'x', 'a\\,'])('folds after at most 75 octets, not inside %s', (piece) => {
    const line = `SUMMARY:${piece.repeat(100)}`;
    const parts = foldLine(line).split('\r\n ');
    expect(parts.join('')).toBe(line);
    expect(parts.every((part, index) => Buffer.byteLength(part) + (index > 0 ? 1 : 0) <= 75)).toBe(true);
    expect(parts.some((part) => part.endsWith('\\') && !part.endsWith('\\\\'))).toBe(false);
    expect(parts.every((part) => part.isWellFormed())).toBe(true);
  });

  it('lets no value begin a line of its own', () => {
    const hostile = 'a\rATTENDEE:x\r\nATTENDEE:y\nATTENDEE:z\u0000\u2028b';
    const text = joinLines([textLine('SUMMARY', hostile), rawLine('URL', `https://example.org/${hostile}`)]);
    expect(text.split(/\r\n|\r|\n/).filter((line) => /^ATTENDEE/.test(line))).toEqual([]);
    expect(text).toContain('SUMMARY:a\\nATTENDEE:x\\nATTENDEE:y\\nATTENDEE:z\u2028b');
  });
});
