import { isMe } from './session.js';

const HUES = ['rose', 'clay', 'amber', 'moss', 'teal', 'sky', 'violet', 'pink'] as const;

/** The class of a person’s hue, the same on every device. */
export function hueOf(userId: string): string {
  if (isMe(userId)) return 'p-you';
  let hash = 0;
  for (const character of userId) hash = (Math.imul(hash, 31) + character.charCodeAt(0)) | 0;
  return `p-${HUES[Math.abs(hash) % HUES.length]}`;
}
