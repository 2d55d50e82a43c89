import { isDeepStrictEqual } from 'node:util';
import { type EventContent, fieldsOfUnit } from './event-content.js';
import { columnsOf, CONTENT_FIELDS, type ContentField, type FIELDS, fieldOf } from './fields.js';

/** Fields that are merged, rolled back and reverted together. */
export type Unit = (typeof FIELDS)[ContentField]['unit'];

/** The units, in the order of the table of fields. */
export const UNITS = [...new Set(CONTENT_FIELDS.map(unitOf))];

/** The properties of the content that belong to each unit. */
export const UNIT_PROPERTIES = Object.fromEntries(
  UNITS.map((unit) => [unit, fieldsOfUnit(unit).flatMap((field) => Object.keys(columnsOf(field)))]),
) as Record<Unit, (keyof EventContent)[]>;

/** Returns the unit to which a field belongs. */
export function unitOf(field: ContentField): Unit {
  return fieldOf(field).unit as Unit;
}

/** Returns the current content with some units of another state. */
export function replaceUnits(current: EventContent, source: EventContent, units: Iterable<Unit>): EventContent {
  const content = { ...current };
  for (const unit of units) Object.assign(content, pickUnit(unit, source));
  return content;
}

/** Returns the properties of one unit. */
export const pickUnit = (unit: Unit, from: EventContent): Partial<EventContent> =>
  Object.fromEntries(UNIT_PROPERTIES[unit].map((property) => [property, from[property]]));

export const isSameUnit = (unit: Unit, a: EventContent, b: EventContent): boolean =>
  UNIT_PROPERTIES[unit].every((property) => isDeepStrictEqual(a[property], b[property]));
