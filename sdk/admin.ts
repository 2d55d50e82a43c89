import type * as wire from './generated/types.gen.js';
import type { CallOptions } from './http.js';
import type { Pages } from './pages.js';
import { path } from './path.js';
import { Resource } from './resource.js';
import type { EventRef, Input, QueryOf } from './types.js';

type AccountRef = string | { id: string };

/** What administrators do. Every call is in the audit trail. */
export class Admin extends Resource {
  users(
    query?: Omit<QueryOf<wire.ListAccountsData>, 'cursor' | 'page' | 'page_size'>,
    options?: CallOptions,
  ): Pages<wire.AccountsView> {
    return this.pages('/api/admin/users', query, options);
  }

  user(user: AccountRef, options?: CallOptions): Promise<wire.GetAccountResponse> {
    return this.read(path`/api/admin/users/${user}`, undefined, options);
  }

  disable(user: AccountRef, options?: CallOptions): Promise<wire.DisableAccountResponse> {
    return this.change(user, 'disable', options);
  }

  enable(user: AccountRef, options?: CallOptions): Promise<wire.EnableAccountResponse> {
    return this.change(user, 'enable', options);
  }

  /** Ends every session of the user. */
  signOut(user: AccountRef, options?: CallOptions): Promise<wire.SignOutAccountResponse> {
    return this.change(user, 'sign-out', options);
  }

  /** Makes the user an administrator. */
  promote(user: AccountRef, options?: CallOptions): Promise<wire.PromoteAccountResponse> {
    return this.change(user, 'promote', options);
  }

  demote(user: AccountRef, options?: CallOptions): Promise<wire.DemoteAccountResponse> {
    return this.change(user, 'demote', options);
  }

  /** Creates an account; without a password, its owner receives a link to set one. */
  createUser(account: Input<wire.CreateAccountBody>, options?: CallOptions): Promise<wire.CreateAccountResponse> {
    return this.call({ method: 'POST', path: '/api/admin/users', body: account }, options);
  }

  /** Erases the account. Cannot be undone. */
  erase(user: AccountRef, options?: CallOptions): Promise<void> {
    return this.call({ method: 'DELETE', path: path`/api/admin/users/${user}` }, options);
  }

  /** Ends one session of the user. */
  endSession(user: AccountRef, session: string | { id: string }, options?: CallOptions): Promise<void> {
    const target = path`/api/admin/users/${user}/sessions/${session}`;
    return this.call({ method: 'DELETE', path: target, repeatable: true }, options);
  }

  /** Empties the trash, a part at a time: call it again while `has_more`. */
  purgeTrash(body: Input<wire.PurgeTrashBody> = {}, options?: CallOptions): Promise<wire.PurgeTrashResponse> {
    return this.call({ method: 'POST', path: '/api/admin/trash/purge', body, repeatable: true }, options);
  }

  /** Replaces the texts of one version. Cannot be undone. */
  redact(
    event: EventRef,
    version: number,
    body: Input<wire.RedactBody>,
    options?: CallOptions,
  ): Promise<wire.RedactVersionResponse> {
    const target = path`/api/admin/events/${event}/history/${version}/redact`;
    return this.call({ method: 'POST', path: target, body }, options);
  }

  /** How much there is of everything. */
  figures(options?: CallOptions): Promise<wire.FiguresView> {
    return this.read('/api/admin/figures', undefined, options);
  }

  private change<T>(user: AccountRef, change: string, options?: CallOptions): Promise<T> {
    const target = path`/api/admin/users/${user}/${change}`;
    return this.call({ method: 'POST', path: target, repeatable: true }, options);
  }
}
