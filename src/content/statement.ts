import { quote } from './visible-text.js';

/**
 * One change in words. A statement becomes a sentence about a person ("Changed the title from …"), a headline
 * ("Title changed from …"), or part of a message ("Ana changed the title of “Lunch” from …"). All parts are plain text:
 * whatever people wrote is quoted and escaped in them.
 */
export interface Statement {
  /** In the past tense: `changed`. */
  verb: string;
  /** What changed, such as `title` or `occurrence`; null for the event itself. */
  object: string | null;
  /** Before the object; `the` when absent. */
  article?: string;
  /** To or from what: `to the description`. */
  place?: string;
  /** Which object: `on Monday, 8 June 2026, 10:00`. */
  at?: string;
  /** From what to what. */
  rest?: string;
  /** The headline, where it is not the object, its place, the verb and the rest. */
  headline?: string;
}

/** Returns a statement whose subject is a person: `Changed the title from “A” to “B”`. */
export const toSentence = (statement: Statement): string => capitalise(toClause(statement, '', ''));

/** Returns a statement without a subject: `Title changed from “A” to “B”`. */
export function toHeadline({ verb, object, at, rest, headline }: Statement): string {
  return capitalise(headline ?? join(object, at, verb, rest));
}

/** Returns what somebody did with an event, to follow their name: `moved “Lunch” from … to …`. Empty for no statements. */
export function toPredicate(title: string, statements: readonly Statement[]): string {
  const [only] = statements;
  if (!only) return '';
  if (statements.length > 1) return `updated ${quote(title)}: ${toClauses(statements)}`;
  const isRenaming = only.object === 'title' && !only.at && only.verb === 'changed' && only.rest?.startsWith('from ');
  if (isRenaming) return `renamed ${only.rest!.slice('from '.length)}`;
  return toClause(only, quote(title), only.object?.endsWith('series') ? quote(title) : `of ${quote(title)}`);
}

/** Clauses in one message; the others are counted. */
const MAX_CLAUSES = 3;

/** Returns several statements after a colon: `moved it from … to …; set the location to …`. */
export function toClauses(statements: readonly Statement[]): string {
  const listed = statements.length > MAX_CLAUSES ? statements.slice(0, MAX_CLAUSES - 1) : statements;
  const others = statements.length - listed.length;
  const clauses = listed.map((statement) => toClause(statement, 'it', ''));
  return [...clauses, ...(others > 0 ? [`made ${others} more changes`] : [])].join('; ');
}

function toClause({ verb, object, article = 'the', place, at, rest }: Statement, it: string, of: string): string {
  return object === null ? join(verb, it, at, rest) : join(verb, article, object, place, of, at, rest);
}

/** Joins what is there with spaces. A part that begins with a comma or a colon needs none. */
function join(...parts: (string | null | undefined)[]): string {
  let joined = '';
  for (const part of parts) {
    if (part) joined += joined === '' || /^[,:;]/.test(part) ? part : ` ${part}`;
  }
  return joined;
}

const capitalise = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
