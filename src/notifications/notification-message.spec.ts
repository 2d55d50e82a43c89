import { describe, expect, it } from 'vitest';
import type { RoleChange } from '../permissions/member.js';
import type { Role } from '../permissions/role.js';
import { toNotificationMessage } from './notification-message.js';
import type { StreamItem } from './stream-item.js';

const NAMES = { ana: 'Ana', ben: 'Ben', cid: 'Cid', dee: 'Dee' };

/** Returns the message that Ben receives when Ana does something to the event Lunch. */
function messageOf(type: StreamItem['type'], rest: Partial<StreamItem> = {}): string {
  return toNotificationMessage({
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
    summary: null,
    createdAt: new Date(0),
    readAt: null,
    names: NAMES,
    visible: true,
    ...rest,
  });
}

const members = (named: RoleChange[], total = named.length): Partial<StreamItem> => ({ members: { named, total } });
const added = (userId: string, to: Role = 'viewer'): RoleChange => ({ userId, from: null, to });
const removed = (userId: string): RoleChange => ({ userId, from: 'viewer', to: null });

describe('the message of a notification', () => {
  it.each([
    ['event_created', 'Ana created “Lunch”'],
    ['event_deleted', 'Ana deleted “Lunch”'],
    ['event_restored', 'Ana restored “Lunch”'],
    ['event_rolled_back', 'Ana rolled back “Lunch” to an earlier version'],
  ] as const)('of type %s is %s', (type, message) => {
    expect(messageOf(type)).toBe(message);
    expect(messageOf(type, { userId: 'ana' })).toBe(message.replace('Ana', 'You'));
  });

  it('lists the changed fields by their labels', () => {
    expect(messageOf('event_updated', { changed: ['title', 'time_zone'] })).toBe(
      'Ana changed “Lunch”: title and time zone',
    );
  });

  it('lists a field that no longer exists by its name', () => {
    expect(messageOf('event_updated', { changed: ['dress_code', 'constructor'] })).toBe(
      'Ana changed “Lunch”: dress code and constructor',
    );
  });

  it('addresses the recipient as you, and counts the members that it does not name', () => {
    expect(messageOf('event_shared', members([added('ben', 'editor')]))).toBe(
      'Ana shared “Lunch” with you as an editor',
    );
    expect(messageOf('event_shared', members([added('ben'), added('cid')]))).toBe(
      'Ana shared “Lunch” with you and Cid as viewers',
    );
    expect(messageOf('event_shared', members([added('cid'), added('dee')], 3))).toBe(
      'Ana shared “Lunch” with Cid and Dee as viewers and with 1 other',
    );
    expect(messageOf('event_shared', members([added('cid')], 9))).toBe(
      'Ana shared “Lunch” with Cid as a viewer and with 8 others',
    );
  });

  it('names the old and the new role', () => {
    const ben: RoleChange = { userId: 'ben', from: 'viewer', to: 'editor' };
    const cid: RoleChange = { userId: 'cid', from: 'editor', to: 'viewer' };
    expect(messageOf('role_changed', members([ben]))).toBe('Ana changed your role on “Lunch” from viewer to editor');
    expect(messageOf('role_changed', members([cid]))).toBe('Ana changed Cid’s role on “Lunch” from editor to viewer');
    expect(messageOf('role_changed', members([ben, cid], 3))).toBe(
      'Ana changed roles on “Lunch”: you from viewer to editor, Cid from editor to viewer and 1 other',
    );
  });

  it('distinguishes removing a member from leaving', () => {
    expect(messageOf('access_revoked', members([removed('ben')]))).toBe('Ana removed you from “Lunch”');
    expect(messageOf('access_revoked', members([removed('ben'), removed('cid')], 5))).toBe(
      'Ana removed you from “Lunch”',
    );
    expect(messageOf('access_revoked', members([removed('cid')]))).toBe('Ana removed Cid from “Lunch”');
    expect(messageOf('access_revoked', members([removed('cid'), removed('dee')], 5))).toBe(
      'Ana removed Cid, Dee and 3 others from “Lunch”',
    );
    expect(messageOf('access_revoked', members([removed('ana')]))).toBe('Ana left “Lunch”');
    expect(messageOf('access_revoked', { userId: 'ana', ...members([removed('ana')]) })).toBe('You left “Lunch”');
  });

  it('names the new owner, wherever they are in the list', () => {
    const transfer: RoleChange[] = [
      { userId: 'ana', from: 'owner', to: 'editor' },
      { userId: 'ben', from: 'editor', to: 'owner' },
    ];
    expect(messageOf('ownership_transferred', members(transfer))).toBe('Ana transferred ownership of “Lunch” to you');
    expect(messageOf('ownership_transferred', { userId: 'cid', ...members(transfer) })).toBe(
      'Ana transferred ownership of “Lunch” to Ben',
    );
  });

  it('is the summary of the change when there is one', () => {
    expect(messageOf('event_updated', { changed: ['title'], summary: 'renamed “Plan” to “Lunch”' })).toBe(
      'Ana renamed “Plan” to “Lunch”',
    );
  });

  it('tells a person who lost access nothing about the others who did', () => {
    const lost = members([removed('ben'), removed('cid')], 5);
    expect(messageOf('access_revoked', lost)).toBe('Ana removed you from “Lunch”');
    expect(messageOf('access_revoked', { ...lost, userId: 'ana' })).toBe(
      'You removed Ben, Cid and 3 others from “Lunch”',
    );
  });

  it('escapes what people wrote', () => {
    expect(messageOf('event_deleted', { eventTitle: 'A\n\u202eB”' })).toBe('Ana deleted “A↵\\u{202E}B’”');
  });

  it('uses “someone” for an unknown name', () => {
    expect(messageOf('event_shared', { ...members([added('cid')]), names: {} })).toBe(
      'Ana shared “Lunch” with someone as a viewer',
    );
    expect(messageOf('role_changed', members([]))).toBe('Ana changed roles on “Lunch”');
    expect(messageOf('event_shared')).toBe('Ana shared “Lunch” with someone');
    expect(messageOf('ownership_transferred')).toBe('Ana transferred ownership of “Lunch” to someone');
  });
});
