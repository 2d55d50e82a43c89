import { describe, expect, it } from 'vitest';
import { Html, markup } from './html.js';

describe('markup', () => {
  it('escapes everything that is put into it, in content and in attributes', () => {
    const hostile = `"><script>alert('&')</script>`;
    expect(String(markup`<a title="${hostile}">${hostile}</a>`)).toBe(
      '<a title="&quot;&gt;&lt;script&gt;alert(&#39;&amp;&#39;)&lt;/script&gt;">' +
        '&quot;&gt;&lt;script&gt;alert(&#39;&amp;&#39;)&lt;/script&gt;</a>',
    );
  });

  it('takes HTML as it is, joins lists and leaves out what is absent', () => {
    const items = ['a', '<b>'].map((item) => markup`<li>${item}</li>`);
    expect(String(markup`<ul>${items}</ul>${undefined}${false}${0}`)).toBe('<ul><li>a</li><li>&lt;b&gt;</li></ul>0');
    expect(String(markup`${new Html('<hr>')}`)).toBe('<hr>');
  });
});
