const HOST = /^(?:[\w.-]+|\[[\da-f:]+\])(?::\d{1,5})?$/i;

/**
 * The page with the addresses of the server that the reader asked in place of those of the example host. A `Host` header
 * that is not an address leaves the page as it is: it can contain anything.
 */
export function atOrigin(
  html: string,
  exampleHost: string,
  { protocol, host }: { protocol: string; host: string },
): string {
  if (!HOST.test(host)) return html;
  const secure = protocol === 'https' ? 's' : '';
  return html
    .replaceAll(`http://${exampleHost}`, `http${secure}://${host}`)
    .replaceAll(`ws://${exampleHost}`, `ws${secure}://${host}`);
}
