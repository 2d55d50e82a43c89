import { describe, expect, it } from 'vitest';
import type { RoleChange } from '../permissions/member.js';
import type { Role } from '../permissions/role.js';
import { notificationMessage } from './notification-message.js';
import type { NotificationRecord } from './notifications.repository.js';

const NAMES = { ana: 'Ana', ben: 'Ben', cid: 'Cid', dee: 'Dee' };

/** What the reader is told when Ana did something to the event Lunch. */
function told(type: NotificationRecord['type'], rest: Partial<NotificationRecord> = {}): string {
  return notificationMessage({
    userId: 'ben',
    seq: 1,
    id: 'id',
    type,
    eventId: 'event',
    eventTitle: 'Lunch',
    version: 2,
    actorId: 'ana',
    actorName: 'Ana',
    changed: [],
    members: null,
    createdAt: new Date(0),
    readAt: null,
    names: NAMES,
    ...rest,
  });
}

const people = (named: RoleChange[], total = named.length): Partial<NotificationRecord> => ({
  members: { named, total },
});
const added = (userId: string, to: Role = 'viewer'): RoleChange => ({ userId, from: null, to });

describe('the message of a notification', () => {
  it.each([
    ['event_created', 'Ana created “Lunch”'],
    ['event_deleted', 'Ana deleted “Lunch”'],
    ['event_restored', 'Ana restored “Lunch”'],
    ['event_rolled_back', 'Ana brought an earlier version of “Lunch” back'],
  ] as const)('of %s is %s', (type, message) => {
    expect(told(type)).toBe(message);
    expect(told(type, { userId: 'ana' })).toBe(message.replace('Ana', 'You'));
  });

  it('names the changed fields in words', () => {
    expect(told('event_updated', { changed: ['start_time', 'show_as'] })).toBe(
      'Ana changed start time, show as of “Lunch”',
    );
  });

  it('calls the reader you, and counts those it does not name', () => {
    expect(told('event_shared', people([added('ben', 'editor')]))).toBe('Ana shared “Lunch” with you as editor');
    expect(told('event_shared', people([added('ben'), added('cid')]))).toBe(
      'Ana shared “Lunch” with you as viewer and Cid as viewer',
    );
    expect(told('event_shared', people([added('cid'), added('dee')], 3))).toBe(
      'Ana shared “Lunch” with Cid as viewer, Dee as viewer and 1 other',
    );
    expect(told('event_shared', people([added('cid')], 9))).toBe('Ana shared “Lunch” with Cid as viewer and 8 others');
  });

  it('tells a new role', () => {
    const change: RoleChange = { userId: 'ben', from: 'viewer', to: 'editor' };
    expect(told('role_changed', people([change]))).toBe('Ana changed the role on “Lunch” of you from viewer to editor');
  });

  it('tells a removal apart from leaving', () => {
    const removed = (userId: string): RoleChange => ({ userId, from: 'viewer', to: null });
    expect(told('access_revoked', people([removed('ben')]))).toBe('Ana removed you from “Lunch”');
    expect(told('access_revoked', people([removed('cid')]))).toBe('Ana removed Cid from “Lunch”');
    expect(told('access_revoked', people([removed('cid'), removed('dee')], 5))).toBe(
      'Ana removed Cid, Dee and 3 others from “Lunch”',
    );
    expect(told('access_revoked', people([removed('ana')]))).toBe('Ana left “Lunch”');
    expect(told('access_revoked', { userId: 'ana', ...people([removed('ana')]) })).toBe('You left “Lunch”');
  });

  it('names the new owner, whoever stands first', () => {
    const handover: RoleChange[] = [
      { userId: 'ana', from: 'owner', to: 'editor' },
      { userId: 'ben', from: 'editor', to: 'owner' },
    ];
    expect(told('ownership_transferred', people(handover))).toBe('Ana handed “Lunch” over to you');
    expect(told('ownership_transferred', { userId: 'cid', ...people(handover) })).toBe(
      'Ana handed “Lunch” over to Ben',
    );
  });

  it('speaks of somebody when a name is gone', () => {
    expect(told('event_shared', { ...people([added('cid')]), names: {} })).toBe(
      'Ana shared “Lunch” with somebody as viewer',
    );
    expect(told('event_shared')).toBe('Ana shared “Lunch” with somebody');
    expect(told('ownership_transferred')).toBe('Ana handed “Lunch” over to somebody');
  });
});
