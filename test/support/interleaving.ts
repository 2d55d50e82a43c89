import { createEvent, shareEvent } from '../../sdk/generated/sdk.gen.js';
import type { TestDatabase } from './database.js';
import { LockHolder, startWaiting } from './held-locks.js';
import { send, type WireAnswer } from './requests.js';
import { ok, type Person, type TestApp } from './test-app.js';
import { HOUR, type Setting, type WriteCall } from './write-operations.js';

/** An event of Ana's with two editors, Ben and Dora. Cleo is a stranger. */
export interface Scene extends Setting {
  dora: Person;
}

export type Name = 'ana' | 'ben' | 'cleo' | 'dora';

export async function makeScene(app: TestApp): Promise<Scene> {
  const [ana, ben, cleo, dora] = await Promise.all(['ana', 'ben', 'cleo', 'dora'].map((name) => app.signUp(name)));
  const { id } = await ok(createEvent({ client: ana!.client, body: { title: 'Team meeting', ...HOUR } }));
  // One call, so that positions of the history are those of a scene with one editor.
  const users = [ben!, dora!].map(({ username }) => ({ username, role: 'editor' as const }));
  await ok(shareEvent({ client: ana!.client, path: { id }, body: { users } }));
  return { ana: ana!, ben: ben!, cleo: cleo!, dora: dora!, eventId: id };
}

/** Which lock both calls wait for. */
export type Lock = (holder: LockHolder, scene: Scene) => Promise<void>;

export const eventRow: Lock = (holder, { eventId }) => holder.lockEvent(eventId);
export const availabilityOf =
  (name: Name): Lock =>
  (holder, scene) =>
    holder.lockAvailability(scene[name].id);

/**
 * Lets one call commit while another one waits for it: both are let in by the guards, and wait for a lock that the test
 * holds until both wait. This is deterministic because PostgreSQL grants a lock in the order of arrival. The second may
 * also wait for a lock that the first got before, such as the availability of the owner.
 */
export async function inOrder(
  database: TestDatabase,
  scene: Scene,
  lock: Lock,
  calls: readonly [() => Promise<WireAnswer>, () => Promise<WireAnswer>],
): Promise<[WireAnswer, WireAnswer]> {
  const holder = await LockHolder.begin(database);
  try {
    await lock(holder, scene);
    const first = await startWaiting(database, 1, calls[0]);
    const second = await startWaiting(database, 2, calls[1]);
    await holder.release();
    return [await first.result, await second.result];
  } finally {
    await holder.release();
  }
}

/** Calls an operation of the list in the name of somebody. */
export function call(
  app: TestApp,
  scene: Scene,
  { request }: Pick<WriteCall, 'request'>,
  by: Name,
): Promise<WireAnswer> {
  const { path, ...rest } = request(scene);
  return send(app, path, { as: scene[by], ...rest });
}

export const role =
  (scene: Scene, of: Name, role: string, by: Name = 'ana') =>
  (app: TestApp): Promise<WireAnswer> =>
    send(app, `/api/events/${scene.eventId}/permissions/${scene[of].id}`, {
      as: scene[by],
      method: 'PUT',
      body: { role },
    });

/** `kind version by` of what was added to the history of all events since a mark, in alphabetical order. */
export async function entriesSince(database: TestDatabase, scene: Scene, before: HistoryMark): Promise<string[]> {
  const entries = await historyOf(database, scene);
  return [...entries]
    .filter(([place]) => !before.has(place))
    .map(([, entry]) => entry)
    .sort();
}

/** What each place in the history of an event holds. */
export type HistoryMark = Map<string, string>;

export async function historyOf(database: TestDatabase, { ana, ben, cleo, dora }: Scene): Promise<HistoryMark> {
  const names = new Map(Object.entries({ ana, ben, cleo, dora }).map(([name, { id }]) => [id, name]));
  const rows = await database.query<{ place: string; entry: string; actorId: string }>(
    `SELECT concat(event_id, ' ', position) AS place, concat(kind, ' ', version) AS entry, actor_id AS "actorId"
       FROM (SELECT event_id, position, kind, version, author_id AS actor_id FROM event_versions
             UNION ALL SELECT event_id, position, kind, version, actor_id FROM member_changes) AS history
      WHERE actor_id = ANY($1)`,
    [[...names.keys()]],
  );
  return new Map(rows.map(({ place, entry, actorId }) => [place, `${entry} by ${names.get(actorId)}`]));
}
