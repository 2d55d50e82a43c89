import { Problem } from '../../problems/problem.js';
import { type BodyBounds, type BodyStructure, isBeyond, refuseBeyond } from './body-bounds.js';

/**
 * Parses a JSON body. An empty body is undefined. The structure is measured before decoding.
 * @throws Problem unreadable_body
 */
export function readJson(bytes: Buffer, bounds: BodyBounds): unknown {
  if (bytes.length === 0) return undefined;
  refuseBeyond(measureJson(bytes, bounds), bounds);
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as unknown;
  } catch {
    throw new Problem('unreadable_body', {
      detail: 'The body is not well-formed JSON.',
      errors: [{ pointer: '', code: 'invalid', message: 'Not well-formed JSON in UTF-8.' }],
    });
  }
}

/** Returns the structure of a JSON text, well-formed or not. Stops beyond the bounds. */
export function measureJson(bytes: Buffer, bounds: BodyBounds): BodyStructure {
  const found = { depth: 0, values: 1, members: 0 };
  // The number of members on each open level. A list has none.
  const members = [0];
  let inString = false;
  for (let at = 0; at < bytes.length && !isBeyond(found, bounds); at += 1) {
    const byte = bytes[at]!;
    if (inString) {
      if (byte === 0x5c) at += 1;
      else if (byte === 0x22) inString = false;
    } else if (byte === 0x22) inString = true;
    else if (byte === 0x5b || byte === 0x7b) {
      members.push(0);
      found.depth = Math.max(found.depth, members.length - 1);
      found.values += 1;
    } else if (byte === 0x5d || byte === 0x7d) {
      // A text that closes more than it opened is no JSON.
      if (members.length > 1) members.pop();
    } else if (byte === 0x2c) found.values += 1;
    else if (byte === 0x3a) found.members = Math.max(found.members, (members[members.length - 1]! += 1));
  }
  return found;
}
