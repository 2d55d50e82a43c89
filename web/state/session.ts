import { computed, signal } from '@preact/signals';
import { session } from '../api.js';
import { browserZone } from '../time/zone-names.js';
import { forgetReads } from './device.js';
import { chosenZone } from './preferences.js';

type User = Awaited<ReturnType<typeof session.me>>;

/** Who is signed in; null when nobody is, undefined until that is known. */
export const user = signal<User | null | undefined>(undefined);
/** True when the session ended while somebody worked: they sign in over the page, which keeps its text. */
export const sessionEnded = signal(false);
/** The zone in which the calendar is shown. */
export const zone = computed(() => chosenZone.value ?? user.value?.time_zone ?? browserZone());
export const isMe = (id: string): boolean => user.value?.id === id;

let leaving = false;
session.onEnd(() => {
  if (user.value && !leaving) sessionEnded.value = true;
});
// Also in another tab: the session is the same.
session.onStart((next) => {
  if (!user.value || user.value.id === next.id) signedIn(next);
  else location.assign('/');
});

/** Continues the session of this browser, if it has one. */
export async function resumeSession(): Promise<void> {
  user.value = await session.stored();
  if (!user.value) return;
  // What another device changed about the account.
  await session.me().then(
    (now) => (user.value = now),
    () => undefined,
  );
}

export async function signIn(username: string, password: string): Promise<void> {
  signedIn(await session.signIn(username, password));
}

export async function signUp(account: Parameters<typeof session.signUp>[0]): Promise<void> {
  signedIn(await session.signUp(account));
}

function signedIn(next: User): void {
  // Somebody else than before must not see what is left of it.
  if (user.value && user.value.id !== next.id) location.assign('/');
  sessionEnded.value = false;
  user.value = next;
}

export async function signOut(everywhere = false): Promise<void> {
  leaving = true;
  try {
    await session.signOut(everywhere);
  } finally {
    await forgetReads();
    location.assign('/');
  }
}

/** @throws Refusal */
export async function updateAccount(change: Parameters<typeof session.update>[0]): Promise<void> {
  user.value = await session.update(change);
}

/** @throws Refusal */
export async function eraseAccount(password: string): Promise<void> {
  leaving = true;
  try {
    await session.erase(password);
  } catch (error) {
    leaving = false;
    throw error;
  }
  await forgetReads();
  location.assign('/');
}
