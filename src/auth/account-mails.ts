import { counted } from '../problems/counted.js';
import { type Letter, words } from '../mail/mail.js';
import type { Device } from './device.js';

interface Account {
  username: string;
  email: string;
}

/** The mails about an account. Each returns what the mail says. */

export const passwordResetLetter = ({ username, email }: Account, url: string, minutes: number): Letter => ({
  kind: 'password_reset',
  recipient: email,
  subject: 'Set a new password',
  paragraphs: [
    words`Somebody asked for a new password for the Convene account ${username}. If that was you, open this link:`,
    words`The link works once, for ${minutesOf(minutes)}. Setting a new password signs out all devices.`,
    'If it was not you, do nothing: the password stays as it is.',
  ],
  link: { label: 'Set a new password', url },
});

export const passwordChangedLetter = ({ username, email }: Account): Letter => ({
  kind: 'password_changed',
  recipient: email,
  subject: 'Your password was changed',
  paragraphs: [
    words`The password of the Convene account ${username} was changed, and all other devices were signed out.`,
    'If it was not you, set a new password at once with “Forgot password”.',
  ],
});

export const accountCreatedLetter = ({ username, email }: Account, url: string, hours: number): Letter => ({
  kind: 'account_created',
  recipient: email,
  subject: 'Your Convene account',
  paragraphs: [
    words`An administrator created the Convene account ${username} for you. Choose your password:`,
    words`The link works once, for ${hoursOf(hours)}. After that, use “Forgot password”.`,
    'If you did not expect this, do nothing: without a password nobody can sign in to the account.',
  ],
  link: { label: 'Choose a password', url },
});

export const emailVerificationLetter = ({ username, email }: Account, url: string, hours: number): Letter => ({
  kind: 'email_verification',
  recipient: email,
  subject: 'Confirm your e-mail address',
  paragraphs: [
    words`The Convene account ${username} was created with this e-mail address. Confirm that it is yours:`,
    words`The link works once, for ${hoursOf(hours)}.`,
    'If you have not created an account, do nothing.',
  ],
  link: { label: 'Confirm this address', url },
});

export const emailChangeLetter = ({ username }: Account, newEmail: string, url: string, hours: number): Letter => ({
  kind: 'email_change',
  recipient: newEmail,
  subject: 'Confirm your new e-mail address',
  paragraphs: [
    words`The Convene account ${username} is to use this e-mail address. Confirm that it is yours:`,
    words`The link works once, for ${hoursOf(hours)}. Until then the account keeps its address.`,
    'If you have not asked for this, do nothing.',
  ],
  link: { label: 'Confirm this address', url },
});

/** To the old address, which has to agree. */
export const emailReleaseLetter = (account: Account, newEmail: string, url: string, hours: number): Letter => ({
  kind: 'email_release',
  recipient: account.email,
  subject: 'Confirm the change of your e-mail address',
  paragraphs: [
    words`The Convene account ${account.username} is to use ${newEmail} instead of this address. If you want that:`,
    words`The link works once, for ${hoursOf(hours)}. Nothing changes without it.`,
    'If it was not you, somebody knows your password: set a new one at once.',
  ],
  link: { label: 'Agree to the change', url },
});

/** To the old address, when the account has a new one, or is about to. */
export const emailReplacedLetter = ({ username, email }: Account, newEmail: string): Letter => ({
  kind: 'email_replaced',
  recipient: email,
  subject: 'The e-mail address of your account changes',
  paragraphs: [
    words`The Convene account ${username} uses ${newEmail} instead of this address as soon as that is confirmed.`,
    'If it was not you, set a new password at once, or ask whoever runs this server for help.',
  ],
});

export const newDeviceLetter = ({ username, email }: Account, device: Device, at: Date): Letter => ({
  kind: 'new_device',
  recipient: email,
  subject: 'Sign-in from a new device',
  paragraphs: [
    words`Somebody signed in to the Convene account ${username} from a device that it was not used with before.`,
    words`Time: ${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`,
    words`Address: ${device.address ?? 'unknown'}`,
    words`Program: ${device.userAgent ?? 'unknown'}`,
    'If it was not you, set a new password: that signs out all devices.',
  ],
});

const minutesOf = (minutes: number): string => counted(minutes, 'minute');
const hoursOf = (hours: number): string => counted(hours, 'hour');
