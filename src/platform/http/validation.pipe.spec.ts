import { describe, expect, it } from 'vitest';
import { ChoiceField, FlagField, FreeField, ListField, TextField, WholeNumberQuery } from './fields.js';
import { invalid, Problem } from '../../problems/problem.js';
import { errorsOf as collectedErrorsOf, withSentPointers, RequestValidationPipe } from './validation.pipe.js';

class Guest {
  @TextField({ description: '', min: 1, max: 5 })
  name: string;

  @ChoiceField({ description: '', values: ['host', 'guest'], optional: true })
  role?: string;
}

class Party {
  static readonly shorthand = { member: 'guests', single: true };

  @ListField({ description: '', type: () => Guest, min: 1, max: 3 })
  guests: Guest[];
}

class Note {
  @TextField({ description: '', min: 1, max: 5 })
  title: string;

  @TextField({ description: '', max: 5, optional: true, nullable: true })
  text?: string | null;

  @FlagField({ description: '', optional: true })
  pinned?: boolean;

  @FreeField({ description: '', schema: {}, optional: true })
  extra?: unknown;
}

class NoteQuery {
  @WholeNumberQuery({ description: '', min: 1, max: 9 })
  limit?: number;
}

const pipe = new RequestValidationPipe();
const check = (value: unknown, metatype: unknown = Note, type: 'body' | 'query' = 'body'): Promise<unknown> =>
  pipe.transform(value, { type, metatype: metatype as never });

/** Returns `pointer code` for every invalid value. */
async function errorsOf(work: Promise<unknown>): Promise<string[]> {
  const problem = await work.then(
    () => null,
    (error: unknown) => error,
  );
  if (!(problem instanceof Problem)) throw new Error(`Not rejected: ${String(problem)}`);
  return problem.extras.errors!.map(({ pointer, code }) => `${pointer} ${code}`);
}

describe('the validation pipe', () => {
  it('names the member that an unknown one probably was meant to be, in lists and queries too', async () => {
    const messages = async (work: Promise<unknown>): Promise<string[]> =>
      ((await work.catch((error: unknown) => error)) as Problem).extras.errors!.map(({ message }) => message);
    expect(await messages(check({ title: 'a', pined: true, colour: 1 }))).toEqual([
      'Unknown field. Did you mean pinned?',
      'Unknown field.',
    ]);
    expect(await messages(check([{ name: 'a', Role_: 'host' }], Party))).toEqual(['Unknown field. Did you mean role?']);
    expect(await messages(check({ limits: '5' }, NoteQuery, 'query'))).toEqual(['Unknown field. Did you mean limit?']);
  });

  it('returns an instance of the body class', async () => {
    const note = await check({ title: 'a', text: null, pinned: false });
    expect(note).toBeInstanceOf(Note);
    expect(note).toEqual({ title: 'a', text: null, pinned: false });
  });

  it('keeps absent fields absent, so that an update can distinguish them from null', async () => {
    const { text, pinned } = (await check({ title: 'a' })) as Note;
    expect([text, pinned]).toEqual([undefined, undefined]);
  });

  it('reports every invalid field at once', async () => {
    expect(await errorsOf(check({ text: 'too long', pinned: 'yes', owner_id: 1 }))).toEqual([
      '/owner_id unknown_field',
      '/title required',
      '/text too_long',
      '/pinned invalid',
    ]);
  });

  it.each([
    ['', 'too_short'],
    ['   ', 'invalid'],
    ['a\0', 'invalid'],
    ['\ud800', 'invalid'],
    ['\udc00a', 'invalid'],
    [null, 'required'],
    [5, 'invalid'],
    [['a'], 'invalid'],
    [{}, 'invalid'],
  ])('rejects the text %j as %s', async (title, code) => {
    expect(await errorsOf(check({ title }))).toEqual([`/title ${code}`]);
  });

  it('accepts emoji, which are pairs of surrogates', async () => {
    expect(await check({ title: '🙂' })).toEqual({ title: '🙂' });
  });

  it.each(['[]', '"a"', '5', 'true'])('rejects the body %s', async (text) => {
    expect(await errorsOf(check(JSON.parse(text)))).toEqual([' invalid']);
  });

  it('treats an absent body as an empty object', async () => {
    expect(await errorsOf(check(undefined))).toEqual(['/title required']);
    expect(await errorsOf(check(null))).toEqual(['/title required']);
  });

  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty', '__defineGetter__', 'then'])(
    'rejects a field named %s',
    async (name) => {
      const body = JSON.parse(`{"title":"a","${name}":{"title":"b"}}`) as object;
      expect(await errorsOf(check(body))).toEqual([`/${name} unknown_field`]);
      const deeper = JSON.parse(`{"title":"a","extra":{"list":[{"${name}":1}]}}`) as object;
      if (name !== 'then') expect(await errorsOf(check(deeper))).toEqual([`/extra/list/0/${name} unknown_field`]);
      expect(({} as Note).title).toBeUndefined();
    },
  );

  it('escapes names in pointers', async () => {
    expect(await errorsOf(check({ title: 'a', 'x/y~z': 1 }))).toEqual(['/x~1y~0z unknown_field']);
    expect(await errorsOf(check({ title: 'a', extra: { 'x/y': { toString: 1 } } }))).toEqual([
      '/extra/x~1y/toString unknown_field',
    ]);
  });

  it('accepts the words of a closed list in any case and converts them to lower case', async () => {
    expect(await check({ guests: [{ name: 'ana', role: 'HOST' }] }, Party)).toEqual({
      guests: [{ name: 'ana', role: 'host' }],
    });
    expect(await errorsOf(check({ guests: [{ name: 'ana', role: ['host'] }] }, Party))).toEqual([
      '/guests/0/role not_allowed',
    ]);
  });

  it('points into queries, and parses their numbers', async () => {
    expect(await check({ limit: '5' }, NoteQuery, 'query')).toEqual({ limit: 5 });
    for (const limit of ['', '1.5', 'x', ['1', '2'], '1e3', '0x1']) {
      expect(await errorsOf(check({ limit }, NoteQuery, 'query'))).toEqual(['/query/limit invalid']);
    }
    expect(await errorsOf(check({ limit: '-1' }, NoteQuery, 'query'))).toEqual(['/query/limit too_small']);
    expect(await errorsOf(check({ nope: '1' }, NoteQuery, 'query'))).toEqual(['/query/nope unknown_field']);
  });
});

