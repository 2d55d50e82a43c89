import { markup } from '../platform/http/html.js';

/** One mail to one person. */
export interface Mail {
  /** What it is about, in a word, for logs and metrics: never text from users. */
  kind: string;
  recipient: string;
  subject: string;
  text: string;
  html: string;
}

/** What a mail says. Build its texts with `words`, so that what users typed cannot do harm. */
export interface Letter {
  kind: string;
  recipient: string;
  subject: string;
  paragraphs: string[];
  /** Shown after the first paragraph. */
  link?: { label: string; url: string };
}

const MAX_INSERTED = 100;
const PLAIN = /^[\x20-\x7e]*$/;
/** Controls, line separators, lone surrogates and invisible characters, except the joiners of emoji and Indic words. */
const UNSAFE = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}]|(?![\u200c\u200d])\p{Cf}/gu;
const [ISOLATE, END_ISOLATE] = ['\u2068', '\u2069'];

/**
 * A template of one line. What is inserted cannot begin another line or header, is cut when it is long, and cannot change
 * the direction of the text around it.
 */
export function words(strings: TemplateStringsArray, ...inserted: string[]): string {
  return String.raw({ raw: strings }, ...inserted.map(harmless));
}

function harmless(text: string): string {
  const line = text.toWellFormed().replace(UNSAFE, ' ').replaceAll(/\s+/g, ' ').trim();
  const characters = [...line];
  const short = characters.length > MAX_INSERTED ? `${characters.slice(0, MAX_INSERTED).join('')}…` : line;
  return PLAIN.test(short) ? short : `${ISOLATE}${short}${END_ISOLATE}`;
}

/** Returns the mail in plain text and in HTML, which loads nothing and says the same. */
export function composeMail({ kind, recipient, subject, paragraphs, link }: Letter): Mail {
  const [first = '', ...others] = paragraphs;
  const text = [first, ...(link ? [`${link.label}:\n${link.url}`] : []), ...others].join('\n\n');
  const html = markup`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>${subject}</title></head>
<body style="font:16px/1.5 sans-serif;max-width:36em">
<p>${first}</p>${
    link &&
    markup`
<p><a href="${link.url}">${link.label}</a></p>
<p style="font-size:13px">${link.url}</p>`
  }${others.map(
    (paragraph) => markup`
<p>${paragraph}</p>`,
  )}
</body>
</html>
`;
  return { kind, recipient, subject, text: `${text}\n`, html: String(html) };
}
