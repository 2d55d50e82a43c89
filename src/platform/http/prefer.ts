/**
 * Returns whether a `Prefer` header contains a preference, such as `respond-async`, with a value if one is given
 * (RFC 7240 §2). Names and values are compared without regard to case. Pure.
 */
export function hasPreference(header: string | string[] | undefined, name: string, value = ''): boolean {
  const stated = String(header ?? '').split(/[,;]/);
  return stated.some((one) => {
    const [token = '', text = ''] = one.toLowerCase().split('=', 2);
    return token.trim() === name && text.trim().replaceAll('"', '') === value;
  });
}