describe('bodies in a short form', () => {
  const ana = { name: 'ana' };

  it('wraps a bare list and a bare object in the member that they replace', async () => {
    expect(await check([ana], Party)).toEqual({ guests: [ana] });
    expect(await check(ana, Party)).toEqual({ guests: [ana] });
  });

  it('points into the body as it was sent', async () => {
    const nobody = { name: '' };
    expect(await errorsOf(check({ guests: [ana, nobody] }, Party))).toEqual(['/guests/1/name too_short']);
    expect(await errorsOf(check([ana, nobody], Party))).toEqual(['/1/name too_short']);
    expect(await errorsOf(check(nobody, Party))).toEqual(['/name too_short']);
  });

  it('reports every invalid entry of a long list, and keeps the order of the others', async () => {
    class Crowd {
      static readonly collects = 'guests';

      @ListField({ description: '', type: () => Guest, min: 1, max: 200 })
      guests: Guest[];
    }
    const names = Array.from({ length: 120 }, (_, n) => ({ name: `g${n}` }));
    expect(await check({ guests: names }, Crowd)).toMatchObject({ guests: names });
    const some = names.map((guest, n) => (n % 25 === 24 || n === 3 ? { ...guest, name: '', no: 1 } : guest));
    const body = (await check({ guests: some }, Crowd)) as Crowd;
    const expected = [3, 24, 49, 74, 99].flatMap((n) => [
      `/guests/${n}/name too_short`,
      `/guests/${n}/no unknown_field`,
    ]);
    expect(
      collectedErrorsOf(body)
        .map(({ pointer, code }) => `${pointer} ${code}`)
        .sort(),
    ).toEqual(expected.sort());
    expect(body.guests.map(({ name }) => name)).toEqual(some.map(({ name }) => (name === '' ? undefined : name)));
    const tooMany = Array.from({ length: 201 }, () => ({ name: '', no: 1 }));
    expect(await errorsOf(check({ guests: tooMany }, Crowd))).toEqual(['/guests too_many']);
    const odd = (await check({ guests: names, no: 1 }, Crowd)) as Crowd;
    expect(collectedErrorsOf(odd)).toMatchObject([{ pointer: '/no', code: 'unknown_field' }]);
  });

  it('names the object that has too many members', async () => {
    const many = Object.fromEntries(Array.from({ length: 101 }, (_, n) => [`k${n}`, 1]));
    expect(await errorsOf(check(many, Party))).toEqual([' too_many']);
    expect(await errorsOf(check({ guests: [ana, many] }, Party))).toEqual(['/guests/1 too_many']);
    // A pointer to it would repeat it.
    expect(await errorsOf(check({ guests: [{ ...ana, ['x'.repeat(101)]: 1 }] }, Party))).toEqual([
      '/guests/0 unknown_field',
    ]);
  });

  it('rejects anything but a list of objects', async () => {
    expect(await errorsOf(check({ guests: { 0: ana } }, Party))).toEqual(['/guests invalid']);
    expect(await errorsOf(check([null, 'x', 1], Party))).toEqual(['/0 invalid', '/1 invalid', '/2 invalid']);
    expect(await errorsOf(check([], Party))).toEqual([' too_short']);
    expect(await errorsOf(check([ana, ana, ana, ana], Party))).toEqual([' too_many']);
  });

  it('shortens the pointers of problems from services in the same way', async () => {
    const reject = (): Promise<never> =>
      Promise.reject(invalid({ pointer: '/guests/0/name', code: 'taken', message: '' }));
    const bodies = { full: { guests: [ana] }, list: [ana], single: ana };
    const pointers = await Promise.all(
      Object.values(bodies).map(async (sent) =>
        errorsOf(withSentPointers((await check(sent, Party)) as object, reject)),
      ),
    );
    expect(pointers).toEqual([['/guests/0/name taken'], ['/0/name taken'], ['/name taken']]);
  });

  it('shortens the pointers of conflicts and passes other errors on unchanged', async () => {
    const body = (await check([ana], Party)) as object;
    const conflict = new Problem('event_conflict', {
      members: { conflicts: [{ pointer: '/guests/0' }, { title: 'x' }] },
    });
    await expect(withSentPointers(body, () => Promise.reject(conflict))).rejects.toMatchObject({
      code: 'event_conflict',
      extras: { members: { conflicts: [{ pointer: '/0' }, { title: 'x' }] } },
    });
    await expect(withSentPointers(body, () => Promise.reject(new TypeError('ours')))).rejects.toBeInstanceOf(TypeError);
    await expect(withSentPointers(body, () => Promise.resolve(1))).resolves.toBe(1);
  });
});
