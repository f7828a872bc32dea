// A browser for the tests, which look at a portal that runs: PORTAL_URL names it ("http://127.0.0.1:8080"), PORTAL_PAGE the plan and
// period ("208-KH-UBND/2025"). PORTAL_READER and PORTAL_PASSWORD sign in; without them the portal must be open as it is.
import axe from 'axe-core'
import assert from 'node:assert/strict'
import { after } from 'node:test'
import { chromium } from 'playwright-core'

const base = process.env.PORTAL_URL
assert(base, 'PORTAL_URL is not set')
export const page = process.env.PORTAL_PAGE ?? '208-KH-UBND/2025'
export const languages = ['vi', 'en']
export const address = language => `${base}/${language}/${page}`

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox'] })
after(() => browser.close())

let cookies = []
if (process.env.PORTAL_READER) {
  const context = await browser.newContext()
  const tab = await context.newPage()
  await tab.goto(`${base}/vi/sign-in`)
  await tab.locator('input[name=name]').fill(process.env.PORTAL_READER)
  await tab.locator('input[name=password]').fill(process.env.PORTAL_PASSWORD)
  await tab.locator('main form button').click()
  cookies = await context.cookies()
  await context.close()
}

// Opens a page, hands it to look, and closes it. What the browser complains of (errors of scripts, what the Content-Security-Policy
// refuses, what cannot be fetched) and whatever is fetched from elsewhere fails the test.
export async function open (url, options, look) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options })
  await context.addCookies(cookies)
  const tab = await context.newPage()
  const wrong = []
  tab.on('pageerror', error => wrong.push(error.message))
  tab.on('console', message => { if (['error', 'warning'].includes(message.type())) wrong.push(message.text()) })
  tab.on('request', request => { if (!request.url().startsWith(base)) wrong.push(`fetched from elsewhere: ${request.url()}`) })
  await tab.goto(url)
  await look(tab)
  await context.close()
  assert.deepEqual(wrong, [])
}

// The charts come last.
export const drawn = tab => tab.waitForFunction(() => document.querySelectorAll('.chart svg').length === document.querySelectorAll('.chart').length)

// What every page must be, kept as a picture of that name in the directory PORTAL_SCREENS: nothing for axe to find, nothing beyond the edge of a narrow window, one heading for the whole.
export async function check (tab, name) {
  const screens = process.env.PORTAL_SCREENS
  if (screens) await tab.screenshot({ path: `${screens}/${name}.png`, fullPage: true })
  await tab.evaluate(axe.source)
  const { violations, passes } = await tab.evaluate(() => globalThis.axe.run())
  assert(passes.length > 10)
  assert.deepEqual(violations.map(({ id, nodes }) => [id, nodes.map(({ html, failureSummary }) => `${html}: ${failureSummary}`)]), [])
  const beyond = await tab.locator('body *:visible').evaluateAll(all => all.filter(one => !one.closest('.hidden, thead') &&
    one.getBoundingClientRect().right > innerWidth + 0.5).map(one => one.outerHTML.slice(0, 200)))
  assert.deepEqual(beyond, [])
  assert.equal(await tab.evaluate(() => document.documentElement.scrollWidth <= innerWidth), true)
  assert.equal(await tab.locator('h1').count(), 1)
}
