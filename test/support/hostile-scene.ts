import { PlainClient, type PlainPerson } from './plain-client.js';
import { stressed } from './stress.js';

/** What hostile requests act on: events and calendars that are as heavy as their owners can make them. */
export interface HostileScene {
  ana: PlainPerson;
  /** Everybody whose calendar is full, Ana included. */
  people: string[];
  /** An event whose two versions have 20,000 characters each and not one word in common. */
  words: string;
  /** The same for lines. */
  lines: string;
  /** A series with 60 occurrences an hour. */
  dense: string;
  /** A series of which very many occurrences are changed. */
  changed: string;
}

const OVERRIDES = stressed(10, 300);
const PEOPLE = stressed(3, 20);
const TIMES = { start_time: '2031-02-01T10:00:00', end_time: '2031-02-01T10:01:00', time_zone: 'Europe/Paris' };
export const EVERY_MINUTE = `FREQ=DAILY;BYHOUR=${range(24)};BYMINUTE=${range(60)}`;

function range(count: number): string {
  return Array.from({ length: count }, (_, n) => n).join(',');
}

/** 20,000 characters of different words, or lines. */
export const differentText = (prefix: string, separator: string): string =>
  Array.from({ length: 4_000 }, (_, n) => `${prefix}${n.toString(36)}`)
    .join(separator)
    .slice(0, 20_000);

export async function createHostileScene(url: string): Promise<HostileScene> {
  const client = new PlainClient(url);
  const ana = await client.signUp('ana');
  const send = async (method: string, path: string, body: object, person = ana): Promise<{ id: string }> => {
    const answer = await client.call<{ id: string }>(method, path, { token: person.token, body });
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  const create = async (fields: object, person?: PlainPerson): Promise<string> =>
    (await send('POST', '/api/events', { title: 'Heavy', ...TIMES, on_conflict: 'allow', ...fields }, person)).id;
  const twoVersions = async (separator: string): Promise<string> => {
    const id = await create({ description: differentText('a', separator), show_as: 'free' });
    await send('PUT', `/api/events/${id}`, { description: differentText('b', separator) });
    return id;
  };

  const people = [ana.id];
  const dense = { recurrence_pattern: EVERY_MINUTE };
  const scene = {
    ...{ ana, people },
    words: await twoVersions(' '),
    lines: await twoVersions('\n'),
    dense: await create(dense),
    changed: await create({ recurrence_pattern: 'FREQ=DAILY;COUNT=1000', show_as: 'free' }),
  };
  for (let n = 1; n < PEOPLE; n += 1) {
    const person = await client.signUp('guest');
    people.push(person.id);
    await create(dense, person);
    await send('POST', `/api/events/${scene.words}/share`, { user_id: person.id, role: 'editor' });
  }
  for (let n = 0; n < OVERRIDES; n += 1) {
    const start = new Date(Date.UTC(2031, 1, 1 + n)).toISOString().slice(0, 10);
    const path = `/api/events/${scene.changed}?occurrence=${start}T10:00:00&scope=this`;
    await send('PUT', path, { title: `Changed ${n}`, description: differentText(`c${n}`, ' ').slice(0, 2_000) });
  }
  return scene;
}
