/**
 * Everything that the audit trail records, with the keys of its details. Details are ids, numbers and words of closed
 * lists: a text that a person wrote, a secret, a token or a password is never among them (tested).
 */
export const AUDIT_KINDS = {
  registered: [],
  signed_in: [],
  sign_in_failed: [],
  /** `sessions`: how many sessions ended. */
  signed_out: ['sessions'],
  /** Ended from another session; `session`: the one that was named, or all others after a change of the password. */
  session_ended: ['sessions', 'session'],
  /** A refresh token was used again after its successor: somebody else has a copy. The session ended. */
  token_theft: [],
  password_changed: [],
  email_changed: [],
  account_erased: [],
  /** The password of an application that reads the calendar, which is named by its id. */
  app_password_created: ['app_password'],
  app_password_revoked: ['app_password'],

  /** A request that the caller's rights did not allow (403, or 404 for what they may not see or does not exist). */
  refused: ['method', 'route', 'status'],

  event_created: ['version'],
  event_updated: ['version'],
  event_rolled_back: ['version'],
  event_deleted: ['version'],
  event_restored: ['version'],
  event_split: ['version'],

  /** One entry per person; `from` and `to` are roles, null for "not a member". */
  shared: ['version', 'from', 'to'],
  role_changed: ['version', 'from', 'to'],
  revoked: ['version', 'from', 'to'],
  ownership_transferred: ['version', 'from', 'to'],
  /** One entry per invitation by e-mail, which is named by its id. */
  invited: ['version', 'from', 'to', 'invitation'],
  invitation_changed: ['version', 'from', 'to', 'invitation'],
  invitation_revoked: ['version', 'from', 'to', 'invitation'],
  invitation_accepted: ['version', 'from', 'to', 'invitation'],

  /** `content`: what the feed contains; `feed`: its id. */
  feed_made: ['feed', 'content'],
  feed_rotated: ['feed'],
  feed_revoked: ['feed'],
  /** A file was made of events: of one, or of `events` that the person sees. */
  calendar_exported: ['events'],

  /** Acts of administrators, or of the command line. */
  user_created: [],
  /** `app_passwords`: how many ended, like `sessions`. */
  user_disabled: ['sessions', 'app_passwords'],
  user_enabled: [],
  /** `session`: the one that was named; without it all, and the app passwords. */
  user_signed_out: ['sessions', 'session', 'app_passwords'],
  user_promoted: [],
  user_demoted: [],
  user_erased: [],
  version_redacted: ['version'],
  /** The event was in the trash for long enough, or an administrator removed it from there; its owner is the subject. */
  event_purged: [],
} as const satisfies Record<string, readonly string[]>;

export const AUDIT_OUTCOMES = ['ok', 'refused'] as const;
export type AuditOutcome = (typeof AUDIT_OUTCOMES)[number];

export type AuditKind = keyof typeof AUDIT_KINDS;
export const AUDIT_KIND_NAMES = Object.keys(AUDIT_KINDS) as AuditKind[];

/** The details of an entry of a kind. */
export type AuditDetails<K extends AuditKind> = {
  [Key in (typeof AUDIT_KINDS)[K][number]]?: string | number | boolean | null;
};

/** Something that happened, for the audit trail. The time, the address and the request are added to it. */
export interface AuditEntry<K extends AuditKind = AuditKind> {
  kind: K;
  /** Null for somebody unknown. */
  actorId: string | null;
  /** The person to whom it happened, when that is somebody else than the actor. */
  subjectId?: string | null;
  eventId?: string | null;
  /** By default the session of the request. */
  sessionId?: string | null;
  details?: AuditDetails<K>;
  outcome?: AuditOutcome;
}
