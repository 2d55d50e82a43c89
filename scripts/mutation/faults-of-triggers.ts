import type { Fault } from './fault.js';

const TABLES = 'test/contract/versioned-tables.spec.ts';
const PROTECTED = 'test/contract/history-protected.spec.ts';
const VERSIONS = 'migrations/20261127160000-version-values.ts';
const VERSIONS_AHEAD = 'migrations/baseline/05-versions-required.sql';
const MEMBERS = 'migrations/baseline/06-members-required.sql';
const APPEND_ONLY = 'migrations/baseline/04-append-only.sql';

export const FAULTS_OF_TRIGGERS: Fault[] = [
  {
    name: 'an event may be written without its next version',
    file: VERSIONS,
    find: 'IF NEW.version <> (',
    replace: 'IF NEW.version < (',
    tests: [TABLES],
  },
  {
    name: 'a version need not be a snapshot of its event',
    file: VERSIONS,
    find: "IF is_snapshot_of(${whole('stored')}, NEW) IS NOT TRUE THEN",
    replace: "IF is_snapshot_of(${whole('stored')}, NEW) IS NULL THEN",
    tests: [TABLES, PROTECTED],
  },
  {
    name: 'a deletion may be called an update',
    file: VERSIONS,
    find: "THEN stored.kind <> 'deleted'",
    replace: 'THEN false',
    tests: [PROTECTED],
  },
  {
    name: 'a version may be ahead of its event',
    file: VERSIONS_AHEAD,
    find: 'AND e.version >= NEW.version) THEN',
    replace: ') THEN',
    tests: [PROTECTED],
  },
  {
    name: 'an event may be removed',
    file: VERSIONS,
    find: "IF TG_OP = 'DELETE' THEN",
    replace: "IF TG_OP = 'DELETE' THEN RETURN NULL;",
    tests: [TABLES],
    accepted: 'its history cannot be removed, so that a foreign key refuses the removal first',
  },
  {
    name: 'an event may be without an owner',
    file: MEMBERS,
    find: "IF NOT EXISTS (SELECT FROM event_permissions p WHERE p.event_id = event AND p.role = 'owner') THEN",
    replace: 'IF NOT EXISTS (SELECT FROM event_permissions p WHERE p.event_id = event) THEN',
    tests: [TABLES, PROTECTED],
  },
  {
    name: 'roles need no history',
    file: MEMBERS,
    find: 'IF recorded.role IS DISTINCT FROM stored.role\n     OR',
    replace: 'IF',
    tests: [PROTECTED],
  },
  {
    name: 'who gave a role, and when, may differ from history',
    file: MEMBERS,
    find: 'AND (recorded.granted_by, recorded.granted_at) IS DISTINCT FROM (stored.granted_by, stored.granted_at)',
    replace: 'AND false',
    tests: [PROTECTED],
  },
  {
    name: 'a change of members need not be what the roles are',
    file: MEMBERS,
    find: "PERFORM require_role_in_history(NEW.event_id, (m ->> 'userId')::uuid) FROM",
    replace: "PERFORM (m ->> 'userId')::uuid FROM",
    tests: [PROTECTED],
  },
  {
    name: 'members as of a time include later changes',
    file: MEMBERS,
    find: 'WHERE c.event_id = event AND c.created_at <= moment AND c.position < before',
    replace: 'WHERE c.event_id = event AND c.position < before',
    tests: ['test/api/as-of.api.spec.ts'],
  },
  {
    name: 'history can be rewritten during replication',
    file: APPEND_ONLY,
    find: 'ALTER TABLE event_versions ENABLE ALWAYS TRIGGER event_versions_never_updated;',
    replace: '',
    tests: [PROTECTED],
  },
  {
    name: 'a version can be redacted twice',
    file: VERSIONS,
    find: "AND NOT OLD.snapshot ? 'redacted'",
    replace: '',
    tests: ['test/contract/redaction.spec.ts'],
  },
  {
    name: 'a redaction need not be recorded',
    file: VERSIONS,
    find: 'AND EXISTS (SELECT FROM redactions r WHERE r.event_id = NEW.event_id AND r.version = NEW.version)',
    replace: '',
    tests: ['test/contract/redaction.spec.ts', PROTECTED],
  },
  {
    name: 'a recorded redaction need not have happened',
    file: APPEND_ONLY,
    find: "AND v.snapshot -> 'redacted' = 'true') THEN",
    replace: ') THEN',
    tests: ['test/contract/redaction.spec.ts'],
  },
  {
    name: 'a long value can be removed while versions have it',
    file: VERSIONS,
    find: "AND long.value = encode(OLD.hash, 'hex')) THEN",
    replace: 'AND false) THEN',
    tests: ['test/contract/version-storage.spec.ts'],
  },
];
