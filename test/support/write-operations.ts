import { changeRole, createEvent, deleteEvent, shareEvent, updateEvent } from '../../sdk/generated/sdk.gen.js';
import { done, type WireRequest } from './requests.js';
import { ok, type Person } from './test-app.js';

/** An event of Ana's that Ben edits; Cleo isn't on it. */
export interface Setting {
  ana: Person;
  ben: Person;
  cleo: Person;
  eventId: string;
}

/** A valid call of a write, and what must be there before it. */
export interface WriteCall {
  operation: string;
  circumstance?: string;
  before?: (setting: Setting) => Promise<unknown>;
  request: (setting: Setting) => { path: string; method: string } & Pick<WireRequest, 'body'>;
  /** `kind` and number of the changes that it makes, in their order. */
  changes: string[];
  /** Who is told besides Ana, who calls. */
  notified: ('ben' | 'cleo')[];
}

export const HOUR = { start_time: '2026-06-01T10:00:00Z', end_time: '2026-06-01T11:00:00Z' };
const DAILY = { recurrence_pattern: 'FREQ=DAILY;COUNT=10', is_recurring: true };

const of =
  (method: string, rest = '', body?: unknown) =>
  ({ eventId }: Setting): { path: string; method: string; body?: unknown } => ({
    method,
    path: `/api/events/${eventId}${rest}`,
    body,
  });
const renamed = ({ ana, eventId }: Setting): Promise<unknown> =>
  ok(updateEvent({ client: ana.client, path: { id: eventId }, body: { title: 'Renamed' } }));
const asSeries = ({ ana, eventId }: Setting): Promise<unknown> =>
  ok(updateEvent({ client: ana.client, path: { id: eventId }, body: DAILY }));
const deleted = ({ ana, eventId }: Setting): Promise<unknown> =>
  done(deleteEvent({ client: ana.client, path: { id: eventId } }));
const other = ({ ana }: Setting): Promise<unknown> =>
  ok(createEvent({ client: ana.client, body: { title: 'In the way', ...HOUR, on_conflict: 'allow' } }));
const cleoJoined = ({ ana, cleo, eventId }: Setting): Promise<unknown> =>
  ok(shareEvent({ client: ana.client, path: { id: eventId }, body: { username: cleo.username, role: 'viewer' } }));

const handedThereAndBack = async ({ ana, ben, eventId }: Setting): Promise<void> => {
  for (const [from, to] of [
    [ana, ben],
    [ben, ana],
  ] as const) {
    await ok(changeRole({ client: from.client, path: { id: eventId, userId: to.id }, body: { role: 'owner' } }));
  }
};

const NEW = { title: 'Standup', start_time: '2026-07-01T08:00:00Z', end_time: '2026-07-01T08:15:00Z' };
const SECOND = '2026-06-02T10:00:00Z';

/** A write that needs a server which sends mails; test/api/invitations.api.spec.ts and test/race/invitations.spec.ts have it. */
export const OF_INVITATIONS = ['revokeInvitation'];

/** Every other write on events, with the forms of it that take ways of their own. */
export const WRITE_CALLS: WriteCall[] = [
  {
    operation: 'createEvent',
    request: () => ({ method: 'POST', path: '/api/events', body: NEW }),
    changes: ['created 1'],
    notified: [],
  },
  {
    operation: 'createEvent',
    circumstance: ' that leaves clashes out',
    request: () => ({
      method: 'POST',
      path: '/api/events',
      body: { title: 'Daily', ...HOUR, ...DAILY, on_conflict: 'skip' },
    }),
    changes: ['created 1'],
    notified: [],
  },
  {
    operation: 'createEvents',
    request: () => ({
      method: 'POST',
      path: '/api/events/batch',
      body: { events: [NEW, { ...NEW, title: 'Twice', on_conflict: 'allow' }] },
    }),
    changes: ['created 1', 'created 1'],
    notified: [],
  },
  {
    operation: 'updateEvent',
    request: of('PUT', '', { title: 'Renamed', location: 'Room 4' }),
    changes: ['updated 2'],
    notified: ['ben'],
  },
  {
    operation: 'updateEvent',
    circumstance: ' that changes nothing',
    request: of('PUT', '', { title: 'Team meeting' }),
    changes: [],
    notified: [],
  },
  {
    operation: 'updateEvent',
    circumstance: ' that splits a series',
    before: asSeries,
    request: of('PUT', `?occurrence=${SECOND}&scope=following`, { title: 'From here' }),
    changes: ['split 3', 'split 1'],
    notified: ['ben'],
  },
  {
    operation: 'patchEvent',
    before: other,
    request: of('PATCH', '', { end_time: '2026-06-01T12:00:00Z', on_conflict: 'allow' }),
    changes: ['updated 2'],
    notified: ['ben'],
  },
  { operation: 'deleteEvent', request: of('DELETE'), changes: ['deleted 2'], notified: ['ben'] },
  {
    operation: 'deleteEvent',
    circumstance: ' of one occurrence',
    before: asSeries,
    request: of('DELETE', `?occurrence=${SECOND}`),
    changes: ['updated 3'],
    notified: ['ben'],
  },
  {
    operation: 'restoreEvent',
    before: deleted,
    request: of('POST', '/restore', {}),
    changes: ['restored 3'],
    notified: ['ben'],
  },
  {
    operation: 'rollbackEvent',
    before: renamed,
    request: of('POST', '/rollback/1', {}),
    changes: ['rolled_back 3'],
    notified: ['ben'],
  },
  {
    operation: 'revertChange',
    before: renamed,
    request: of('POST', '/revert/2', {}),
    changes: ['rolled_back 3'],
    notified: ['ben'],
  },
  {
    operation: 'undoChange',
    circumstance: ' of a version',
    before: renamed,
    request: of('POST', '/changelog/3/undo', {}),
    changes: ['rolled_back 3'],
    notified: ['ben'],
  },
  {
    operation: 'undoChange',
    circumstance: ' of a share',
    before: cleoJoined,
    request: of('POST', '/changelog/3/undo', {}),
    changes: ['revoked 1'],
    notified: ['ben', 'cleo'],
  },
  {
    operation: 'undoChange',
    circumstance: ' of a handover',
    before: handedThereAndBack,
    request: of('POST', '/changelog/4/undo', {}),
    changes: ['ownership_transferred 1'],
    notified: ['ben'],
  },
  {
    operation: 'shareEvent',
    request: (setting) => of('POST', '/share', { username: setting.cleo.username, role: 'viewer' })(setting),
    changes: ['shared 1'],
    notified: ['ben', 'cleo'],
  },
  {
    operation: 'changeRole',
    request: (setting) => of('PUT', `/permissions/${setting.ben.id}`, { role: 'viewer' })(setting),
    changes: ['role_changed 1'],
    notified: ['ben'],
  },
  {
    operation: 'changeRole',
    circumstance: ' that hands over',
    before: cleoJoined,
    request: (setting) => of('PUT', `/permissions/${setting.ben.id}`, { role: 'owner' })(setting),
    changes: ['ownership_transferred 1'],
    notified: ['ben', 'cleo'],
  },
  {
    operation: 'revokePermission',
    request: (setting) => of('DELETE', `/permissions/${setting.ben.id}`)(setting),
    changes: ['revoked 1'],
    notified: ['ben'],
  },
];
