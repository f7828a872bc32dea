// The overview in a real browser: what it is without its script, and what the script adds.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { test } from 'node:test'
import { address, check, drawn, languages, open, page } from './browser.mjs'

const BUDGET = 250 * 1024
const vi = address('vi')
const rows = tab => tab.locator('#tasks tbody tr:not(.group):visible')
const column = (tab, table, index) => tab.locator(`${table} tbody tr:not(.group):visible`).evaluateAll((all, at) => all.map(row => {
  const cell = row.cells[at]
  const marked = cell.matches('[data-value]') ? cell : cell.querySelector('[data-value]')
  return { text: (cell.querySelector('a') ?? cell).textContent.trim(), value: marked ? Number(marked.dataset.value) : null }
}), index)

test('without its script the page is complete', () => open(vi, { javaScriptEnabled: false }, async tab => {
  assert.match(await tab.locator('#f-expected').innerText(), /^\d+$/)
  assert.equal(await rows(tab).count(), await tab.locator('#tasks tbody tr:not(.group)').count())
  assert(await rows(tab).count() > 40)
  assert(await tab.locator('#units tbody tr:visible').count() > 0)
  assert.equal(await tab.locator('form.filters:visible, .chart:visible, thead button').count(), 0)
}))

test('the first page is small, with everything that it loads', () => open('about:blank', {}, async tab => {
  const network = await tab.context().newCDPSession(tab)
  let total = 0
  await network.send('Network.enable')
  network.on('Network.loadingFinished', ({ encodedDataLength }) => { total += encodedDataLength })
  await tab.goto(vi)
  await drawn(tab)
  assert(total > 50 * 1024, `only ${total} bytes: was it measured?`)
  assert(total <= BUDGET, `${total} bytes are more than ${BUDGET}`)
}))

test('tables are sorted by numbers, and what has no figure stands last', () => open(vi, {}, async tab => {
  const button = tab.locator('#units thead button').nth(5)
  for (const [direction, sign] of [['descending', -1], ['ascending', 1]]) {
    await button.click()
    assert.equal(await tab.locator('#units thead th').nth(5).getAttribute('aria-sort'), direction)
    const values = (await column(tab, '#units', 5)).map(({ value }) => value)
    const figures = values.filter(value => value !== null)
    assert.deepEqual(values, [...figures.sort((a, b) => sign * (a - b)), ...values.filter(value => value === null)])
  }
  assert.equal(await tab.locator('#units [aria-sort]').count(), 1)
}))

test('names are sorted as Vietnamese sorts them', () => open(vi, {}, async tab => {
  await tab.locator('#units thead button').nth(1).click()
  const names = (await column(tab, '#units', 1)).map(({ text }) => text)
  assert(names.length > 10)
  const order = new Intl.Collator('vi', { numeric: true, sensitivity: 'base', ignorePunctuation: true })
  assert.deepEqual(names, [...names].sort(order.compare))
  assert.notDeepEqual(names, [...names].sort(), 'no name here tells the collation from bytes')
}))

test('sorted tasks leave their groups, and find back to them', () => open(vi, {}, async tab => {
  const codes = async () => (await column(tab, '#tasks', 0)).map(({ text }) => text)
  const before = await codes()
  assert(before.length > 40)
  const groups = await tab.locator('#tasks tr.group:visible').count()
  await tab.locator('#tasks thead button').nth(5).click()
  assert.notDeepEqual(await codes(), before)
  assert.equal(await tab.locator('#tasks tr.group:visible').count(), 0)
  await tab.locator('#tasks thead button').nth(0).click()
  assert.deepEqual(await codes(), before)
  assert.equal(await tab.locator('#tasks tr.group:visible').count(), groups)
}))

test('tasks are filtered by unit, status and words, and the address keeps it', () => open(vi, {}, async tab => {
  const all = await rows(tab).count()
  const unit = tab.locator('#tasks select[name=unit]')
  const code = await unit.locator('option').nth(1).getAttribute('value')
  await unit.selectOption(code)
  const led = await rows(tab).count()
  assert(led > 0 && led < all)
  assert.equal(await rows(tab).and(tab.locator(`[data-units~="${code}"]`)).count(), led)
  assert.match(await tab.locator('#tasks output').innerText(), new RegExp(`^${led} .* ${all}$`))
  await tab.reload()
  assert.equal(await rows(tab).count(), led)
  await tab.locator('#tasks button[type=reset]').click()
  assert.equal(await rows(tab).count(), all)
  await tab.locator('#tasks select[name=status]').selectOption('completed')
  const states = await rows(tab).locator('.chip').evaluateAll(chips => chips.map(chip => chip.dataset.state))
  assert(states.length > 0 && states.length < all)
  assert(states.every(state => state === 'completed'))
  await tab.locator('#tasks select[name=status]').selectOption('')
  await tab.locator('#tasks input[name=text]').fill('GIAO duc')
  const found = await rows(tab).allInnerTexts()
  assert(found.length > 0 && found.length < all)
  const plain = text => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()
  assert(found.every(text => plain(text).includes('giao')) && found.some(text => /giáo dục/i.test(text)))
  assert(await tab.locator('#tasks tr.group:visible').count() <= found.length)
}))

