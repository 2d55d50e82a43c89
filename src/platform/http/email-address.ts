import { domainToASCII } from 'node:url';

/**
 * Returns an e-mail address in the form in which it is stored and compared: the local part composed (Unicode NFC), an
 * international domain in ASCII (IDNA, UTS 46). Upper and lower case stay. Text that is not an address is returned as it
 * is.
 */
export function normalizeEmail(text: string): string {
  const at = text.lastIndexOf('@');
  if (at === -1) return text.normalize('NFC');
  const domain = text.slice(at + 1);
  // The parser of URLs would also decode percent signs, and read numbers as IPv4 addresses.
  const isInternational = /[^\0-\x7f]/.test(domain) && !domain.includes('%');
  return `${text.slice(0, at).normalize('NFC')}@${(isInternational && domainToASCII(domain)) || domain}`;
}
