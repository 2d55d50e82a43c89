import { describe, expect, it } from 'vitest';
import { headingsOf, inlineMarkdown, markdown } from './markdown.js';

const html = (text: string): string => String(markdown(text)).trim();

describe('markdown', () => {
  it('gives headings an anchor', () => {
    expect(html('## Missing nothing')).toBe('<h2 id="missing-nothing">Missing nothing</h2>');
    expect(headingsOf('# A\n\n## Signing in\n\ntext\n\n## Limits')).toEqual([
      { id: 'signing-in', title: 'Signing in' },
      { id: 'limits', title: 'Limits' },
    ]);
  });

  it('names the rows of a table, and its columns where they have names', () => {
    expect(html('| | |\n| --- | --- |\n| size | `64` |')).toBe(
      '<div class="scroll"><table><tbody><tr><th scope="row">size</th><td><code>64</code></td></tr></tbody></table></div>',
    );
    expect(html('| a | b |\n| --- | --- |\n| 1 | 2 |')).toContain('<thead><tr><th scope="col">a</th>');
  });

  it('shows HTML as text', () => {
    expect(html('<script>alert(1)</script>')).toBe('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(html('a <img src=x onerror=alert(1)> b')).toBe('<p>a &lt;img src=x onerror=alert(1)&gt; b</p>');
    expect(html('```\n<b>\n```')).toBe('<pre><code>&lt;b&gt;\n</code></pre>');
    expect(html('## <i>x</i>')).not.toContain('<i>');
  });

  it.each(['javascript:alert(1)', 'data:text/html,x', '//elsewhere.example', ' JavaScript:alert(1)', 'vbscript:x'])(
    'makes no link to %s',
    (address) => {
      expect(html(`[text](<${address}>)`)).toBe('<p>text</p>');
    },
  );

  it('makes links to this server, to anchors and to the web, and loads no image', () => {
    expect(html('[text](/docs)')).toBe('<p><a href="/docs">text</a></p>');
    expect(html('[text](#limits)')).toBe('<p><a href="#limits">text</a></p>');
    expect(html('[text](https://example.com/?a="b")')).toContain('href="https://example.com/?a=');
    expect(html('![alt](https://example.com/a.png)')).toBe('<p>alt</p>');
  });

  it('renders a single line without a paragraph', () => {
    expect(String(inlineMarkdown('`a` **b**'))).toBe('<code>a</code> <strong>b</strong>');
  });
});
