// Figures that follow the feed, by Server-Sent Events. An event is {"seq": 17, "set": {id: [text, value, state], ...}, "reload":
// [section, ...]}: the new texts of fields, and the sections that have got other rows and are fetched anew. One with "whole": true tells
// everything there is to a page of which the portal does not know what it has; a page that is no older has it all.
const AGAIN_MS = 2000
const LONGEST_MS = 60000
const SPREAD_MS = 2000 // all open pages want the same section: not in the same moment

const root = document.documentElement

function mark (element) {
  element.classList.remove('changed')
  requestAnimationFrame(() => element.classList.add('changed'))
}

// The field itself, and what repeats it or shows its size: bars of SVG and elements that carry its state.
function setField (id, [text, value, state]) {
  const field = document.getElementById(id)
  const others = document.querySelectorAll(`[data-of="${CSS.escape(id)}"]`)
  for (const element of [field, ...others]) {
    if (!element) continue
    if (element.localName === 'rect') {
      element.setAttribute('width', Math.min(Math.max(Math.round(value), 0), element.ownerSVGElement.viewBox.baseVal.width))
      continue
    }
    if (state) element.dataset.state = state
    if (element.children.length > 0) continue
    if (element === field && value === '') delete element.dataset.value
    else if (element === field) element.dataset.value = value
    if (element.textContent !== text) {
      element.textContent = text
      mark(element)
    }
  }
}

// Parts of a bar stand one behind the other.
function stack (bar) {
  let at = 0
  for (const part of bar.children) {
    part.setAttribute('x', at)
    at += part.width.baseVal.value
  }
}

export function follow (enhance) {
  if (!root.dataset.live) return
  const status = document.getElementById('live')
  const wanted = new Set()
  let timer = 0

  function say (connected) {
    status.textContent = connected ? status.dataset.on : status.dataset.off
    status.dataset.state = connected ? 'on' : 'off'
  }

  // Sections by way of the page itself, so that there is one way to make them.
  async function reload () {
    timer = 0
    const seq = Number(root.dataset.seq)
    const answer = await fetch(location.pathname, { headers: { accept: 'text/html' } }).catch(() => null)
    if (answer?.redirected) return location.reload() // signed out meanwhile
    if (!answer?.ok) return later()
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
    if (Number(page.documentElement.dataset.seq) < seq) return later()
    for (const id of [...wanted]) {
      wanted.delete(id)
      const [old, fresh] = [document.getElementById(id), page.getElementById(id)]
      if (!old || !fresh) continue
      old.replaceWith(document.adoptNode(fresh))
      enhance(fresh)
    }
  }
  const later = () => { timer ||= setTimeout(reload, Math.random() * SPREAD_MS) }

  function take (event) {
    const { seq, set, reload: sections, whole } = JSON.parse(event.data)
    const known = whole && Number(root.dataset.seq) >= seq
    root.dataset.seq = seq
    for (const [id, field] of Object.entries(set)) setField(id, field)
    document.querySelectorAll('.stack').forEach(stack)
    document.querySelectorAll('table, [data-chart]').forEach(one => one.dispatchEvent(new Event('figures')))
    for (const id of known ? [] : sections) if (document.getElementById(id)) wanted.add(id)
    if (wanted.size > 0) later()
    say(true)
  }

  // The page says up to which event it speaks. A connection that breaks comes back by itself, but not after an answer that is none
  // (a proxy's 502 while the portal starts anew): then it is asked for again, ever less often.
  let pause = AGAIN_MS
  function connect () {
    const source = new EventSource(`${root.dataset.live}&after=${root.dataset.seq}`)
    source.addEventListener('open', () => { pause = AGAIN_MS; say(true) })
    source.addEventListener('message', take)
    source.addEventListener('error', () => {
      say(false)
      if (source.readyState !== EventSource.CLOSED) return
      setTimeout(connect, pause * (0.5 + Math.random()))
      pause = Math.min(2 * pause, LONGEST_MS)
    })
  }
  connect()
}
