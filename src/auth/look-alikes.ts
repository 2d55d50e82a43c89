/** By the letter: characters of other scripts that look like it, in either case (a part of UTS #39). */
const LOOK_ALIKES: Record<string, string> = {
  a: 'аАαΑɑᴀ',
  b: 'вВβΒьЬᏴʙ',
  c: 'сСϲϹᴄ',
  d: 'ԁԀɗᴅ',
  e: 'еЕεΕєҽᴇ',
  f: 'ſƒϝϜ',
  g: 'ɡցԍԌ',
  h: 'һҺհнНΗʜ',
  i: 'іІιΙɩıӏӀǀ',
  j: 'јЈϳͿᴊ',
  k: 'кКκΚᴋĸ',
  l: 'ʟłŁ',
  m: 'мМΜᴍ',
  n: 'пոηΝɴ',
  o: 'оОοΟօσՕøØᴏ',
  p: 'рРρΡᴘ',
  q: 'ԛԚգ',
  r: 'гᴦʀ',
  s: 'ѕЅꜱ',
  t: 'тТτΤᴛ',
  u: 'υսцսᴜ',
  v: 'ѵѴνᴠ',
  w: 'ѡԝԜωшᴡ',
  x: 'хХχΧ',
  y: 'уУүҮγΥʏ',
  z: 'ΖᴢƶƵ',
};

const LETTERS = new Map(Object.entries(LOOK_ALIKES).flatMap(([letter, others]) => [...others].map((o) => [o, letter])));

/** Returns a text with Latin letters without accents in place of what looks like them: `pаsswörd` is `password`. */
export function foldLetters(text: string): string {
  const bare = text.normalize('NFKD').replace(/\p{M}/gu, '');
  return Array.from(bare, (character) => LETTERS.get(character) ?? character).join('');
}

const DIGITS: Record<string, string> = {
  0: 'o',
  1: 'i',
  3: 'e',
  4: 'a',
  5: 's',
  6: 'g',
  7: 't',
  8: 'b',
  9: 'g',
};

/** Returns the same text for names that look alike: in any case, with separators, and with digits in place of letters. */
export function foldName(name: string): string {
  const letters = foldLetters(name)
    .toLowerCase()
    .replace(/[._-]/g, '')
    .replace(/[013456789]/g, (digit) => DIGITS[digit]!)
    .replaceAll('rn', 'm')
    .replaceAll('vv', 'w');
  // l, i and 1 look alike.
  return letters.replaceAll('l', 'i');
}
