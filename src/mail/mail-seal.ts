import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Config } from '../platform/config/config.js';

const IV_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Encrypts mails that wait (AES-256-GCM), with keys derived from the signing secrets: they contain links with which
 * somebody else could take over an account, and a stolen copy of the database must not.
 */
@Injectable()
export class MailSeal {
  private readonly keys: Buffer[];

  constructor(config: Config) {
    this.keys = config.jwtSecrets.map((secret) => Buffer.from(hkdfSync('sha256', secret, '', 'convene mail', 32)));
  }

  /** @param id of the row: what is sealed for one opens in no other */
  seal(id: string, text: string): Buffer {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.keys[0]!, iv, { authTagLength: TAG_BYTES }).setAAD(
      Buffer.from(id),
    );
    const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    return Buffer.concat([iv, cipher.getAuthTag(), sealed]);
  }

  /** Returns the text; null if none of the signing secrets sealed it. */
  open(id: string, sealed: Buffer): string | null {
    const iv = sealed.subarray(0, IV_BYTES);
    const tag = sealed.subarray(IV_BYTES, IV_BYTES + TAG_BYTES);
    for (const key of this.keys) {
      try {
        const decipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: TAG_BYTES });
        decipher.setAAD(Buffer.from(id)).setAuthTag(tag);
        const text = [decipher.update(sealed.subarray(IV_BYTES + TAG_BYTES)), decipher.final()];
        return Buffer.concat(text).toString('utf8');
      } catch {
        // Sealed with another of the secrets.
      }
    }
    return null;
  }
}
