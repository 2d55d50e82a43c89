import type * as wire from './generated/types.gen.js';
import type { CallOptions } from './http.js';
import type { Pages } from './pages.js';
import { path, Resource } from './resource.js';
import type { QueryOf } from './types.js';

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

  /** How much there is of everything. */
  figures(options?: CallOptions): Promise<wire.FiguresView> {
    return this.read('/api/admin/figures', undefined, options);
  }

  private change<T>(user: AccountRef, change: string, options?: CallOptions): Promise<T> {
    const target = path`/api/admin/users/${user}/${change}`;
    return this.call({ method: 'POST', path: target, repeatable: true }, options);
  }
}
