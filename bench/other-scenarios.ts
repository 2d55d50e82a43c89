import { createEvents, type Draft, instant, share, times } from './fixtures.js';
import { get } from './reading-scenarios.js';
import { PEOPLE, type Requests, type Scenario } from './scenario.js';
import { PASSWORD, type Person, type Target } from './target.js';
import { send } from './writing-scenarios.js';

/** History, scheduling and accounts. */
export const OTHER: Scenario[] = [
  {
    name: 'diff',
    title: 'diff of two versions',
    less: 'compares the fields of both, without words and sentences',
    prepare: (target) => prepareHistory(target, 5, 'diff/1/5'),
  },
  {
    name: 'changelog',
    title: 'changelog of 100 versions',
    less: 'reads the fields that changed, without sentences',
    prepare: (target) => prepareHistory(target, 100, 'changelog?limit=100'),
  },
  {
    name: 'free-busy',
    title: 'free/busy of 10 people',
    async prepare(target) {
      const people = await colleagues(target);
      const ids = people.map(({ id }) => id);
      return (index) => {
        const asked = [...ids, ...ids].slice(index, index + 10).join(',');
        return get(people[index]!, `/api/free-busy?user_ids=${asked}&from=${instant(0)}&to=${instant(7)}`);
      };
    },
  },
  {
    name: 'find-time',
    title: 'find a time for 5 people',
    less: 'takes the first times, without comparing them',
    async prepare(target) {
      const people = await colleagues(target);
      const ids = people.map(({ id }) => id);
      const question = {
        ...{ duration_minutes: 60, from: instant(0), to: instant(7), time_zone: 'UTC' },
        working_hours: { start: '09:00', end: '17:00' },
      };
      return (index) => {
        const asked = [...ids, ...ids].slice(index + 1, index + 5);
        return send(people[index]!, 'POST', '/api/find-time', { ...question, user_ids: asked }, 200);
      };
    },
  },
  {
    name: 'login',
    title: 'login',
    async prepare(target) {
      const people = await target.people(PEOPLE);
      return (index) => logIn(people[index]!);
    },
  },
  {
    name: 'refresh',
    title: 'refresh',
    async prepare(target) {
      const people = await target.people(PEOPLE);
      const tokenOf = (body: string): string => (JSON.parse(body) as { refresh_token: string }).refresh_token;
      const tokens: string[] = [];
      for (const { username } of people) {
        const pair = await target.send<object>(people[0]!, 'POST', '/api/auth/login', { username, password: PASSWORD });
        tokens.push(tokenOf(JSON.stringify(pair)));
      }
      return (index) => ({
        ...{ method: 'POST', path: '/api/auth/refresh', token: '', status: 200 },
        body: JSON.stringify({ refresh_token: tokens[index] }),
        read: (body) => (tokens[index] = tokenOf(body)),
      });
    },
  },
];

const logIn = ({ username }: Person): ReturnType<Requests> => ({
  ...{ method: 'POST', path: '/api/auth/login', token: '', status: 200 },
  body: JSON.stringify({ username, password: PASSWORD }),
});

/** Each person has one event whose title was edited until it has so many versions. */
async function prepareHistory(target: Target, versions: number, path: string): Promise<Requests> {
  const people = await target.people(PEOPLE);
  const events = await Promise.all(
    people.map(async (person) => {
      const [event] = await createEvents(target, person, [{ title: 'Meeting', ...times(0, 8 * 60) }]);
      for (let version = 2; version <= versions; version += 1) {
        await target.send(person, 'PUT', `/api/events/${event}`, { title: `Meeting, edited ${version} times` });
      }
      return event;
    }),
  );
  return (index) => get(people[index]!, `/api/events/${events[index]}/${path}`);
}

/** Returns people who share an event, and are busy four times a day, in turn, on weekdays. */
async function colleagues(target: Target): Promise<Person[]> {
  const people = await target.people(PEOPLE);
  await Promise.all(people.map((person, index) => createEvents(target, person, busyWeek(index))));
  const [owner, ...others] = people as [Person, ...Person[]];
  const [event] = await createEvents(target, owner, [{ title: 'Kick-off', ...times(-7, 8 * 60) }]);
  await share(target, owner, event!, others);
  return people;
}

function busyWeek(person: number): Draft[] {
  return Array.from({ length: 20 }, (_, index) => ({
    title: `Meeting ${index}`,
    ...times(Math.floor(index / 4), 9 * 60 + 120 * (index % 4) + 30 * (person % 3)),
  }));
}
