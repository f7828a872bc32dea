// The pages behind the overview, found by its links as a reader finds them: one of each kind.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { address, check, languages, open, page } from './browser.mjs'

const KINDS = ['tasks', 'groups', 'units', 'figures', 'budget', 'reports']

for (const language of languages) {
  test(`every kind of page: ${language}`, () => open(address(language), {}, async tab => {
    const seen = new Map()
    const look = async () => {
      for (const link of await tab.locator(`main a[href^="/${language}/${page}/"]`).evaluateAll(all => all.map(one => one.href))) {
        const kind = new URL(link).pathname.split('/')[4]
        if (KINDS.includes(kind) && !seen.has(kind)) seen.set(kind, link)
      }
    }
    await look()
    await tab.goto(seen.get('figures').replace(/[^/]*$/, 'received'))
    await tab.locator('main table a').first().click()
    await look()
    assert.deepEqual([...seen.keys()].sort(), [...KINDS].sort())
    for (const [kind, link] of [...seen, ['sign-in', address(language).replace(page, 'sign-in')], ['account', address(language).replace(page, 'account')]]) {
      for (const width of [1440, 360]) {
        await tab.setViewportSize({ width, height: 800 })
        const answer = await tab.goto(link)
        assert.equal(answer.status(), 200, link)
        await check(tab, `${kind}-${language}-${width}`).catch(error => { error.message = `${kind}, ${width} px: ${error.message}`; throw error })
      }
    }
  }))
}
