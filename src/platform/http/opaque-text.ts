/** Returns a value as text that clients send back without reading it. It is not secret, and not protected from changes. */
export const toOpaqueText = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Returns the value of such a text; undefined for any other text. */
export function fromOpaqueText(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}
