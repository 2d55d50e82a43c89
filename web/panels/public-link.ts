const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/**
 * The link as others can open it. A server that was not given its public address names the one on which it listens, which
 * nobody else reaches; the page knows the one under which it was opened.
 */
export function publicLink(link: string): string {
  const { hostname, pathname } = new URL(link);
  return LOOPBACK.test(hostname) ? location.origin + pathname : link;
}
