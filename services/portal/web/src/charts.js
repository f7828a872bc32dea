// Charts of tables: what they show stands in the rows of the table of their section (data-value), and nowhere else.
import { BarChart } from 'echarts/charts'
import { GridSimpleComponent, LegendPlainComponent } from 'echarts/components'
import * as echarts from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'
import langVI from 'echarts/i18n/langVI-obj.js'

echarts.use([BarChart, GridSimpleComponent, LegendPlainComponent, SVGRenderer])
echarts.registerLocale('VI', langVI)

const vietnamese = document.documentElement.lang === 'vi'
const still = matchMedia('(prefers-reduced-motion: reduce)').matches
const colour = name => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim()
const number = new Intl.NumberFormat(vietnamese ? 'vi' : 'en', { maximumFractionDigits: 1 })

// The columns of the table: the heading's text, and the number of each row (null: no figure).
function columns (section) {
  const table = section.querySelector('table')
  const rows = [...table.tBodies[0].rows]
  const headings = [...table.tHead.rows[0].cells].map(cell => cell.textContent)
  return headings.map((title, index) => ({
    title,
    texts: rows.map(row => row.cells[index].textContent),
    values: rows.map(row => {
      const found = row.cells[index].dataset.value ?? row.cells[index].querySelector('[data-value]')?.dataset.value
      return found === undefined ? null : Number(found)
    })
  }))
}

const text = () => ({ fontFamily: 'Be Vietnam Pro, sans-serif', fontSize: 13, color: colour('ink') })
const axis = () => ({
  axisLabel: text(),
  axisLine: { show: true, lineStyle: { color: colour('line-strong') } },
  axisTick: { show: false },
  splitLine: { lineStyle: { color: colour('line') } }
})
const legend = () => ({ top: 0, left: 0, textStyle: text(), itemWidth: 18, itemHeight: 12 })

// What stands beside another is told by its pattern, too.
const pattern = more => ({ symbol: 'rect', color: 'rgba(255, 255, 255, 0.55)', symbolSize: 1, ...more })
const PATTERNS = {
  lines: pattern({ dashArrayX: [1, 0], dashArrayY: [2, 6], rotation: -Math.PI / 4 }),
  dots: pattern({ symbol: 'circle', dashArrayX: [[6, 6], [0, 6, 6, 0]], dashArrayY: [6, 0], symbolSize: 0.6 })
}
const bar = (column, hue, decal, more) => ({
  type: 'bar', name: column.title, data: column.values, itemStyle: { color: colour(hue), decal: PATTERNS[decal] }, barMaxWidth: 26, ...more
})

// Money in billions; the sources from the first down.
function budget ([source, allocated, disbursed], unit) {
  const width = Math.min(230, innerWidth * 0.32)
  return {
    legend: legend(),
    grid: { top: 36, left: 0, right: 28, bottom: 24, containLabel: true },
    xAxis: {
      type: 'value',
      name: unit,
      nameLocation: 'middle',
      nameGap: 28,
      nameTextStyle: text(),
      ...axis(),
      splitNumber: 4,
      axisLabel: { ...text(), formatter: value => number.format(value / 1e9) }
    },
    yAxis: { type: 'category', inverse: true, data: source.texts, ...axis(), axisLabel: { ...text(), width, overflow: 'break' } },
    series: [bar(allocated, 'neutral', 'lines'), bar(disbursed, 'accent')]
  }
}

// How the units reported, period by period.
function trend ([period, , , onTime, late, missing]) {
  return {
    legend: legend(),
    grid: { top: 36, left: 0, right: 8, bottom: 0, containLabel: true },
    xAxis: { type: 'category', data: period.texts, ...axis() },
    yAxis: { type: 'value', minInterval: 1, ...axis() },
    series: [
      bar(onTime, 'good', 'plain', { stack: 'units' }),
      bar(late, 'late-bright', 'lines', { stack: 'units' }),
      bar(missing, 'neutral', 'dots', { stack: 'units' })
    ]
  }
}

function progress (all) {
  const [period, share] = [all[0], all.at(-1)]
  const label = { show: true, position: 'top', ...text(), formatter: ({ value }) => number.format(value) + ' %' }
  return {
    legend: legend(),
    grid: { top: 44, left: 0, right: 8, bottom: 0, containLabel: true },
    xAxis: { type: 'category', data: period.texts, ...axis() },
    yAxis: { type: 'value', min: 0, max: 100, ...axis() },
    series: [bar(share, 'run', 'plain', { label })]
  }
}

const CHARTS = { budget, trend, progress }
const resized = new ResizeObserver(entries => entries.forEach(({ target }) => echarts.getInstanceByDom(target)?.resize()))

export function draw (place) {
  if (echarts.getInstanceByDom(place)) return
  const section = place.closest('section')
  place.classList.add('drawn')
  const chart = echarts.init(place, null, { renderer: 'svg', locale: vietnamese ? 'VI' : 'EN' })
  const show = () => chart.setOption({
    animation: !still,
    animationDuration: 400,
    ...CHARTS[place.dataset.chart](columns(section), place.dataset.unit)
  })
  // On paper it is as wide as the paper allows.
  chart.on('rendered', () => place.querySelector('svg').setAttribute('viewBox', `0 0 ${chart.getWidth()} ${chart.getHeight()}`))
  show()
  place.setAttribute('role', 'img')
  place.setAttribute('aria-labelledby', section.querySelector('caption').id)
  place.addEventListener('figures', show)
  resized.observe(place)
}
