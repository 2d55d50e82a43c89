import { counted } from '../problems/counted.js';
import { plainFieldOf, type PlainContent, type PlainName } from '../content/fields.js';
import { startOf } from '../content/visible-text.js';
import { isBlank } from '../platform/http/blank-text.js';
import { isWebAddress } from '../platform/http/web-address.js';
import { UnreadableEvent } from './calendar-file-error.js';
import { type Component, propertyOf } from './component.js';
import type { Warn } from './import-rule.js';
import { parametersOf, type Property, removeControls, textOf } from './property.js';

/** The title of an event without one. */
export const UNTITLED = 'Untitled';

/** Properties whose meaning an event has. */
const CARRIED_OVER = new Set(
  'UID DTSTAMP DTSTART DTEND DURATION RRULE RDATE EXDATE RECURRENCE-ID STATUS TRANSP SEQUENCE LAST-MODIFIED'.split(' '),
);
/** Texts with parameters, which are exported again while the text is the same. */
const TEXTS = new Set(['SUMMARY', 'DESCRIPTION', 'LOCATION', 'URL']);
/** What an event has once (RFC 5545 §3.6.1). A second RRULE is refused. */
const ONCE = new Set([...[...CARRIED_OVER].filter((name) => !/^(?:RRULE|RDATE|EXDATE)$/.test(name)), ...TEXTS]);
/** People are invited by sharing the event: an address in a file must not make anybody a member. */
const PEOPLE = new Set(['ORGANIZER', 'ATTENDEE', 'REQUEST-STATUS']);

/** Longer than what programs note about an event. */
const MAX_KEPT_LENGTH = 16_384;

/** The plain fields that a VEVENT has. */
export type VEventValues = Pick<PlainContent, 'title' | 'description' | 'location' | 'url' | 'showAs' | 'status'>;

/** Returns the plain fields of a VEVENT. Texts that are too long are shortened, with a warning. */
export function readValues(component: Component, warn: Warn): VEventValues {
  const text = (name: string, field: PlainName): string | null => {
    const property = propertyOf(component, name);
    const value = property ? textOf(property).trim() : '';
    const { maxLength } = plainFieldOf(field).input;
    if (isBlank(value)) return null;
    if (value.length <= maxLength!) return value;
    warn(property!, `Shortened to ${counted(maxLength!, 'character')}.`);
    return startOf(value, maxLength!);
  };
  const status = choice(component, 'STATUS', ['CONFIRMED', 'TENTATIVE', 'CANCELLED'] as const, warn);
  const transparency = choice(component, 'TRANSP', ['OPAQUE', 'TRANSPARENT'] as const, warn);
  return {
    title: text('SUMMARY', 'title') ?? UNTITLED,
    description: text('DESCRIPTION', 'description'),
    location: text('LOCATION', 'location'),
    url: readUrl(component, warn),
    showAs: transparency === 'TRANSPARENT' ? 'free' : 'busy',
    status: status === 'TENTATIVE' ? 'tentative' : status === 'CANCELLED' ? 'cancelled' : 'confirmed',
  };
}

/** Returns the value of a property with few possible ones: the first of them for another value, with a warning. */
function choice<Value extends string>(
  component: Component,
  name: string,
  values: readonly [Value, ...Value[]],
  warn: Warn,
): Value {
  const property = propertyOf(component, name);
  const text = property?.value.trim().toUpperCase() ?? '';
  const found = values.find((value) => value === text);
  if (property && text !== '' && !found)
    warn(property, `Events are ${values.join(' or ')}; it was read as ${values[0]}.`);
  return found ?? values[0];
}

/** URL is a URI, which has no escapes (RFC 5545 §3.8.4.6). */
function readUrl(component: Component, warn: Warn): string | null {
  const property = propertyOf(component, 'URL');
  const value = property ? removeControls(property.value).trim() : '';
  if (value === '') return null;
  const { maxLength } = plainFieldOf('url').input;
  if (value.length <= maxLength! && isWebAddress(value)) return value;
  warn(property!, `Only http and https addresses of up to ${counted(maxLength!, 'character')} are carried over.`);
  return null;
}

/**
 * Returns the lines of a VEVENT that Convene does not know and exports again. Warns about what is lost.
 * @throws UnreadableEvent for EXRULE, without which the event would take place on the wrong dates
 */
export function readKept(component: Component, warn: Warn): string[] {
  const kept: string[] = [];
  let length = 0;
  const seen = new Set<string>();
  for (const property of component.properties) {
    const { name, head, value, line } = property;
    if (ONCE.has(name) && seen.has(name)) {
      warn(property, 'An event has one of these; the first was used.');
      continue;
    }
    seen.add(name);
    if (name === 'EXRULE') throw new UnreadableEvent(line, 'EXRULE is not supported.');
    if (PEOPLE.has(name)) warn(property, 'Organizers and attendees are not carried over. Share the event instead.');
    else if (isAttachment(property)) warn(property, 'Attached files are not carried over.');
    else if (!CARRIED_OVER.has(name) && !(TEXTS.has(name) && head.length === name.length)) {
      const text = removeControls(`${head}:${value}`).trimEnd();
      length += text.length;
      if (length > MAX_KEPT_LENGTH) warn(property, 'The event has too many other properties to keep.');
      else kept.push(text);
    }
  }
  for (const { name, line } of component.components)
    warn({ name: name.slice(0, 40), line }, `${name.slice(0, 40)} is not carried over.`);
  for (const { line, after } of component.strayLines) {
    warn(
      { name: after, line },
      'This line is not a property, and was left out. A line that goes on begins with a space.',
    );
  }
  return kept;
}

const isAttachment = (property: Property): boolean =>
  property.name === 'ATTACH' && parametersOf(property).get('value')?.toUpperCase() === 'BINARY';
