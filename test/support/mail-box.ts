import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Settings } from '../../src/platform/config/settings.js';
import type { TestDatabase } from './database.js';
import { until } from './embedded-postgres-harness.js';
import { startApp, type TestApp } from './test-app.js';

export interface ReceivedMail {
  headers: Map<string, string>;
  to: string;
  subject: string;
  text: string;
  html: string;
  /** The secret of the link; empty without one. */
  token: string;
}

/** Reads the mails that a server without an SMTP server writes to files. */
export class MailBox {
  private readonly taken = new Set<string>();

  constructor(private readonly folder: string) {}

  /** The next mail to an address that no call has returned yet, once it is there. */
  async next(to: string, subject?: string): Promise<ReceivedMail> {
    let found: ReceivedMail | undefined;
    await until(async () => {
      for (const [file, mail] of await this.all()) {
        if (this.taken.has(file) || mail.to.toLowerCase() !== to.toLowerCase() || (subject && mail.subject !== subject))
          continue;
        this.taken.add(file);
        found = mail;
        return true;
      }
      return false;
    });
    return found!;
  }

  /** Every mail so far, oldest first. */
  async all(): Promise<[file: string, mail: ReceivedMail][]> {
    const files = (await readdir(this.folder).catch(() => [])).filter((name) => name.endsWith('.eml')).sort();
    return Promise.all(
      files.map(async (file) => [file, parseMail(await readFile(join(this.folder, file), 'utf8'))] as const),
    ) as Promise<[string, ReceivedMail][]>;
  }
}

/** The application with mails in a folder of its own. */
export async function startMailApp(
  settings: Partial<Settings> = {},
  database?: TestDatabase,
): Promise<{ app: TestApp; box: MailBox; close: () => Promise<void> }> {
  const dataDir = await mkdtemp(join(tmpdir(), 'convene-mail-'));
  const app = await startApp({ mail: true, dataDir, ...settings }, database);
  const close = async (): Promise<void> => {
    await app.close();
    await rm(dataDir, { recursive: true, force: true, maxRetries: 5 });
  };
  return { app, box: new MailBox(join(dataDir, 'outbox')), close };
}

/** Reads a mail with a plain and an HTML part (RFC 2045, RFC 2046). */
export function parseMail(source: string): ReceivedMail {
  const [headers, body] = splitPart(source);
  const boundary = /boundary="([^"]+)"/.exec(headers.get('content-type') ?? '')![1]!;
  const parts = body
    .split(`--${boundary}`)
    .slice(1, -1)
    .map((part) => splitPart(part.replace(/^\r\n/, '')));
  const textOf = (type: string): string => {
    const [partHeaders, content] = parts.find(([own]) => own.get('content-type')!.startsWith(type))!;
    return decode(content, partHeaders.get('content-transfer-encoding')!);
  };
  const text = textOf('text/plain');
  return {
    headers,
    to: headers.get('to')!,
    subject: headers.get('subject')!,
    text,
    html: textOf('text/html'),
    token: /#(\S+)/.exec(text)?.[1] ?? '',
  };
}

function splitPart(part: string): [Map<string, string>, string] {
  const end = part.indexOf('\r\n\r\n');
  const lines = part
    .slice(0, end)
    .replaceAll(/\r\n[ \t]+/g, ' ')
    .split('\r\n');
  const headers = new Map(
    lines.map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
  return [headers, part.slice(end + 4)];
}

function decode(content: string, encoding: string): string {
  if (encoding === 'base64') return Buffer.from(content, 'base64').toString('utf8');
  if (encoding !== 'quoted-printable') return content.replaceAll('\r\n', '\n');
  const bytes = content
    .replaceAll('=\r\n', '')
    .replaceAll('\r\n', '\n')
    .replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}
