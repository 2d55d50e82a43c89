import { effect, type Signal, signal } from '@preact/signals';

// What a person prefers on this device.

function stored<Value>(name: string, initial: Value): Signal<Value> {
  const key = `convene.${name}`;
  let value = initial;
  try {
    value = JSON.parse(localStorage.getItem(key) ?? 'null') ?? initial;
  } catch {
    localStorage.removeItem(key);
  }
  const kept = signal(value);
  effect(() => localStorage.setItem(key, JSON.stringify(kept.value)));
  return kept;
}

export type Theme = 'system' | 'light' | 'dark';
export const theme = stored<Theme>('theme', 'system');
/** Null: the zone of the account. */
export const chosenZone = stored<string | null>('zone', null);
/** A second zone beside the hours. */
export const secondZone = stored<string | null>('second-zone', null);
export const lettersAct = stored('letters', true);
/** Ids of the owners whose events are hidden. */
export const hiddenOwners = stored<string[]>('hidden-owners', []);

const prefersDark = matchMedia('(prefers-color-scheme: dark)');
const systemIsDark = signal(prefersDark.matches);
prefersDark.addEventListener('change', ({ matches }) => (systemIsDark.value = matches));
effect(() => {
  const dark = theme.value === 'dark' || (theme.value === 'system' && systemIsDark.value);
  document.documentElement.dataset.colorScheme = dark ? 'dark' : 'light';
});

function media(query: string): Signal<boolean> {
  const list = matchMedia(query);
  const matches = signal(list.matches);
  list.addEventListener('change', () => (matches.value = list.matches));
  return matches;
}

export const isPhone = media('(max-width: 767px)');
export const isNarrow = media('(max-width: 1199px)');
export const sidebarOpen = signal(!isNarrow.value);
isNarrow.subscribe((narrow) => (sidebarOpen.value = !narrow));
