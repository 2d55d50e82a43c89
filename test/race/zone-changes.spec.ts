import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { changeRole, createEvent, eraseMe, updateEvent, updateMe } from '../../sdk/generated/sdk.gen.js';
import type { CreateEventBody } from '../../sdk/generated/types.gen.js';
import { outcome, type Outcome } from '../support/calls.js';
import { LockHolder, startWaiting } from '../support/held-locks.js';
import { expectInvariants } from '../support/invariants.js';
import { createMeeting, share } from '../support/meetings.js';
import type { Person, TestApp } from '../support/test-app.js';
import { startTwoServers, type TwoServers } from '../support/two-servers.js';

/** The time of an all-day event is that of its owner, whose zone may change while the event is written. */
let servers: TwoServers;
let here: TestApp;
let there: TestApp;
let ana: Person;
let ben: Person;
beforeAll(async () => {
  servers = await startTwoServers();
  ({ here, there } = servers);
});
beforeEach(async () => {
  [ana, ben] = [await here.signUp('ana', 'Europe/Paris'), await here.signUp('ben', 'America/New_York')];
});
afterEach(() => expectInvariants(servers.database));
afterAll(() => servers.close());

const DAY = { title: 'Day off', all_day: true, start_time: '2031-06-02', end_time: '2031-06-03' };
const SERIES = { ...DAY, recurrence_pattern: 'FREQ=WEEKLY;COUNT=20' };

const moving = (person: Person, zone = 'Asia/Tokyo'): Promise<Outcome> =>
  outcome(updateMe({ client: there.client(person.accessToken), body: { time_zone: zone } }));

interface Scene {
  /** Whose time is written, and whose zone changes. */
  owner: Person;
  write(): Promise<Outcome>;
}

const SCENES: [string, () => Promise<Scene>][] = [
  [
    'is created',
    () => Promise.resolve({ owner: ana, write: () => outcome(createEvent({ client: ana.client, body: DAY })) }),
  ],
  [
    'is edited by somebody else',
    async () => {
      const { id } = await createMeeting(ana, DAY);
      await share(ana, id, ben, 'editor');
      return {
        owner: ana,
        write: () =>
          outcome(updateEvent({ client: ben.client, path: { id }, body: { ...SERIES, start_time: '2031-06-02' } })),
      };
    },
  ],
  [
    'gets a new owner',
    async () => {
      const { id } = await createMeeting(ana, SERIES);
      await share(ana, id, ben, 'editor');
      return {
        owner: ben,
        write: () => outcome(changeRole({ client: ana.client, path: { id, userId: ben.id }, body: { role: 'owner' } })),
      };
    },
  ],
];

describe.each(SCENES)('an all-day event that %s', (_name, makeScene) => {
  it.each([
    ['while its owner has just moved', true],
    ['just before its owner moves', false],
  ])('%s is where its owner then is', async (_order, isMovedFirst) => {
    const { owner, write } = await makeScene();
    const holder = await LockHolder.begin(servers.database);
    const calls = isMovedFirst ? [() => moving(owner), write] : [write, () => moving(owner)];
    try {
      await holder.lockAvailability(owner.id);
      const first = await startWaiting(servers.database, 1, calls[0]!);
      const second = await startWaiting(servers.database, 2, calls[1]!);
      await holder.release();
      const statuses = (await Promise.all([first.result, second.result])).map(({ status }) => status);
      expect(statuses.filter((status) => status !== 200 && status !== 201)).toEqual([]);
      const rows = await servers.database.query(
        `SELECT lower(busy) AS start FROM event_occupancy WHERE owner_id = $1`,
        [owner.id],
      );
      expect(rows).toEqual([{ start: new Date('2031-06-01T15:00:00Z') }]);
    } finally {
      await holder.release();
    }
  });
});

it('an all-day event of an account that is erased while an editor writes it is where its next owner is', async () => {
  const { id } = await createMeeting(ana, SERIES);
  await share(ana, id, ben, 'editor');
  const holder = await LockHolder.begin(servers.database);
  try {
    await holder.lockEvent(id);
    const body = { password: ana.password };
    const erasing = await startWaiting(servers.database, 1, () => outcome(eraseMe({ client: ana.client, body })));
    const longer = { version: 1, end_time: '2031-06-04' };
    const writing = await startWaiting(servers.database, 2, () =>
      outcome(updateEvent({ client: ben.client, path: { id }, body: longer })),
    );
    await holder.release();
    expect([(await erasing.result).status, (await writing.result).status]).toEqual([204, 200]);
  } finally {
    await holder.release();
  }
});

it('60 moves among writes of events leave every day where its owner is, and book nobody twice', async () => {
  const zones = ['Asia/Tokyo', 'Europe/Paris', 'Pacific/Auckland', 'America/New_York'];
  const statuses: number[] = [];
  const day = (n: number): string => new Date(Date.UTC(2032, 0, 1 + n)).toISOString().slice(0, 10);
  const days = (n: number): Partial<CreateEventBody> => ({ all_day: true, start_time: day(n), end_time: day(n + 1) });
  const ids = await Promise.all(
    [0, 1, 2].map(async (n) => {
      const { id } = await createMeeting(ana, {
        ...days(n * 3),
        recurrence_pattern: 'FREQ=WEEKLY;COUNT=5',
        on_conflict: 'allow',
      });
      await share(ana, id, ben, 'editor');
      return id;
    }),
  );
  const repeat = async (times: number, call: (round: number) => Promise<Outcome>): Promise<void> => {
    for (let round = 0; round < times; round += 1) statuses.push((await call(round)).status);
  };
  const owners = [ana, ben];
  await Promise.all([
    repeat(30, (round) => moving(ana, zones[round % 4])),
    repeat(30, (round) => moving(ben, zones[(round + 2) % 4])),
    repeat(40, (round) =>
      outcome(
        createEvent({ client: ana.client, body: { title: 'Day', ...days(60 + (round % 20)) } as CreateEventBody }),
      ),
    ),
    repeat(40, (round) =>
      outcome(
        updateEvent({
          client: ben.client,
          path: { id: ids[round % 3]! },
          body: { ...days(round % 9), on_conflict: 'allow' },
        }),
      ),
    ),
    repeat(20, (round) => {
      const [from, to] = round % 2 === 0 ? owners : owners.toReversed();
      const path = { id: ids[0]!, userId: to!.id };
      return outcome(
        changeRole({ client: there.client(from!.accessToken), path, body: { role: 'owner', on_conflict: 'allow' } }),
      );
    }),
  ]);
  expect([...new Set(statuses)].filter((status) => ![200, 201, 409].includes(status))).toEqual([]);
});
