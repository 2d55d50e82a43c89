import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Config } from '../platform/config/config.js';

/** Names one refresh token: the n-th of its session. */
export interface RefreshTokenName {
  sessionId: string;
  count: number;
}

/**
 * Refresh tokens are derived, not stored: `<session>.<count>.<mac>`, the MAC keyed from the signing secret. The
 * successor of a token can so be told again to the second of two tabs, and a stolen copy of the database holds none.
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

  /** Null unless this server made it, under any secret still in the list. */
  read(token: string): RefreshTokenName | null {
    const match = /^([0-9a-f]{32})\.(\d{1,9})\.([\w-]{43})$/.exec(token);
    if (!match) return null;
    const [, session = '', count = '', given = ''] = match;
    const presented = Buffer.from(given, 'base64url');
    const good = this.keys.some((key) => timingSafeEqual(mac(key, `${session}.${count}`), presented));
    if (!good) return null;
    const sessionId = session.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
    return { sessionId, count: Number(count) };
  }
}

const mac = (key: Buffer, body: string): Buffer => createHmac('sha256', key).update(body).digest();
