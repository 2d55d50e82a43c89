import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Config } from '../platform/config/config.js';

/** Identifies one refresh token: its session and its number within the session. */
export interface RefreshTokenName {
  sessionId: string;
  count: number;
}

/**
 * Derives refresh tokens instead of storing them: `<session>.<count>.<mac>`, with a MAC keyed from the signing secret.
 * The server can therefore issue the same successor to the second of two tabs, and a stolen copy of the database
 * contains no tokens.
 */
@Injectable()
export class RefreshTokens {
  private readonly keys: Buffer[];

  constructor(config: Config) {
    this.keys = config.jwtSecrets.map((secret) =>
      Buffer.from(hkdfSync('sha256', secret, '', 'convene refresh token', 32)),
    );
  }

  issue({ sessionId, count }: RefreshTokenName): string {
    const body = `${sessionId.replaceAll('-', '')}.${count}`;
    return `${body}.${mac(this.keys[0]!, body).toString('base64url')}`;
  }

  /** Returns the identity of a token, or null if no secret in the list signed it. */
  read(token: string): RefreshTokenName | null {
    const match = /^([0-9a-f]{32})\.(\d{1,9})\.([\w-]{43})$/.exec(token);
    if (!match) return null;
    const [, session = '', count = '', given = ''] = match;
    const presented = Buffer.from(given, 'base64url');
    const isValid = this.keys.some((key) => timingSafeEqual(mac(key, `${session}.${count}`), presented));
    if (!isValid) return null;
    const sessionId = session.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
    return { sessionId, count: Number(count) };
  }
}

const mac = (key: Buffer, body: string): Buffer => createHmac('sha256', key).update(body).digest();
