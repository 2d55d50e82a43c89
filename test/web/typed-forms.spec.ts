import { describe, expect, it } from 'vitest';
import type { Form } from '../../web/state/form.js';
import { rebaseForm } from '../../web/state/rebase-form.js';

const BASE: Form = {
  title: 'Plan',
  startDay: '2026-06-10',
  startTime: '09:00',
  endDay: '2026-06-10',
  endTime: '10:00',
  allDay: false,
  zone: 'UTC',
  pattern: null,
  location: 'Room 1',
  url: '',
  showAs: 'busy',
  status: 'confirmed',
  description: '',
  comment: '',
};

/** What is typed on version 1, once the event has the other fields in version 4. */
const onNow = (typed: Partial<Form>, now: Partial<Form>) =>
  rebaseForm({ form: { ...BASE, ...typed }, base: BASE, version: 1 }, { ...BASE, ...now }, 4);

describe('what is typed while others change the event', () => {
  it('is put on their version, with what they changed in other fields', () => {
    const now = { location: 'Room 2', startTime: '11:00', endTime: '12:00' };
    expect(onNow({ title: 'Half typed', comment: 'Why' }, now)).toEqual({
      form: { ...BASE, ...now, title: 'Half typed', comment: 'Why' },
      base: { ...BASE, ...now },
      version: 4,
    });
  });

  it('keeps a time whole: its parts mean nothing without each other', () => {
    const now = { startDay: '2026-06-12', endDay: '2026-06-12', zone: 'Europe/Paris' };
    expect(onNow({ endTime: '10:30' }, now)).toMatchObject({ form: { ...BASE, endTime: '10:30' } });
  });

  it.each([
    ['a title', { title: 'Mine' }, { title: 'Theirs' }],
    ['the same field and another', { title: 'Mine', url: 'a:b' }, { title: 'Theirs', location: 'Room 2' }],
    ['a time of which they changed another part', { endTime: '10:30' }, { startDay: '2026-06-09', title: 'Theirs' }],
    ['the length of what they made all-day', { endTime: '10:30' }, { allDay: true }],
    ['a rule', { pattern: { freq: 'weekly' } }, { pattern: { freq: 'daily' } }],
  ] as [string, Partial<Form>, Partial<Form>][])(
    'stays based on the earlier version where theirs cannot be seen, so that the server asks: %s',
    (_what, typed, now) => {
      const { form, base, version } = onNow(typed, now);
      expect(version).toBe(1);
      expect(form).toMatchObject(typed);
      // All that was typed is sent, and nothing that was not.
      const sent = Object.entries(form).filter(([field, value]) => value !== base[field as keyof Form]);
      expect(Object.fromEntries(sent)).toEqual(typed);
    },
  );

  it('has nothing to ask where both typed the same', () => {
    expect(onNow({ title: 'Ours' }, { title: 'Ours', location: 'Room 2' })).toMatchObject({ version: 4 });
  });

  it('asks about a clash also after a third version, until it is saved', () => {
    const twice = rebaseForm(
      onNow({ title: 'Mine' }, { title: 'Theirs' }),
      { ...BASE, title: 'Theirs', url: 'a:b' },
      5,
    );
    expect(twice).toEqual({
      form: { ...BASE, title: 'Mine', url: 'a:b' },
      base: { ...BASE, url: 'a:b' },
      version: 1,
    });
  });
});
