import type { Person } from '../index.js';
import type { Cli } from './cli.js';
import { NothingFound, UsageError } from './cli-error.js';

/** A person by user name or e-mail address. @throws NothingFound */
export async function findPerson(cli: Cli, text: string): Promise<Person> {
  const client = await cli.client();
  const person = await client.users.find(text.includes('@') ? { email: text } : { username: text });
  if (!person) throw new NothingFound(`There is no person “${text}” whom you may find.`);
  return person;
}

/** Those people, and the person who is signed in. */
export async function findPeople(cli: Cli, names: string[], withMe: boolean): Promise<Person[]> {
  const me = await cli.userId();
  const people = await Promise.all(names.map((name) => findPerson(cli, name)));
  const client = await cli.client();
  if (withMe && !people.some(({ id }) => id === me)) {
    const { username } = (await client.session())?.user ?? (await client.account.get());
    people.unshift({ id: me, username });
  }
  const twice = people.find(({ id }, index) => people.findIndex((other) => other.id === id) !== index);
  if (twice) throw new UsageError(`${twice.username} is named twice.`);
  if (people.length === 0) throw new UsageError('Name somebody.');
  return people;
}
