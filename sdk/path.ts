/** Where a request goes: a text, or one that is made, and checked, when the request is sent. */
export type Path = string | (() => string);

type Parameter = string | number | { id: string };

/**
 * A path with its parameters: `` path`/api/events/${id}` ``. The call that sends it rejects with a RangeError when a parameter
 * names nothing, so that the request never reaches another address: an empty id that of the list, `..` what is above it.
 */
export function path(parts: TemplateStringsArray, ...values: Parameter[]): Path {
  return () => parts.reduce((done, part, index) => done + toSegment(values[index - 1]!, done) + part);
}

/** What a URL leaves out, resolves against the path before it, or cannot contain. */
const UNUSABLE = /^\s*\.{0,2}\s*$|[\ud800-\udfff]/u;

/** @param done the path before it, for the message */
function toSegment(value: Parameter, done: string): string {
  const given: unknown = typeof value === 'object' && value !== null ? value.id : value;
  const isNamed =
    typeof given === 'number'
      ? Number.isSafeInteger(given) && given >= 0
      : typeof given === 'string' && !UNUSABLE.test(given);
  if (!isNamed) {
    const shown = typeof given === 'string' ? JSON.stringify(given) : String(given);
    throw new RangeError(`${done} must be followed by an id or a number, not ${shown}`);
  }
  return encodeURIComponent(given as string | number);
}
