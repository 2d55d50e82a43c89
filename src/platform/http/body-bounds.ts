import { counted } from '../../problems/counted.js';
import { Problem } from '../../problems/problem.js';

/** How large the structure of a body may be. It is measured before the body is decoded, which can take seconds. */
export interface BodyBounds {
  /** The deepest nesting of lists and objects. */
  nesting: number;
  /** The number of values, in lists and objects of any depth. */
  values: number;
}

/** The structure of a body, as far as it was measured: beyond a bound it is not. */
export interface BodyStructure {
  depth: number;
  values: number;
  /** Of the object with the most members. */
  members: number;
}

/** An object with more members is not decoded. One with fewer, but still too many, is refused with its place. */
const MAX_MEMBERS = 1_000;

export const isBeyond = ({ depth, values, members }: BodyStructure, bounds: BodyBounds): boolean =>
  depth > bounds.nesting || values > bounds.values || members > MAX_MEMBERS;

/** @throws Problem unreadable_body when the structure is larger than the bounds */
export function refuseBeyond({ depth, values, members }: BodyStructure, bounds: BodyBounds): void {
  if (depth > bounds.nesting) {
    throw new Problem('unreadable_body', {
      detail: `The body is nested deeper than ${counted(bounds.nesting, 'level')}.`,
      errors: [{ pointer: '', code: 'too_deep', message: `At most ${counted(bounds.nesting, 'level')}.` }],
    });
  }
  if (values > bounds.values) {
    throw new Problem('unreadable_body', {
      detail: `The body contains more than ${counted(bounds.values, 'value')}.`,
      errors: [{ pointer: '', code: 'too_many', message: `At most ${counted(bounds.values, 'value')}.` }],
    });
  }
  if (members > MAX_MEMBERS) {
    throw new Problem('unreadable_body', {
      detail: `The body contains an object with more than ${counted(MAX_MEMBERS, 'member')}.`,
      errors: [{ pointer: '', code: 'too_many', message: `At most ${counted(MAX_MEMBERS, 'member')} in an object.` }],
    });
  }
}
