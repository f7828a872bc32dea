// Tables whose headings say by what they can be sorted (data-sort): text, number, state (of the element with data-state), or order: as
// the plan has it, in its groups. What has no figure stands last in either direction.
const collator = new Intl.Collator('vi', { numeric: true, sensitivity: 'base', ignorePunctuation: true })

const marked = cell => cell.matches('[data-value]') ? cell : cell.querySelector('[data-value]')
const value = {
  text: cell => (cell.querySelector('a') ?? cell).textContent.trim(),
  number: cell => { const found = marked(cell); return found ? Number(found.dataset.value) : null },
  state: cell => { const found = marked(cell); return found ? Number(found.dataset.value) : null },
  order: cell => Number(cell.dataset.value)
}

function compare (kind, left, right) {
  if (left === null || right === null) return (left === null) - (right === null)
  return kind === 'text' ? collator.compare(left, right) : left - right
}

export function sort (table) {
  const headings = [...table.querySelectorAll('thead th')]
  const bodies = [...table.tBodies]
  const rows = bodies.flatMap(body => [...body.rows].filter(row => !row.matches('.group')))
  const homes = new Map(rows.map(row => [row, row.parentNode]))
  if (!headings.some(heading => heading.dataset.sort)) return
  const flat = bodies.length > 1 ? document.createElement('tbody') : bodies[0]

  // Rows in their new order; those in their groups when the order is the plan's.
  function place (sorted, grouped) {
    const focused = document.activeElement
    for (const row of sorted) (grouped ? homes.get(row) : flat).append(row)
    if (flat !== bodies[0]) {
      bodies.forEach(body => { body.hidden = !grouped })
      if (grouped) flat.remove()
      else table.tBodies[0].before(flat)
    }
    if (focused !== document.activeElement && table.contains(focused)) focused.focus({ preventScroll: true })
  }

  function apply () {
    const heading = headings.find(one => one.hasAttribute('aria-sort'))
    if (!heading) return
    const kind = heading.dataset.sort
    const index = headings.indexOf(heading)
    const sign = heading.getAttribute('aria-sort') === 'descending' ? -1 : 1
    const keyed = rows.map(row => [value[kind](row.cells[index]), row])
    keyed.sort(([left], [right]) => left === null || right === null ? compare(kind, left, right) : sign * compare(kind, left, right))
    place(keyed.map(([, row]) => row), kind === 'order')
  }

  // Numbers are wanted from the largest down first; texts, states and the order from the first on.
  function turn (heading) {
    const first = heading.dataset.sort === 'number' ? 'descending' : 'ascending'
    const other = first === 'ascending' ? 'descending' : 'ascending'
    const next = heading.getAttribute('aria-sort') === first && heading.dataset.sort !== 'order' ? other : first
    headings.forEach(one => one.removeAttribute('aria-sort'))
    heading.setAttribute('aria-sort', next)
    apply()
  }

  for (const heading of headings.filter(one => one.dataset.sort)) {
    const button = document.createElement('button')
    button.type = 'button'
    button.append(...heading.childNodes)
    button.addEventListener('click', () => turn(heading))
    heading.append(button)
  }
  table.classList.add('sortable')
  table.addEventListener('figures', apply)
}
