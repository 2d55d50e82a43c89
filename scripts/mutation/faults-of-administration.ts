import type { Fault } from './fault.js';

const AUDIT = 'test/api/audit.api.spec.ts';
const PROTECTED = 'test/contract/history-protected.spec.ts';
const DISABLED = 'test/race/disabled-accounts.spec.ts';
const ADMIN = 'test/api/admin.api.spec.ts';
const ACTS = 'test/api/admin-acts.api.spec.ts';
const LAST = 'test/race/last-administrator.spec.ts';
const TRASH = 'test/api/trash.api.spec.ts';
const AUDIT_TABLE = 'migrations/20261128130000-audit-entries.ts';
const ADMINISTRATION = 'migrations/20261128130100-administration.ts';

export const FAULTS_OF_ADMINISTRATION: Fault[] = [
  {
    name: 'an entry of the audit trail can be changed',
    file: AUDIT_TABLE,
    find: "to_jsonb(NEW) - ARRAY['address', 'user_agent'] = to_jsonb(OLD) - ARRAY['address', 'user_agent']",
    replace: 'true',
    tests: [AUDIT],
    only: 'the audit trail',
  },
  {
    name: 'the addresses of anybody can be erased from the audit trail',
    file: AUDIT_TABLE,
    find: 'AND u.erased_at IS NOT NULL)',
    replace: ')',
    tests: [AUDIT],
    only: 'the audit trail',
  },
  {
    name: 'an entry of the audit trail can be deleted',
    file: AUDIT_TABLE,
    find: 'BEFORE UPDATE OR DELETE ON audit_entries',
    replace: 'BEFORE UPDATE ON audit_entries',
    tests: [AUDIT],
    only: 'the audit trail',
  },
  {
    name: 'a partition of the audit trail can be truncated',
    file: AUDIT_TABLE,
    find: "CREATE TRIGGER audit_entries_never_truncated BEFORE TRUNCATE ON %I\n                          FOR EACH STATEMENT EXECUTE FUNCTION allow_only_erasing_origins()', name);",
    replace: "SELECT %L', name);",
    tests: [AUDIT],
    only: 'the audit trail',
  },
  {
    name: 'the audit trail can be rewritten during replication',
    file: AUDIT_TABLE,
    find: 'ALTER TABLE audit_entries ENABLE ALWAYS TRIGGER audit_entries_never_rewritten;',
    replace: '',
    tests: [PROTECTED],
  },
  {
    name: 'an event is written by a disabled account',
    file: ADMINISTRATION,
    find: '    PERFORM require_enabled_account(NEW.updated_by);',
    replace: '',
    tests: [DISABLED],
  },
  {
    name: 'a disabled account shares an event',
    file: ADMINISTRATION,
    find: '    PERFORM require_enabled_account(NEW.actor_id);',
    replace: '',
    tests: [DISABLED],
  },
  {
    name: 'a write does not wait for the act that disables its account',
    file: ADMINISTRATION,
    find: 'u.disabled_at IS NULL FOR KEY SHARE;',
    replace: 'u.disabled_at IS NULL;',
    tests: [DISABLED],
  },
  {
    name: 'a sign-in does not wait for the act that disables its account',
    file: 'src/auth/sessions.repository.ts',
    find: 'FOR SHARE OF u',
    replace: '',
    tests: [DISABLED],
  },
  {
    name: 'the sessions of a disabled account go on',
    file: 'src/admin/accounts.service.ts',
    find: "const { sessions, appPasswords } = await this.endAccess(act, userId, 'user_disabled');",
    replace: 'const [sessions, appPasswords]: [string[], number] = [[], 0];',
    tests: [ADMIN],
  },
  {
    name: 'a purged event is restored',
    file: ADMINISTRATION,
    find: 'IF NEW.purged_at IS NOT NULL THEN',
    replace: 'IF false THEN',
    tests: [TRASH],
    accepted: 'the server refuses it first, under the lock of the event; the trigger is for whatever else writes',
  },
  {
    name: 'the last administrator goes',
    file: 'src/users/users.service.ts',
    find: 'if (admins.length === 1 && admins[0] === userId)',
    replace: 'if (admins.length === 0)',
    tests: [ADMIN],
    only: 'promote and demote',
  },
  {
    name: 'the last administrator erases themselves',
    file: 'src/auth/erasure.service.ts',
    find: 'requireOtherAdmin(userId, admins);',
    replace: '',
    tests: [ACTS],
    only: 'does not erase the last administrator',
  },
  {
    name: 'a disabled administrator counts as the other one',
    file: 'src/users/users.service.ts',
    find: "role === 'admin' && !disabledAt);",
    replace: "role === 'admin' && (disabledAt ?? true));",
    tests: [LAST],
    only: 'are one of two when the other is disabled',
  },
  {
    name: 'two administrators demote each other at once',
    file: 'src/users/users.repository.ts',
    find: "u.role = 'admin') ORDER BY u.id FOR NO KEY UPDATE",
    replace: "u.role = 'admin') ORDER BY u.id",
    tests: [LAST],
  },
  {
    name: 'somebody who is no administrator any more acts',
    file: 'src/admin/accounts.service.ts',
    find: "if (by.userId !== SYSTEM_USER_ID && !admins.includes(by.userId)) throw new Problem('admin_required');",
    replace: '',
    tests: [LAST],
  },
  {
    name: 'two first administrators',
    file: 'src/auth/registration.service.ts',
    find: "if (role === 'admin' && (await this.users.hasOtherAdmin(tx, created.id))) throw new NotTheFirst();",
    replace: '',
    tests: [LAST],
    only: 'ADMIN_USERNAME',
  },
  {
    name: 'two redactions at once',
    file: 'src/admin/redaction.service.ts',
    find: "await tx.query(`SELECT pg_advisory_xact_lock(hashtextextended('redact', 0))`);",
    replace: '',
    tests: [ACTS],
    only: 'takes turns',
  },
  {
    name: 'people learn of the requests of others by a filter',
    file: 'src/audit/audit.repository.ts',
    find: 'request !== null && request.actorId !== null && `actor_id = ${add(request.actorId)}`,',
    replace: '',
    tests: [ACTS],
    only: 'does not tell people by a filter',
  },
  {
    name: 'letters that look alike make a password good',
    file: 'src/auth/judge-password.ts',
    find: 'new Set([text, foldLetters(text)])',
    replace: '[text]',
    tests: ['src/auth/judge-password.spec.ts'],
  },
];
