import { type Letter, words } from '../mail/mail.js';
import type { Role } from '../permissions/role.js';

/** Mail programs turn such texts into links: a title must not lead strangers anywhere. */
const LIKE_A_LINK = /:\/\/|\bwww\.|[\p{L}\p{N}]\.\p{L}{2,}|@/u;

/**
 * What the mail to an invited address says. Of the event it names only the title, because it goes to anybody who reads the
 * address, and not even that when it looks like a link.
 */
export function invitationLetter(
  { email, role }: { email: string; role: Role },
  { title, inviter, days }: { title: string; inviter: string; days: number },
  url: string,
): Letter {
  const as = role === 'viewer' ? 'a viewer' : 'an editor';
  const invites = LIKE_A_LINK.test(title)
    ? words`${inviter} invites you to an event on Convene as ${as}. To accept, open this link:`
    : words`${inviter} invites you to the event ${title} on Convene as ${as}. To accept, open this link:`;
  return {
    kind: 'invitation',
    recipient: email,
    subject: 'You are invited to an event',
    paragraphs: [
      invites,
      words`The link works for ${days === 1 ? '1 day' : `${days} days`}. If you have no account, it lets you create one.`,
      'If you do not know who invites you, do nothing. Nobody learns whether you have an account.',
    ],
    link: { label: 'Open the invitation', url },
  };
}
