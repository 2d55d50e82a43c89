import { createTransport } from 'nodemailer';
import { describe, expect, it } from 'vitest';
import { composeMail, words } from './mail.js';

const HOSTILE = [
  'ana\r\nBcc: everybody@example.com',
  'ana\n\nHello',
  '<script>alert(1)</script>',
  '"><img src=http://evil.example/x>',
  '\u202eevil\u202c',
  '\u2066a\u2069\u2069\u2069',
  'a\0b\u0007',
  'line\u2028separator\u0085next',
  'lone \ud800 surrogate',
  'é'.repeat(500),
  '=?utf-8?Q?fake=0D=0ABcc:?=',
  '',
];

describe('words', () => {
  it.each(HOSTILE.map((name) => [JSON.stringify(name).slice(0, 40), name]))('makes %s harmless', (_shown, name) => {
    const line = words`Hello ${name}, welcome`;
    expect(line).toMatch(/^Hello .*, welcome$/);
    expect(line).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\p{Cs}]/u);
    // What changes the direction is gone; what is isolated is closed.
    expect(line).not.toMatch(/[\u202a-\u202e\u2066\u2067\u200e\u200f]/);
    expect(line.split('\u2068').length).toBe(line.split('\u2069').length);
    expect([...line].length).toBeLessThan(130);
  });

  it('keeps names as they are', () => {
    expect(words`${'Ana María'} and ${'عمر'} 👩‍👩‍👧`).toBe('\u2068Ana María\u2069 and \u2068عمر\u2069 👩‍👩‍👧');
  });
});

describe('composeMail', () => {
  it('says the same in text and HTML', () => {
    const mail = composeMail({
      kind: 'test',
      recipient: 'ana@example.com',
      subject: 'Hello',
      paragraphs: ['First.', 'Second.'],
      link: { label: 'Open', url: 'https://example.com/a#b' },
    });
    expect(mail.text).toBe('First.\n\nOpen:\nhttps://example.com/a#b\n\nSecond.\n');
    expect(
      mail.html
        .replaceAll(/<head>.*<\/head>|<[^>]+>/g, '')
        .replaceAll(/\s+/g, ' ')
        .trim(),
    ).toBe('First. Open https://example.com/a#b Second.');
    expect(mail.html).toContain('<a href="https://example.com/a#b">Open</a>');
  });

  it.each(HOSTILE.map((name) => [JSON.stringify(name).slice(0, 40), name]))(
    'adds no header, element or address for %s',
    async (_shown, name) => {
      const mail = composeMail({
        kind: 'test',
        recipient: 'ana@example.com',
        subject: words`An invitation to ${name}`,
        paragraphs: [words`${name} invites you`, 'Bye.'],
      });
      const elements = [...mail.html.matchAll(/<(\w+)/g)].map(([, element]) => element);
      expect(elements).toEqual(['html', 'head', 'meta', 'title', 'body', 'p', 'p']);
      const { envelope, message } = await createTransport({ streamTransport: true, buffer: true }).sendMail({
        from: 'convene@example.com',
        to: { name: '', address: mail.recipient },
        subject: mail.subject,
        text: mail.text,
        html: mail.html,
      });
      expect(envelope.to).toEqual(['ana@example.com']);
      const head = (message as Buffer).toString().split(/\r?\n\r?\n/)[0]!;
      const headers = head.split(/\r?\n(?![ \t])/).map((line) => line.slice(0, line.indexOf(':')));
      expect(headers.sort()).toEqual(['Content-Type', 'Date', 'From', 'MIME-Version', 'Message-ID', 'Subject', 'To']);
    },
  );
});
