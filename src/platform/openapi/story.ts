/** One request of the story. Texts may contain `{{variables}}`. */
export interface StoryStep {
  /** What happens, as a sentence. */
  title: string;
  operation: string;
  /** Who sends it; nobody who is signed in when absent. */
  as?: 'ana' | 'ben';
  path?: Record<string, string>;
  query?: Record<string, string>;
  headers?: Record<string, string>;
  body?: object;
  status: number;
  /** Variables that later steps use, with the place of their value in the response. */
  keeps?: Record<string, string>;
  /** Members in which the documented response differs from the usual example. */
  answer?: object;
}

/** What the variables are in the examples of the document. */
export const STORY_VALUES: Record<string, string> = {
  ana: 'ana',
  ben: 'ben',
  ben_id: '01936f9e-5d3c-7b21-8a54-0f6f2f8f1a05',
  event_id: '01936f9e-5d3c-7b21-8a54-0f6f2f8f1b02',
  position: '4',
};

const MEETING = { start_time: '2026-06-01T10:00:00', end_time: '2026-06-01T11:00:00', time_zone: 'Europe/Paris' };
const account = (name: string): object => ({
  username: `{{${name}}}`,
  email: `{{${name}}}@example.com`,
  password: 'correct horse 7',
  time_zone: 'Europe/Paris',
});
/** The event before anything was split off it. */
const WHOLE = { split_from: null };

/**
 * The story that the API reference tells: two people, one event, from signing up to leaving. Its order is that of the
 * operations in the document, its bodies are their examples, and the collection and the HTTP file run it.
 */
