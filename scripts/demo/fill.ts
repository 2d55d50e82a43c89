import { type CalendarEvent, Convene } from '../../sdk/index.js';
import { calendarOf } from './calendar.js';
import { Days } from './days.js';
import { type Name, NAMES, PASSWORD, PEOPLE } from './people.js';
import { tellStories } from './stories.js';

/**
 * Creates the people of the demo and their events on a server, around the week of `now`. Resolves to the clients, signed in.
 *
 * @throws ConveneError what the server refuses: on an empty database, nothing
 * @throws ConveneNetworkError when no server answers
 */
export async function fill(baseUrl: string, now: Date): Promise<Record<Name, Convene>> {
  const days = new Days(now);
  const clients = NAMES.map((username) => [username, new Convene({ baseUrl, retries: 1 })] as const);
  for (const [username, client] of clients) await client.signUp({ username, password: PASSWORD, ...PEOPLE[username] });
  const people = Object.fromEntries(clients) as Record<Name, Convene>;

  const events = new Map<string, CalendarEvent>();
  for (const { owner, event, members } of calendarOf(days)) {
    const created = await people[owner].events.create(event);
    events.set(event.title, created);
    const users = Object.entries(members).map(([username, role]) => ({ username, role }));
    if (users.length > 0) await people[owner].events.share(created.id, users);
  }
  await tellStories(people, events, days);
  return people;
}
