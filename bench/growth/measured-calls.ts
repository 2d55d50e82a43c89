import type { BenchRequest } from '../scenario.js';
import type { Subject } from './subject.js';

/** A request whose latency is measured. */
export interface MeasuredCall {
  name: string;
  /** @param turn counts the calls from 0 */
  request(subject: Subject, turn: number): Request;
  /** True when the answer is a new event, which is deleted again, so that every call finds the same calendar. */
  creates?: true;
}

interface Request extends Pick<BenchRequest, 'method' | 'path'> {
  json?: object;
}

const DAY_MS = 86_400_000;

/** Returns a date some days from today. */
const date = (days: number): string => new Date(Date.now() + days * DAY_MS).toISOString().slice(0, 10);

const get = (path: string): Request => ({ method: 'GET', path });
const list = (query: Record<string, string>): Request => get(`/api/events?${new URLSearchParams(query).toString()}`);
const post = (path: string, json: object): Request => ({ method: 'POST', path, json });
const item = <T>(items: T[], turn: number): T => items[turn % items.length]!;

/** Returns an hour of the night, in which no event was planned. */
function night(turn: number): { start_time: string; end_time: string } {
  const day = date(7 + (turn % 28));
  return { start_time: `${day}T01:00:00Z`, end_time: `${day}T02:00:00Z` };
}

const READS: MeasuredCall[] = [
  { name: 'GET one', request: ({ ownIds }, turn) => get(`/api/events/${item(ownIds, turn)}`) },
  { name: 'list of 20 from today', request: () => list({ from: date(0), limit: '20' }) },
  { name: 'list of 200 from today', request: () => list({ from: date(0), limit: '200' }) },
  { name: 'page 3 of 50, numbered', request: () => list({ page: '3', page_size: '50' }) },
  { name: 'q: one of 40 topics', request: () => list({ q: 'payroll', limit: '20' }) },
  { name: 'q: nothing found', request: () => list({ q: 'submarine', limit: '20' }) },
  { name: 'month, expanded', request: () => list({ from: date(0), to: date(31), expand: 'true', limit: '200' }) },
  { name: 'week, expanded', request: () => list({ from: date(0), to: date(7), expand: 'true', limit: '200' }) },
  { name: 'list as_of a month ago', request: () => list({ as_of: date(-30), from: date(0), limit: '20' }) },
  { name: 'list by -updated_at', request: () => list({ sort: '-updated_at', limit: '20' }) },
  { name: 'changelog', request: ({ ownIds }, turn) => get(`/api/events/${item(ownIds, turn)}/changelog`) },
  { name: 'inbox', request: () => get('/api/notifications?limit=20') },
  { name: 'changes', request: ({ lastSeq }) => get(`/api/changes?limit=50&after=${Math.max(0, lastSeq - 50)}`) },
  {
    name: 'free/busy of 10, a week',
    request: ({ id, colleagues }) => {
      const query = new URLSearchParams({ user_ids: [id, ...colleagues].join(','), from: date(0), to: date(7) });
      return get(`/api/free-busy?${query.toString()}`);
    },
  },
  {
    name: 'find a time for 5, a week',
    request: ({ colleagues }) => {
      const span = { duration_minutes: 60, from: date(1), to: date(8) };
      return post('/api/find-time', { user_ids: colleagues.slice(0, 4), ...span });
    },
  },
];

const WRITES: MeasuredCall[] = [
  {
    name: 'create, conflicts checked',
    request: (_subject, turn) => post('/api/events', { title: 'Created', ...night(turn) }),
    creates: true,
  },
  {
    name: 'title edit',
    request: ({ ownIds }, turn) => {
      const json = { title: `Edited ${turn} at ${Date.now()}` };
      return { method: 'PUT', path: `/api/events/${item(ownIds, turn)}`, json };
    },
  },
  {
    name: 'create a weekly series',
    request: (_subject, turn) => {
      return post('/api/events', { title: 'Weekly', ...night(turn), recurrence_pattern: 'FREQ=WEEKLY' });
    },
    creates: true,
  },
];

export const MEASURED_CALLS = [...READS, ...WRITES];