export const STORY: StoryStep[] = [
  {
    title: 'Ana signs up',
    operation: 'register',
    body: account('ana'),
    status: 201,
  },
  {
    title: 'Ben signs up',
    operation: 'register',
    body: account('ben'),
    status: 201,
    keeps: { ben_token: 'access_token', ben_id: 'user.id' },
  },
  {
    title: 'Ana signs in on another device',
    operation: 'login',
    body: { username: '{{ana}}', password: 'correct horse 7' },
    status: 200,
    keeps: { ana_token: 'access_token' },
  },
  { title: 'Ana reads her profile', operation: 'getMe', as: 'ana', status: 200 },
  { title: 'Ana looks for Ben', operation: 'findUsers', as: 'ana', query: { username: '{{ben}}' }, status: 200 },
  {
    title: 'Ana creates a weekly meeting',
    operation: 'createEvent',
    as: 'ana',
    headers: { 'Idempotency-Key': '{{ana}}-team-meeting' },
    body: {
      title: 'Team meeting',
      description: 'Weekly sync',
      ...MEETING,
      recurrence_pattern: { frequency: 'weekly', by_day: ['MO', 'WE'], until: '2026-12-31' },
    },
    status: 201,
    keeps: { event_id: 'id' },
    answer: { ...WHOLE, version: 1, location: null, url: null },
  },
  {
    title: 'A review of Ana’s at the same time is refused, with the next free times',
    operation: 'createEvent',
    as: 'ana',
    body: { title: 'Review', start_time: '2026-06-03T10:30:00', end_time: '2026-06-03T11:30:00' },
    status: 409,
  },
  {
    title: 'Ana asks what would be in the way',
    operation: 'checkConflicts',
    as: 'ana',
    body: { start_time: '2026-06-03T10:30:00', end_time: '2026-06-03T11:30:00' },
    status: 200,
  },
  {
    title: 'Ana rehearses to book it all the same: nothing is stored',
    operation: 'createEvent',
    as: 'ana',
    query: { dry_run: 'true' },
    body: {
      title: 'Review',
      start_time: '2026-06-03T10:30:00',
      end_time: '2026-06-03T11:30:00',
      on_conflict: 'allow',
    },
    status: 200,
  },
  {
    title: 'Ana lists her first week',
    operation: 'listEvents',
    as: 'ana',
    query: { from: '2026-06-01', to: '2026-06-08', expand: 'true' },
    status: 200,
  },
  {
    title: 'Ana shares the meeting with Ben',
    operation: 'shareEvent',
    as: 'ana',
    path: { id: '{{event_id}}' },
    body: { users: [{ username: '{{ben}}', role: 'editor' }] },
    status: 200,
  },
  {
    title: 'Ben sees who is on it',
    operation: 'listPermissions',
    as: 'ben',
    path: { id: '{{event_id}}' },
    status: 200,
  },
  { title: 'Ben reads the meeting', operation: 'getEvent', as: 'ben', path: { id: '{{event_id}}' }, status: 200 },
  {
    title: 'Ana asks for a time that suits both',
    operation: 'findTime',
    as: 'ana',
    body: {
      user_ids: ['{{ben_id}}'],
      duration_minutes: 60,
      from: '2026-06-01',
      to: '2026-06-08',
      time_zone: 'Europe/Paris',
      working_hours: { start: '09:00', end: '17:00' },
    },
    status: 200,
  },
  {
    title: 'Ana renames the meeting',
    operation: 'updateEvent',
    as: 'ana',
    path: { id: '{{event_id}}' },
    headers: { 'If-Match': '"1"' },
    body: { title: 'Team lunch', change_comment: 'Moved for Ben' },
    status: 200,
    answer: { ...WHOLE, title: 'Team lunch', version: 2 },
  },
  {
    title: 'Ben, who has not seen that, sets the room: both changes are kept',
    operation: 'patchEvent',
    as: 'ben',
    path: { id: '{{event_id}}' },
    headers: { 'If-Match': '"1"' },
    body: { location: 'Room 4' },
    status: 200,
    answer: { ...WHOLE, title: 'Team lunch', version: 3 },
  },
  {
    title: 'Ben’s own title is refused: both sides changed it',
    operation: 'patchEvent',
    as: 'ben',
    path: { id: '{{event_id}}' },
    headers: { 'If-Match': '"1"' },
    body: { title: 'Team breakfast' },
    status: 412,
  },
  {
    title: 'Ben moves one date only',
    operation: 'patchEvent',
    as: 'ben',
    path: { id: '{{event_id}}' },
    query: { occurrence: '2026-06-08T10:00:00', scope: 'this' },
    body: { start_time: '2026-06-08T14:00:00', end_time: '2026-06-08T15:00:00' },
    status: 200,
  },
  {
    title: 'Ana reads the dates',
    operation: 'listOccurrences',
    as: 'ana',
    path: { id: '{{event_id}}' },
    query: { from: '2026-06-01', to: '2026-06-15' },
    status: 200,
  },
  { title: 'Ana reads the versions', operation: 'listVersions', as: 'ana', path: { id: '{{event_id}}' }, status: 200 },
  {
    title: 'Ana reads what happened, newest first',
    operation: 'listChangelog',
    as: 'ana',
    path: { id: '{{event_id}}' },
    query: { order: 'desc' },
    status: 200,
    keeps: { position: 'items.0.position' },
  },
  {
    title: 'Ana compares the first version with the present one',
    operation: 'diffVersions',
    as: 'ana',
    path: { id: '{{event_id}}', v1: '1', v2: 'current' },
    status: 200,
  },
  {
    title: 'Ana undoes Ben’s last change',
    operation: 'undoChange',
    as: 'ana',
    path: { id: '{{event_id}}', position: '{{position}}' },
    body: { change_comment: 'That was a mistake' },
    status: 200,
    answer: WHOLE,
  },
  {
    title: 'Ana goes back to the first version',
    operation: 'rollbackEvent',
    as: 'ana',
    path: { id: '{{event_id}}', version: '1' },
    body: { change_comment: 'As it was' },
    status: 200,
    answer: WHOLE,
  },
  {
    title: 'Ana moves the meeting to the trash',
    operation: 'deleteEvent',
    as: 'ana',
    path: { id: '{{event_id}}' },
    status: 204,
  },
  {
    title: 'Ana takes it out of the trash',
    operation: 'restoreEvent',
    as: 'ana',
    path: { id: '{{event_id}}' },
    body: { change_comment: 'Deleted by mistake' },
    status: 200,
    answer: WHOLE,
  },
  {
    title: 'Ben reads every change since the meeting was shared',
    operation: 'listChanges',
    as: 'ben',
    query: { after: '0' },
    status: 200,
  },
  { title: 'Ben reads the inbox', operation: 'listNotifications', as: 'ben', status: 200 },
  { title: 'Ben has read it all', operation: 'readAllNotifications', as: 'ben', body: {}, status: 200 },
  {
    title: 'Ana takes the meeting to another calendar',
    operation: 'exportEvent',
    as: 'ana',
    path: { id: '{{event_id}}' },
    status: 200,
  },
  { title: 'Ana reads what she did', operation: 'listAudit', as: 'ana', status: 200 },
  {
    title: 'Ben leaves the meeting',
    operation: 'revokePermission',
    as: 'ben',
    path: { id: '{{event_id}}', userId: '{{ben_id}}' },
    status: 204,
  },
  { title: 'Ana signs out', operation: 'logout', as: 'ana', body: {}, status: 204 },
];

/** Returns the value with its variables replaced, in texts at any depth. */
export function filled<Value>(value: Value, values: Record<string, string>): Value {
  const text = JSON.stringify(value).replace(/\{\{(\w+)\}\}/g, (variable, name: string) => values[name] ?? variable);
  return JSON.parse(text) as Value;
}
