import { createHash, randomBytes } from 'node:crypto';

/** Crockford's base 32: nothing in it looks like something else, because people type it into phones. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
const GROUPS = 7;
const GROUP_LENGTH = 4;
const FORM = new RegExp(`^[${ALPHABET}]{${GROUPS * GROUP_LENGTH}}$`);

/** Returns a new secret of 140 random bits, such as `k7cq-2m9x-…`. */
export function createAppSecret(): string {
  const characters = [...randomBytes(GROUPS * GROUP_LENGTH)].map((byte) => ALPHABET[byte % ALPHABET.length]!).join('');
  return characters.match(new RegExp(`.{${GROUP_LENGTH}}`, 'g'))!.join('-');
}

/**
 * Returns what is stored of a secret; null for a text that cannot be one. Accepts it without hyphens, with spaces, in
 * capitals, and with the letters that Crockford's alphabet leaves out. SHA-256 is enough: nobody can guess what is random.
 */
export function hashAppSecret(text: string): Buffer | null {
  if (text.length > 100) return null;
  const plain = text.toLowerCase().replaceAll(/[\s-]/g, '').replaceAll('o', '0').replaceAll(/[il]/g, '1');
  return FORM.test(plain) ? createHash('sha256').update(plain).digest() : null;
}
