import { describe, expect, it } from 'vitest';
import { assignHues, HUES } from '../../web/state/assign-hues.js';

const people = Array.from({ length: 24 }, (_, index) => `0190000${index.toString(16).padStart(2, '0')}-person`);

describe('the hues of people', () => {
  it('are different for as many people as there are hues, and then go round', () => {
    for (let count = 1; count <= HUES.length; count += 1)
      expect(new Set(assignHues(people.slice(0, count)).values()).size).toBe(count);
    const hues = [...assignHues(people).values()];
    for (const hue of HUES) expect(hues.filter((other) => other === hue)).toHaveLength(3);
  });

  it('do not depend on the order in which people are met, and stay when somebody joins', () => {
    const before = assignHues(people.slice(0, 5));
    expect(assignHues(people.slice(0, 5).reverse())).toEqual(before);
    const after = assignHues(people.slice(0, 6));
    for (const [id, hue] of before) expect(after.get(id)).toBe(hue);
  });
});
