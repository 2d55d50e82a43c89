-- History is never rewritten: not by a role with all rights, not by the owner of the tables, not by replication, which
-- fires row triggers that are enabled always, but no statement triggers. The one exception is a redaction.
CREATE FUNCTION refuse_rewriting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'history is never rewritten: % of %', TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;

-- A redaction replaces the snapshot and the comment of a version, once, and is recorded in the same transaction.
CREATE FUNCTION allow_only_redaction() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF to_jsonb(NEW) - ARRAY['snapshot', 'comment'] = to_jsonb(OLD) - ARRAY['snapshot', 'comment']
     AND NEW.snapshot -> 'redacted' = 'true' AND NOT OLD.snapshot ? 'redacted'
     AND EXISTS (SELECT FROM redactions r WHERE r.event_id = NEW.event_id AND r.version = NEW.version)
  THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'history is never rewritten: % of %', TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER event_versions_never_updated BEFORE UPDATE ON event_versions
  FOR EACH ROW EXECUTE FUNCTION allow_only_redaction();
CREATE TRIGGER event_versions_never_deleted BEFORE DELETE ON event_versions
  FOR EACH ROW EXECUTE FUNCTION refuse_rewriting();
CREATE TRIGGER event_versions_never_truncated BEFORE TRUNCATE ON event_versions
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting();
CREATE TRIGGER member_changes_never_rewritten BEFORE UPDATE OR DELETE ON member_changes
  FOR EACH ROW EXECUTE FUNCTION refuse_rewriting();
CREATE TRIGGER member_changes_never_truncated BEFORE TRUNCATE ON member_changes
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting();
CREATE TRIGGER redactions_never_rewritten BEFORE UPDATE OR DELETE ON redactions
  FOR EACH ROW EXECUTE FUNCTION refuse_rewriting();
CREATE TRIGGER redactions_never_truncated BEFORE TRUNCATE ON redactions
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting();

ALTER TABLE event_versions ENABLE ALWAYS TRIGGER event_versions_never_updated;
ALTER TABLE event_versions ENABLE ALWAYS TRIGGER event_versions_never_deleted;
ALTER TABLE event_versions ENABLE ALWAYS TRIGGER event_versions_never_truncated;
ALTER TABLE member_changes ENABLE ALWAYS TRIGGER member_changes_never_rewritten;
ALTER TABLE member_changes ENABLE ALWAYS TRIGGER member_changes_never_truncated;
ALTER TABLE redactions ENABLE ALWAYS TRIGGER redactions_never_rewritten;
ALTER TABLE redactions ENABLE ALWAYS TRIGGER redactions_never_truncated;

-- The rights say the same to the owner of the tables, who would first have to grant them to itself again.
REVOKE UPDATE, DELETE, TRUNCATE ON event_versions, member_changes, redactions FROM PUBLIC, CURRENT_USER;

-- A recorded redaction has happened: at COMMIT its version is redacted.
CREATE FUNCTION require_redacted_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM event_versions v WHERE v.event_id = NEW.event_id AND v.version = NEW.version
                    AND v.snapshot -> 'redacted' = 'true') THEN
    RAISE EXCEPTION 'version % of event % is not redacted', NEW.version, NEW.event_id
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER redactions_require_version AFTER INSERT ON redactions
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION require_redacted_version();
