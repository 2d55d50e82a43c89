import { Injectable, Logger } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { AuditTrail } from '../audit/audit-trail.js';
import { newId } from '../platform/database/new-id.js';
import type { Transaction } from '../platform/database/transaction.js';
import { Transactions } from '../platform/database/transactions.js';
import type { Actor } from '../platform/http/actor.js';
import { addressKey } from '../platform/limits/address-key.js';
import { Limits } from '../platform/limits/limits.service.js';
import type { RequestOrigin } from '../platform/tracing/request-origin.js';
import { invalid, notFound, Problem } from '../problems/problem.js';
import { UsersService } from '../users/users.service.js';
import type { AppPassword } from './app-password.entity.js';
import { AppPasswordsRepository, type ListedAppPassword, type LiveAppPassword } from './app-passwords.repository.js';
import { createAppSecret, hashAppSecret } from './app-secret.js';

/** More than anybody has devices. */
const MAX_PER_PERSON = 50;
/** How exact "last used" is. */
const USED_MS = 5 * 60_000;
const MAX_KNOWN = 10_000;
/** RFC 7617. */
const CHALLENGE = { 'www-authenticate': 'Basic realm="Convene", charset="UTF-8"' };

/** A new app password. Only this once with its secret. */
export type NewAppPassword = ListedAppPassword & { secret: string };

/** The passwords of applications that read a calendar over CalDAV. They open nothing else. */
@Injectable()
export class AppPasswords {
  private readonly logger = new Logger(AppPasswords.name);
  /** Hashes of secrets that were right lately. Wrong ones of others at the same address do not keep them out. */
  private readonly known = new LRUCache<string, true>({ max: MAX_KNOWN });

  constructor(
    private readonly passwords: AppPasswordsRepository,
    private readonly users: UsersService,
    private readonly limits: Limits,
    private readonly transactions: Transactions,
    private readonly audit: AuditTrail,
  ) {}

  /** @throws Problem validation_failed if the person has too many; unauthenticated if their session has ended meanwhile */
  async create({ userId, sessionId, origin }: Actor, name: string): Promise<NewAppPassword> {
    const secret = createAppSecret();
    const hash = hashAppSecret(secret)!;
    const password: AppPassword = { id: newId(), userId, name, hash, createdAt: new Date(), lastUsedAt: null };
    await this.transactions.run(origin, async (tx) => {
      const count = await this.passwords.lockAccount(tx, userId, sessionId);
      if (count === null) throw new Problem('unauthenticated');
      if (count >= MAX_PER_PERSON) {
        const message = `You have ${MAX_PER_PERSON} app passwords, the most that are allowed. Revoke one first.`;
        throw invalid({ pointer: '/name', code: 'too_many', message });
      }
      this.passwords.insert(tx, password);
      const details = { app_password: password.id };
      this.audit.record(tx, [{ kind: 'app_password_created', actorId: userId, details }]);
    });
    return { ...password, secret };
  }

  list({ userId }: Actor): Promise<ListedAppPassword[]> {
    return this.passwords.listByUser(userId);
  }

  /** Ends an app password at once, on every server. @throws Problem not_found if the person has no such one */
  async revoke({ userId, origin }: Actor, id: string): Promise<void> {
    await this.transactions.run(origin, async (tx) => {
      if (!(await this.passwords.delete(tx, userId, id))) throw notFound();
      this.audit.record(tx, [{ kind: 'app_password_revoked', actorId: userId, details: { app_password: id } }]);
    });
  }

  /** Returns how many app passwords a locked account has. */
  count(tx: Transaction, userId: string): Promise<number> {
    return this.passwords.countByUser(tx, userId);
  }

  /**
   * Ends all app passwords of a locked account: it is erased, disabled, signed out everywhere, or has another password.
   */
  endAll(tx: Transaction, userId: string): void {
    this.passwords.deleteByUser(tx, userId);
  }

  /**
   * Returns whose app password the credentials of a request are (RFC 7617). The table is read each time, so that a revoked
   * one ends at once.
   * @throws Problem unauthenticated, the same for everything that is wrong; rate_limited after too many wrong ones
   */
  async actorOf(authorization: string | undefined, origin: RequestOrigin): Promise<Actor> {
    const sent = readBasic(authorization);
    if (!sent) throw new Problem('unauthenticated', { headers: CHALLENGE });
    const hash = hashAppSecret(sent.password);
    const key = hash?.toString('base64') ?? '';
    const isKnown = this.known.has(key);
    const subject = addressKey(origin.address ?? undefined);
    // Counted before it is checked, so that many at once are not too many, and taken back if it is right.
    if (!isKnown) await this.limits.spend('app_password_address', subject);
    const found = hash && (await this.passwords.findByHash(hash));
    if (found && isNameOf(sent.name, found)) {
      if (!isKnown && this.limits.isOn) this.limits.refund(this.limits.budget('app_password_address'), subject);
      this.known.set(key, true);
      this.markUsed(found);
      const { id, userId, username, timeZone } = found;
      return { userId, username, sessionId: id, isAdmin: false, timeZone, origin };
    }
    this.known.delete(key);
    if (isKnown) await this.limits.spend('app_password_address', subject);
    await this.recordRefusal(sent.name, origin);
    throw new Problem('unauthenticated', { headers: CHALLENGE });
  }

  private markUsed({ id, lastUsedAt }: LiveAppPassword): void {
    if (lastUsedAt && Date.now() - lastUsedAt.getTime() < USED_MS) return;
    // Nobody waits for it, and a database that only allows reads still serves calendars.
    this.passwords.setUsed(id).catch((error: unknown) => this.logger.warn(String(error)));
  }

  private async recordRefusal(name: string, origin: RequestOrigin): Promise<void> {
    const candidates = name.length > 254 ? [] : await this.users.listByLogin(name);
    const subjectId = candidates.find((candidate) => candidate !== null)?.id ?? null;
    this.audit.collect(origin, { kind: 'sign_in_failed', outcome: 'refused', actorId: null, subjectId });
  }
}

/** Returns the name and the password of Basic credentials; null for anything else. */
function readBasic(authorization = ''): { name: string; password: string } | null {
  const encoded = /^\s*basic\s+([\w+/=-]+)\s*$/i.exec(authorization)?.[1];
  if (encoded === undefined) return null;
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  // NUL is no part of a name, and PostgreSQL does not take it.
  if (colon < 0 || text.includes('\0')) return null;
  return { name: text.slice(0, colon).trim(), password: text.slice(colon + 1) };
}

/** Returns whether a person may sign in with this name: that of the account, or its e-mail address. */
function isNameOf(name: string, { username, email }: LiveAppPassword): boolean {
  const folded = name.normalize('NFC').toLowerCase();
  return [username, email].some((own) => own.normalize('NFC').toLowerCase() === folded);
}
