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

describe('a form that was kept', () => {
  it('has what was typed, and what others changed meanwhile', () => {
    const now = { ...BASE, location: 'Room 2', startTime: '11:00', endTime: '12:00' };
    expect(rebaseForm({ form: { ...BASE, title: 'Half typed', comment: 'Why' }, base: BASE }, now)).toEqual({
      ...now,
      title: 'Half typed',
      comment: 'Why',
    });
  });

  it('keeps a time whole: its parts mean nothing without each other', () => {
    const now = { ...BASE, startDay: '2026-06-12', endDay: '2026-06-12', zone: 'Europe/Paris' };
    expect(rebaseForm({ form: { ...BASE, endTime: '10:30' }, base: BASE }, now)).toEqual({ ...BASE, endTime: '10:30' });
  });
});
