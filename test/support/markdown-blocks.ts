import { marked } from 'marked';

/** A fenced block of a Markdown text. */
export interface Block {
  /** The first word after the fence, such as `sh`. */
  language: string;
  /** The words after it. */
  words: string[];
  text: string;
  /** The heading that it stands under. */
  heading: string;
  /** The next block, if nothing but blank lines is between the two. */
  next: Block | undefined;
}

/** Returns the fenced blocks of a Markdown text, in order. */
export function blocksOf(markdown: string): Block[] {
  const blocks: Block[] = [];
  let heading = '';
  let previous: Block | undefined;
  for (const token of marked.lexer(markdown)) {
    if (token.type === 'heading') heading = String(token.text);
    if (token.type === 'space') continue;
    if (token.type !== 'code') {
      previous = undefined;
      continue;
    }
    const [language = '', ...words] = String(token.lang ?? '').split(' ');
    const block: Block = { language, words, text: String(token.text), heading, next: undefined };
    if (previous) previous.next = block;
    blocks.push(block);
    previous = block;
  }
  return blocks;
}