test('charts are drawn from the tables, and named by them', () => open(vi, {}, async tab => {
  await drawn(tab)
  assert.equal(await tab.locator('.chart').count(), 3)
  for (const chart of await tab.locator('.chart').all()) {
    const caption = await chart.evaluate(one => one.closest('section').querySelector('caption').textContent)
    assert.equal(await chart.evaluate(one => document.getElementById(one.getAttribute('aria-labelledby')).textContent), caption)
    assert.equal(await chart.getAttribute('role'), 'img')
  }
  const names = (await column(tab, '#budget', 0)).map(({ text }) => text)
  const shown = (await tab.locator('[data-chart=budget] svg text').allTextContents()).join(' ')
  for (const name of names) for (const word of name.split(' ')) assert(shown.includes(word), `the chart does not name ${name}`)
}))

for (const language of languages) {
  for (const width of [1440, 768, 360]) {
    test(`axe finds nothing, and nothing stands beyond the edge: ${language}, ${width} px`, () =>
      open(address(language), { viewport: { width, height: 800 } }, async tab => {
        await drawn(tab)
        await check(tab, `overview-${language}-${width}`)
      }))
  }
}

test('the other language is the same page', () => open(vi, {}, async tab => {
  await tab.locator('a.language').click()
  assert.equal(tab.url(), address('en'))
  assert.equal(await tab.locator('html').getAttribute('lang'), 'en')
  assert.equal(await tab.locator('html').getAttribute('data-live'), `/live/${page}?lang=en`)
  assert.equal(await tab.locator('h1').innerText(), await tab.locator('h1').textContent())
}))

test('by keyboard alone', () => open(vi, {}, async tab => {
  await tab.keyboard.press('Tab')
  assert.equal(await tab.evaluate(() => document.activeElement.className), 'skip')
  await tab.waitForFunction(() => document.activeElement.getBoundingClientRect().top >= 0)
  await tab.keyboard.press('Enter')
  assert.equal(await tab.evaluate(() => document.activeElement.id), 'main')
  const focused = () => tab.evaluate(() => {
    const one = document.activeElement
    const outlines = [null, '::after'].map(pseudo => getComputedStyle(one, pseudo))
    const seen = outlines.some(({ outlineStyle, outlineWidth }) => outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2)
    return { seen, button: one.closest('#tasks thead') !== null }
  })
  for (let steps = 0; steps < 200; steps++) {
    await tab.keyboard.press('Tab')
    const { seen, button } = await focused()
    assert(seen, `no focus is seen on ${await tab.evaluate(() => document.activeElement.outerHTML.slice(0, 200))}`)
    if (button) break
  }
  await tab.keyboard.press('Tab')
  await tab.keyboard.press('Enter')
  assert.equal(await tab.locator('#tasks thead th').nth(1).getAttribute('aria-sort'), 'ascending')
  assert((await focused()).button, 'the focus is lost by sorting')
}))

test('who wants no motion sees none', () => open(vi, { reducedMotion: 'reduce' }, async tab => {
  const motion = await tab.locator('#f-received').evaluate(one => { one.classList.add('changed'); return getComputedStyle(one).animationName })
  assert.equal(motion, 'none')
}))

test('on paper everything is there', () => open(vi, {}, async tab => {
  await drawn(tab)
  const pdf = await tab.pdf({ preferCSSPageSize: true })
  const text = execFileSync('pdftotext', ['-layout', '-', '-'], { input: pdf, encoding: 'utf8' })
  assert.match(execFileSync('pdfinfo', ['-'], { input: pdf, encoding: 'utf8' }), /Page size: +84[12](\.\d+)? x 59[45]/)
  for (const { text: code } of await column(tab, '#tasks', 0)) assert(text.includes(code), `task ${code} is not on paper`)
  for (const id of ['f-expected', 'f-plan-budget-disbursed', 'f-as-of']) assert(text.includes(await tab.locator(`#${id}`).innerText()))
  assert(!text.includes(await tab.locator('#tasks form label').first().evaluate(one => one.firstChild.textContent.trim()) + ' Tất cả'))
}))
