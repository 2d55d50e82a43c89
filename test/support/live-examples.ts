import type { AsyncApiDocument } from '../../src/live/asyncapi-document.js';

/** Returns the first script of a Markdown text. */
export const scriptIn = (markdown: string): string => /```js\b[^\n]*\n(.*?)```/s.exec(markdown)![1]!;

/**
 * Returns the example of a connection in the AsyncAPI document, with the function before it that all of them share. It
 * continues after the first item.
 */
export const exampleOf = ({ info, servers }: AsyncApiDocument, server: string): string =>
  `let lastSeq = 0;\n${scriptIn(info.description)}\n${scriptIn(servers[server]!.description)}`;
