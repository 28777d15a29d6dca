import { render as renderComponent } from '@testing-library/vue'
import { describe, expect, it } from 'vitest'
import { h } from 'vue'

import { render } from './markdown'

const html = (body: string): string =>
  renderComponent({ render: () => h('div', render(body)) })
    .container.innerHTML.replace(/^<div>|<\/div>$/g, '')
    .replace(/\n/g, '')

describe('what people write', () => {
  it('is emphasised, struck, quoted, listed and shown as code', () => {
    expect(html('**a** *b* ~~c~~ `d`')).toBe('<p><strong>a</strong> <em>b</em> <s>c</s> <code>d</code></p>')
    expect(html('> a')).toBe('<blockquote><p>a</p></blockquote>')
    expect(html('- a\n- b')).toBe('<ul><li>a</li><li>b</li></ul>')
    expect(html('3. a\n4. b')).toBe('<ol start="3"><li>a</li><li>b</li></ol>')
    expect(html('```\na < b\n```')).toBe('<pre tabindex="0"><code>a &lt; b</code></pre>')
  })

  it('keeps its lines', () => {
    expect(html('a\nb')).toBe('<p>a<br>b</p>')
  })

  it('stays words where it looks like HTML', () => {
    expect(html('<img src=x onerror=alert(1)> <b>a</b>')).toBe(
      '<p>&lt;img src=x onerror=alert(1)&gt; &lt;b&gt;a&lt;/b&gt;</p>',
    )
  })

  it('opens links elsewhere, and tells those sites nothing', () => {
    const rel = 'target="_blank" rel="noopener noreferrer nofollow"'
    expect(html('see https://example.org/a')).toBe(
      `<p>see <a href="https://example.org/a" ${rel}>https://example.org/a</a></p>`,
    )
    expect(html('[a](https://example.org)')).toBe(`<p><a href="https://example.org" ${rel}>a</a></p>`)
  })

  it.each(['javascript:alert(1)', 'data:text/html,a', 'file:///etc/passwd', '/setup', '#a'])(
    'makes no link to %s',
    (address) => expect(html(`[a](${address})`)).not.toContain('<a'),
  )

  it('fetches no picture from anywhere', () => {
    expect(html('![a](https://example.org/a.png)')).not.toContain('<img')
  })

  it('has no headings of its own', () => {
    expect(html('# a')).toBe('<p class="heading">a</p>')
  })

  it('is drawn however deep somebody nests it', () => {
    expect(html('>'.repeat(3000) + ' a')).toContain('a')
    expect(html('*'.repeat(4000))).toBeTruthy()
    expect(html('['.repeat(4000))).toBeTruthy()
  })

  it('has tables', () => {
    expect(html('|a|\n|-|\n|b|')).toBe(
      '<table><thead><tr><th>a</th></tr></thead><tbody><tr><td>b</td></tr></tbody></table>',
    )
  })
})
