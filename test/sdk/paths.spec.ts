import { describe, expect, it } from 'vitest';
import { Convene } from '../../sdk/index.js';

const ID = '01890a5d-ac96-774b-bcce-b302099a8057';
const NOTHING = [
  '',
  ' ',
  '.',
  '..',
  ' .. ',
  '\ud800',
  NaN,
  Infinity,
  -1,
  1.5,
  null,
  undefined,
  {},
  { id: '' },
  { id: '..' },
];

type Call = (...parameters: never[]) => unknown;

const sent: string[] = [];
const convene = new Convene({
  baseUrl: 'http://127.0.0.1:1',
  session: { access_token: 'token' } as never,
  retries: 0,
  fetch: (url) => {
    sent.push(new URL(url).pathname);
    return Promise.resolve(Response.json({ items: [{ position: 1 }], next_cursor: null }));
  },
});

/** Every method of every resource, by its name. */
const METHODS = Object.entries(convene).flatMap(([room, resource]) => {
  if (!['events', 'users', 'availability', 'calendar', 'notifications', 'audit', 'account', 'admin'].includes(room))
    return [];
  const names = new Set<string>();
  let prototype = Object.getPrototypeOf(resource) as object;
  for (; prototype !== Object.prototype; prototype = Object.getPrototypeOf(prototype) as object) {
    for (const name of Object.getOwnPropertyNames(prototype)) names.add(name);
  }
  for (const own of ['constructor', 'call', 'read', 'pages', 'write', 'writeWith', 'edit', 'change', 'finish'])
    names.delete(own);
  return [...names].map((name) => [`${room}.${name}`, resource, (resource as Record<string, Call>)[name]!] as const);
});

/** The methods whose path has parameters, and how many. */
const PARAMETERS: Record<string, number> = {
  'events.get': 1,
  'events.update': 1,
  'events.delete': 1,
  'events.restore': 1,
  'events.occurrences': 1,
  'events.share': 1,
  'events.permissions': 1,
  'events.changeRole': 2,
  'events.revoke': 2,
  'events.invitations': 1,
  'events.revokeInvitation': 2,
  'events.history': 1,
  'events.version': 2,
  'events.changelog': 1,
  'events.diff': 3,
  'events.diffText': 3,
  'events.rollback': 2,
  'events.revert': 2,
  'events.undo': 2,
  'calendar.exportEvent': 1,
  'calendar.importJob': 1,
  'calendar.rotateFeed': 1,
  'calendar.revokeFeed': 1,
  'notifications.markRead': 1,
  'account.endSession': 1,
  'account.revokeAppPassword': 1,
  'admin.user': 1,
  'admin.disable': 1,
  'admin.enable': 1,
  'admin.promote': 1,
  'admin.demote': 1,
  'admin.signOut': 1,
  'admin.erase': 1,
  'admin.endSession': 2,
  'admin.redact': 2,
};
/** A parameter that may be left out, and that a default stands for. */
const isLeftOut = (name: string, index: number, value: unknown): boolean =>
  value === undefined && ((name === 'events.undo' && index === 1) || (/diff/i.test(name) && index === 2)) ? true : value === null && name === 'events.undo' && index === 1; // prettier-ignore

/** Calls the method and reads one page of a list. */
async function call(resource: unknown, method: Call, parameters: unknown[]): Promise<unknown> {
  const result = Reflect.apply(method, resource, parameters) as Promise<unknown> | { page(): Promise<unknown> };
  return 'page' in result ? result.page() : result;
}

describe('the paths of the SDK', () => {
  it.each(METHODS)(
    '%s sends every parameter as one segment, and refuses one that names nothing',
    async (name, resource, method) => {
      const count = PARAMETERS[name] ?? 0;
      // None of the parameters of a method without a row ends up in its path.
      const parts = Array.from({ length: Math.max(count, 1) }, (_, index) => `a/../${index}?b#c`);
      sent.length = 0;
      await call(resource, method, parts).catch(() => undefined);
      const segments =
        sent
          .at(-1)
          ?.split('/')
          .map((segment) => decodeURIComponent(segment)) ?? [];
      expect(segments.filter((segment) => /^a\/\.\.\/\d\?b#c(\.ics)?$/.test(segment))).toHaveLength(count);

      for (let index = 0; index < count; index += 1) {
        for (const value of NOTHING) {
          if (isLeftOut(name, index, value)) continue;
          sent.length = 0;
          const parameters = Array.from({ length: count }, (_, other) => (other === index ? value : ID));
          await expect(call(resource, method, parameters), `${name}: ${JSON.stringify(value)}`).rejects.toThrow(
            RangeError,
          );
          expect(sent).toEqual([]);
        }
      }
    },
  );

  it('say which parameter names nothing, and send a number that does', async () => {
    await expect(convene.events.get('')).rejects.toThrow('/api/events/ must be followed by an id or a number, not ""');
    await expect(convene.events.version(ID, NaN)).rejects.toThrow(`/api/events/${ID}/history/ must be followed by an id or a number, not NaN`); // prettier-ignore
    await convene.events.diff(ID, 0, 'current');
    expect(sent.at(-1)).toBe(`/api/events/${ID}/diff/0/current`);
  });
});
