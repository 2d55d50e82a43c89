/** The address in the examples of every document: the default of the server. */
export const EXAMPLE_HOST = '127.0.0.1:3000';

const HOST = /^(?:[\w.-]+|\[[\da-f:]+\])(?::\d{1,5})?$/i;

/**
 * The text with the addresses of the server that the reader asked in place of those of the example host. A `Host` header
 * that is not an address leaves the text as it is: it can contain anything.
 */
export function atOrigin(
  text: string,
  exampleHost: string,
  { protocol, host }: { protocol: string; host: string },
): string {
  if (!HOST.test(host)) return text;
  const secure = protocol === 'https' ? 's' : '';
  return (
    text
      .replaceAll(`http://${exampleHost}`, `http${secure}://${host}`)
      .replaceAll(`ws://${exampleHost}`, `ws${secure}://${host}`)
      // Without a scheme: the servers of the AsyncAPI document.
      .replaceAll(exampleHost, host)
  );
}
