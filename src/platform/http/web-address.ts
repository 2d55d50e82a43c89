/** Returns true for a URL that a browser can open: absolute, `http` or `https`, with a host. */
export function isWebAddress(text: string): boolean {
  // The URL parser removes white space and control characters instead of rejecting them.
  if (!/^https?:\/\/[^\s\p{Cc}\\]+$/iu.test(text)) return false;
  return URL.canParse(text);
}
