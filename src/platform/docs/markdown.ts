import { Marked, type RendererObject, type Tokens } from 'marked';
import { escapeHtml, Html } from '../http/html.js';

const SAFE_ADDRESS = /^(https?:\/\/|\/(?!\/)|#)/;

// The texts are ours, but they also contain what others configure: no HTML and no script address passes through.
const renderer: RendererObject = {
  html: ({ text }) => escapeHtml(text),
  image: ({ text }) => escapeHtml(text),
  link({ href, tokens }) {
    const text = this.parser.parseInline(tokens);
    return SAFE_ADDRESS.test(href) ? `<a href="${escapeHtml(href)}">${text}</a>` : text;
  },
  heading({ depth, text, tokens }) {
    return `<h${depth} id="${slug(text)}">${this.parser.parseInline(tokens)}</h${depth}>\n`;
  },
  table({ header, rows }) {
    const inline = ({ tokens }: Tokens.TableCell): string => this.parser.parseInline(tokens);
    const head = header.map((cell) => `<th scope="col">${inline(cell)}</th>`).join('');
    const body = rows.map(([first, ...others]) => {
      const cells = others.map((cell) => `<td>${inline(cell)}</td>`).join('');
      return `<tr><th scope="row">${inline(first!)}</th>${cells}</tr>`;
    });
    // Markdown demands a header even where there is nothing to say in it.
    const isNamed = header.some(({ text }) => text !== '');
    return `<div class="scroll"><table>${isNamed ? `<thead><tr>${head}</tr></thead>` : ''}<tbody>${body.join('')}</tbody></table></div>\n`;
  },
};

const marked = new Marked({ async: false, gfm: true, renderer });

/** The Markdown as HTML. HTML inside it is shown as text; links lead to this server or to `http(s)` addresses only. */
export const markdown = (text: string): Html => new Html(marked.parse(text) as string);

/** The same for one line: no paragraph around it. */
export const inlineMarkdown = (text: string): Html => new Html(marked.parseInline(text) as string);

interface Section {
  id: string;
  title: string;
  /** The Markdown below the heading. */
  text: string;
}

/**
 * What stands under each heading from the second level to `deepest`, with the anchors that `markdown` gives the headings, in
 * order. First what stands before any heading, with an empty title.
 */
export function sectionsOf(text: string, deepest = 2): Section[] {
  const sections: Section[] = [{ id: '', title: '', text: '' }];
  for (const token of marked.lexer(text)) {
    if (token.type === 'heading' && token.depth >= 2 && token.depth <= deepest) {
      const title = (token as Tokens.Heading).text;
      sections.push({ id: slug(title), title, text: '' });
    } else sections.at(-1)!.text += token.raw;
  }
  return sections;
}

/** The headings from the second level to `deepest`, with the anchors that `markdown` gives them, in order. */
export const headingsOf = (text: string, deepest = 2): Pick<Section, 'id' | 'title'>[] =>
  sectionsOf(text, deepest)
    .slice(1)
    .map(({ id, title }) => ({ id, title }));

const slug = (text: string): string => text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '-');
