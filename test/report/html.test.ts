import { describe, expect, it } from 'vitest';
import { html } from '../../lib/report/html';
import { page } from '../../lib/report/page';

describe('the template', () => {
  it('escapes every value, between tags and in attributes', () => {
    const evil = `</script><img src=x onerror="alert('1')">&amp;`;
    const text = html`<a title="${evil}" lang='${evil}'>${evil}</a>`.toString();
    const escaped = '&lt;/script&gt;&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&amp;amp;';
    expect(text).toBe(`<a title="${escaped}" lang='${escaped}'>${escaped}</a>`);
  });

  it('takes what is HTML already as it is, lists one after the other, and nothing for what is absent', () => {
    const items = ['<', 1].map((one) => html`<li>${one}</li>`);
    expect(html`<ul>${items}</ul>${undefined}${false}${0}`.toString()).toBe('<ul><li>&lt;</li><li>1</li></ul>0');
  });
});

describe('the shell of a page', () => {
  const text = page('A <b>title</b>', html`<p>lead</p>`, [
    { id: 'one', title: 'One', body: html`1` },
    { id: 'two', title: 'Two', body: html`2` },
  ]);

  it('fetches nothing, and runs nothing but its own script', () => {
    expect(text).not.toMatch(/\b(?:src|srcset|action|data)=|url\(|@import|https?:|\son\w+=|\sstyle=/);
    expect([...text.matchAll(/href="([^"]*)"/g)].map(([, to]) => to)).toEqual(['#one', '#two']);
    expect(text).toMatch(
      /default-src &#39;none&#39;; style-src &#39;sha256-[\w+/=]+&#39;; script-src &#39;sha256-[\w+/=]+&#39;;/,
    );
  });

  it('has a language, a title that is text, and links to its sections', () => {
    expect(text).toContain('<html lang="en">');
    expect(text).toContain('<title>A &lt;b&gt;title&lt;/b&gt;</title>');
    expect(text).toContain('<section id="two" aria-labelledby="two-title"><h2 id="two-title">Two</h2>');
  });
});
