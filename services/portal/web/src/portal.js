// The page is complete without this. It adds: sorting and filtering, figures that follow the feed, and charts of the tables.
import { filter } from './filter.js'
import { follow } from './live.js'
import { sort } from './sort.js'

// What is added to a part of the page; also to one that was fetched anew. The charts, the largest part of the script, come last.
async function enhance (part) {
  part.querySelectorAll('table').forEach(sort)
  part.querySelectorAll('form.filters').forEach(filter)
  const places = part.querySelectorAll('[data-chart]')
  if (places.length === 0) return
  const { draw } = await import('./charts.js')
  await document.fonts.ready
  places.forEach(draw)
}

enhance(document)
follow(enhance)
