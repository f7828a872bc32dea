// An open page, while a report arrives: PORTAL_PUSH is the command that sends it, of the unit PORTAL_UNIT.
import assert from 'node:assert/strict'
import { exec } from 'node:child_process'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { address, drawn, open } from './browser.mjs'

test('a report that arrives is on the open page', () => open(address('vi'), {}, async tab => {
  const unit = process.env.PORTAL_UNIT
  const number = async id => Number(await tab.locator(`#${id}`).getAttribute('data-value'))
  const received = await number('f-received')
  const width = () => tab.locator('.panel > .bar rect').getAttribute('width').then(Number)
  const bars = () => tab.locator('[data-chart=budget] svg').evaluate(svg => svg.innerHTML)
  await drawn(tab)
  await tab.waitForFunction(() => document.getElementById('live').dataset.state === 'on')
  await tab.evaluate(() => { globalThis.kept = true })
  await tab.locator('#units thead button').nth(2).click()
  await tab.locator('#tasks select[name=unit]').selectOption(unit)
  const before = await bars()
  assert.equal(await tab.locator(`#f-unit-${unit}-standing`).getAttribute('data-state'), 'missing')
  assert(await tab.locator(`.attention > [data-of="f-unit-${unit}-standing"]`).isVisible())

  await promisify(exec)(process.env.PORTAL_PUSH)
  await tab.waitForFunction(want => Number(document.getElementById('f-received').dataset.value) === want, received + 1)
  assert.equal(await tab.locator('#f-received').innerText(), String(received + 1))
  assert.equal(await tab.locator(`#f-unit-${unit}-standing`).getAttribute('data-state'), 'on_time')
  assert(!await tab.locator(`.attention > [data-of="f-unit-${unit}-standing"]`).isVisible())
  assert.equal(await tab.locator('.tile [data-value]').first().innerText(), await tab.locator('#f-expected').innerText())
  assert.equal(await width(), Math.round(await number('f-plan-budget-share')))
  await tab.waitForFunction(was => document.querySelector('[data-chart=budget] svg').innerHTML !== was, before)

  // The stacked bar is as long as there are tasks.
  const end = await tab.locator('.stack rect').evaluateAll(all => Math.max(...all.map(one => one.x.baseVal.value + one.width.baseVal.value)))
  assert.equal(end, await tab.locator('#tasks tbody tr:not(.group)').count())

  // What was sorted and filtered stays so, with the new figures in their places.
  const places = await tab.locator('#units tbody [id$=standing]').evaluateAll(all => all.map(one => Number(one.dataset.value)))
  assert.deepEqual(places, [...places].sort((a, b) => a - b))
  assert(await tab.locator('#tasks tbody tr:not(.group):visible').count() < 44)
  assert(await tab.evaluate(() => globalThis.kept), 'the page was loaded anew')
}))
