import type { Config } from '../config/config.js';
import type { LimitSetting } from '../config/setting-parsers.js';
import type { Settings } from '../config/settings.js';
import type { Budget } from './counter-store.js';

type LimitName = { [Name in keyof Settings]: Settings[Name] extends LimitSetting ? Name : never }[keyof Settings];

interface BudgetEntry {
  setting: LimitName;
  /** What it is counted for. */
  per: 'address' | 'account and address' | 'account' | 'session' | 'user' | 'event' | 'feed';
}

/** Every budget. The names are those of the `RateLimit` header and of the member `budget` of a refusal. */
export const BUDGETS = {
  login_address: { setting: 'limitLoginAddress', per: 'address' },
  password_address: { setting: 'limitPasswordAddress', per: 'account and address' },
  password_account: { setting: 'limitPasswordAccount', per: 'account' },
  password_session: { setting: 'limitPasswordSession', per: 'session' },
  app_password_address: { setting: 'limitAppPasswordAddress', per: 'address' },
  register_address: { setting: 'limitRegisterAddress', per: 'address' },
  links_address: { setting: 'limitLinksAddress', per: 'address' },
  refresh_address: { setting: 'limitRefreshAddress', per: 'address' },
  refresh_session: { setting: 'limitRefreshSession', per: 'session' },
  lookup_address: { setting: 'limitLookupAddress', per: 'address' },
  lookup_user: { setting: 'limitLookupUser', per: 'user' },
  connect_address: { setting: 'limitConnectAddress', per: 'address' },
  invitations_user: { setting: 'limitInvitationsUser', per: 'user' },
  invitations_event: { setting: 'limitInvitationsEvent', per: 'event' },
  feeds_address: { setting: 'limitFeedsAddress', per: 'address' },
  feeds: { setting: 'limitFeeds', per: 'feed' },
  reads: { setting: 'limitReads', per: 'user' },
  writes: { setting: 'limitWrites', per: 'user' },
  imports: { setting: 'limitImports', per: 'user' },
  expensive_reads: { setting: 'limitExpensiveReads', per: 'user' },
} as const satisfies Record<string, BudgetEntry>;

export type BudgetName = keyof typeof BUDGETS;
type NameOf<Per extends BudgetEntry['per']> = {
  [Name in BudgetName]: (typeof BUDGETS)[Name]['per'] extends Per ? Name : never;
}[BudgetName];
export type AddressBudget = NameOf<'address'>;
export type UserBudget = NameOf<'user'>;

export const BUDGET_NAMES = Object.keys(BUDGETS) as BudgetName[];

/** Returns the budgets with the limits and windows of the settings. */
export function configuredBudgets({ values }: Config): Record<BudgetName, Budget> {
  const entries = BUDGET_NAMES.map((name): [BudgetName, Budget] => {
    const { limit, windowSeconds } = values[BUDGETS[name].setting];
    return [name, { name, limit, windowMs: windowSeconds * 1_000 }];
  });
  return Object.fromEntries(entries) as Record<BudgetName, Budget>;
}
