// Rows of a table by lead unit, status and words. What is asked for stands in the address, so that it can be passed on.

// "Giáo dục" is found by "giao duc".
const plain = text => text.normalize('NFD').replace(/\p{M}/gu, '').replace(/đ/g, 'd').replace(/Đ/g, 'D').toLowerCase()

export function filter (form) {
  const section = form.closest('section')
  const table = section.querySelector('table')
  const rows = [...table.querySelectorAll('tbody tr:not(.group)')]
  const groups = [...table.tBodies].map(body => [body.querySelector('tr.group'), [...body.rows].slice(1)])
  const output = form.querySelector('output')
  const { unit, status, text } = form.elements
  const words = new Map(rows.map(row => [row, plain(row.textContent)]))

  function matches (row) {
    return (!unit.value || row.dataset.units.split(' ').includes(unit.value)) &&
      (!status.value || row.querySelector('.chip').dataset.state === status.value) &&
      plain(text.value).split(/\s+/).every(word => words.get(row).includes(word))
  }

  function apply () {
    let shown = 0
    for (const row of rows) {
      row.hidden = !matches(row)
      shown += !row.hidden
    }
    for (const [group, members] of groups) if (group) group.hidden = members.every(row => row.hidden)
    output.value = `${shown} ${output.dataset.word} ${rows.length}`
    form.querySelector('[type=reset]').hidden = shown === rows.length
  }

  function remember () {
    const address = new URL(location.href)
    for (const control of [unit, status, text]) {
      if (control.value) address.searchParams.set(control.name, control.value)
      else address.searchParams.delete(control.name)
    }
    history.replaceState(null, '', address)
  }

  form.addEventListener('input', () => { apply(); remember() })
  form.addEventListener('submit', event => event.preventDefault())
  form.addEventListener('reset', event => {
    event.preventDefault()
    unit.value = status.value = text.value = ''
    apply()
    remember()
  })
  table.addEventListener('figures', apply)
  // Units that lead a task, by name.
  const leads = new Set(rows.flatMap(row => row.dataset.units.split(' ')))
  const [all, ...others] = unit.options
  const collator = new Intl.Collator('vi')
  unit.replaceChildren(all, ...others.filter(one => leads.has(one.value)).sort((a, b) => collator.compare(a.text, b.text)))

  const asked = new URL(location.href).searchParams
  for (const select of [unit, status]) {
    select.value = asked.get(select.name) ?? ''
    if (select.selectedIndex < 0) select.value = ''
  }
  text.value = asked.get(text.name) ?? ''
  form.hidden = false
  apply()
}
