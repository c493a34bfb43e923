// The browser's half of ui/lenet/pad.py: a square to draw on. Strokes are kept as points, so that undo is exact.

const SIZE = 28 // pixels a side for Python
const FINE = 10 // drawn so many times larger, then averaged
const PEN = [3.6, 3.3, 3, 2.7, 2.4] // the soft brush, from outside in, in pixels of the 28; centred, digits get as much ink as MNIST's
const BEYOND = 0.07 // a stroke is followed so far outside the square, as a share of its side
const APART = 4 // between two points of a stroke, in their bytes
const EVERY = 150 // ms between two messages while a stroke goes on
const FULL = 4000 // points; a digit has 100
const PICTURE = "picture:"

const pads = new WeakMap() // element -> pad; this module's function runs again at every message

export default function ({ data, parentElement, setStateValue }) {
  const { words, height, turn, layers } = JSON.parse(new TextDecoder().decode(data))
  const pad = pads.get(parentElement) ?? mount(parentElement)
  pad.tell = drawing => setStateValue("drawing", drawing)
  // Only another picture from the caller replaces the drawing: what comes back otherwise may be older than what is here.
  if (turn !== pad.turn) Object.assign(pad, { turn, layers: layers.map(unpacked), cleared: null, pointer: null })
  pad.canvas.setAttribute("aria-label", words.label)
  pad.hint.textContent = words.hint
  pad.undo.textContent = words.undo
  pad.clear.textContent = words.clear
  pad.root.style.setProperty("--side", `${height}px`)
  paint(pad) // also when only the theme has changed
  // Streamlit also calls this when a newer message overtakes a slow one, and then the pad must stay.
  return () => parentElement.isConnected || unmount(parentElement)
}

function mount(parentElement) {
  const root = make("div", "pad")
  const sheet = root.appendChild(make("div", "sheet"))
  const canvas = sheet.appendChild(make("canvas"))
  const hint = sheet.appendChild(make("div", "hint"))
  const buttons = root.appendChild(make("div", "buttons"))
  const [undo, clear] = [1, 2].map(() => buttons.appendChild(make("button")))
  undo.type = clear.type = "button"
  canvas.tabIndex = 0
  canvas.setAttribute("role", "img")
  hint.setAttribute("aria-hidden", "true")
  parentElement.querySelector(".pad")?.remove()
  parentElement.append(root)

  const [shown, ink] = [canvas, make("canvas")].map(own => {
    own.width = own.height = SIZE * FINE
    return own.getContext("2d", { willReadFrequently: true })
  })
  const pad = { root, canvas, hint, undo, clear, shown, ink, turn: null, layers: [], cleared: null, pointer: null, timer: null }
  pads.set(parentElement, pad)
  undo.onclick = () => goBack(pad)
  clear.onclick = () => empty(pad)
  root.onkeydown = event => {
    if (!(event.ctrlKey || event.metaKey) || event.shiftKey || event.key.toLowerCase() !== "z") return
    event.preventDefault()
    goBack(pad)
  }
  canvas.onpointerdown = event => begin(pad, event)
  canvas.onpointermove = event => event.pointerId === pad.pointer && follow(pad, event)
  canvas.onpointerup = canvas.onpointercancel = canvas.onlostpointercapture = event => event.pointerId === pad.pointer && end(pad, event)
  return pad
}

function unmount(parentElement) {
  const pad = pads.get(parentElement)
  if (!pad) return
  pads.delete(parentElement)
  clearTimeout(pad.timer)
  pad.root.remove() // its listeners go with it
}

function make(tag, className = "") {
  return Object.assign(document.createElement(tag), { className })
}

// One stroke, from the pointer's coming down to its leaving. A second finger or a right button draws nothing.

function begin(pad, event) {
  if (pad.pointer !== null || event.button !== 0) return
  pad.pointer = event.pointerId
  pad.canvas.setPointerCapture(event.pointerId)
  Object.assign(pad, { layers: [...pad.layers, { points: [] }], cleared: null })
  follow(pad, event)
}

function follow(pad, event, apart = APART) {
  const { points } = pad.layers.at(-1)
  const box = pad.canvas.getBoundingClientRect()
  const between = event.getCoalescedEvents?.() ?? [] // the places that a fast hand passed since the last event
  for (const { clientX, clientY } of between.length ? between : [event]) {
    const [x, y] = [toByte((clientX - box.x) / box.width), toByte((clientY - box.y) / box.height)]
    const moved = points.length ? Math.hypot(x - points.at(-2), y - points.at(-1)) : Infinity
    if (moved >= apart && count(pad) < FULL) points.push(x, y)
  }
  paint(pad)
  pad.timer ??= setTimeout(() => send(pad), EVERY)
}

function end(pad, event) {
  if (event.type === "pointerup") follow(pad, event, 1) // it ends where the pointer left
  pad.pointer = null
  send(pad)
}

function goBack(pad) {
  if (pad.pointer !== null) return
  if (pad.layers.length) pad.layers = pad.layers.slice(0, -1)
  else if (pad.cleared) Object.assign(pad, { layers: pad.cleared, cleared: null })
  else return
  paint(pad)
  send(pad)
}

function empty(pad) {
  if (pad.pointer !== null || !pad.layers.length) return
  Object.assign(pad, { cleared: pad.layers, layers: [] })
  paint(pad)
  send(pad)
}

// Places are bytes, over a square somewhat larger than the one that is seen: what leaves it, leaves it.

function toByte(share) {
  return Math.min(255, Math.max(0, Math.round(((share + BEYOND) / (1 + 2 * BEYOND)) * 255)))
}

function toPixel(byte) {
  return ((byte / 255) * (1 + 2 * BEYOND) - BEYOND) * SIZE * FINE
}

function count(pad) {
  return pad.layers.reduce((all, { points }) => all + (points?.length ?? 0) / 2, 0)
}

// Everything is drawn anew from its points: the same points give the same pixels.

function paint(pad) {
  const { ink, shown, canvas, layers } = pad
  ink.clearRect(0, 0, SIZE * FINE, SIZE * FINE)
  for (const { points, picture } of layers) picture ? paintPicture(ink, picture) : paintStroke(ink, points)
  shown.globalCompositeOperation = "copy"
  shown.drawImage(ink.canvas, 0, 0)
  shown.globalCompositeOperation = "source-in"
  shown.fillStyle = getComputedStyle(canvas).color // the theme's
  shown.fillRect(0, 0, SIZE * FINE, SIZE * FINE)
  pad.hint.hidden = layers.length > 0
  pad.undo.setAttribute("aria-disabled", !layers.length && !pad.cleared) // not disabled: that would lose the focus
  pad.clear.setAttribute("aria-disabled", !layers.length)
}

function paintStroke(ink, points) {
  const [xs, ys] = [0, 1].map(axis => points.filter((_, i) => i % 2 === axis).map(toPixel))
  const path = new Path2D()
  path.moveTo(xs[0], ys[0])
  for (let i = 1; i < xs.length - 1; i++) path.quadraticCurveTo(xs[i], ys[i], (xs[i] + xs[i + 1]) / 2, (ys[i] + ys[i + 1]) / 2)
  path.lineTo(xs.at(-1) + (xs.length === 1 ? 0.01 : 0), ys.at(-1)) // a tap is a dot
  ink.lineCap = ink.lineJoin = "round"
  PEN.forEach((width, i) => {
    ink.lineWidth = width * FINE
    ink.strokeStyle = `rgb(0 0 0 / ${1 / (PEN.length - i)})` // together a fifth, two fifths ... all of the ink
    ink.stroke(path)
  })
}

function paintPicture(ink, picture) {
  picture.forEach((value, i) => {
    ink.fillStyle = `rgb(0 0 0 / ${value / 255})`
    ink.fillRect((i % SIZE) * FINE, Math.floor(i / SIZE) * FINE, FINE, FINE)
  })
}

// To Python: each of the 784 pixels is the mean of FINE x FINE.

function send(pad) {
  clearTimeout(pad.timer)
  pad.timer = null
  const pixels = averaged(pad.ink)
  pad.tell({ turn: pad.turn, layers: pad.layers.map(packed), pixels: pixels.some(Boolean) ? toText(pixels) : "" })
}

function averaged(ink) {
  const side = SIZE * FINE
  const { data } = ink.getImageData(0, 0, side, side) // red, green, blue, alpha
  const sums = new Float64Array(SIZE * SIZE)
  for (let i = 0; i < side * side; i++) sums[Math.floor(i / side / FINE) * SIZE + Math.floor((i % side) / FINE)] += data[4 * i + 3]
  return Uint8Array.from(sums, sum => Math.round(sum / FINE / FINE))
}

function packed({ points, picture }) {
  return picture ? PICTURE + toText(picture) : toText(points)
}

function unpacked(text) {
  return text.startsWith(PICTURE) ? { picture: toBytes(text.slice(PICTURE.length)) } : { points: toBytes(text) }
}

function toText(bytes) {
  return btoa(String.fromCharCode(...bytes))
}

function toBytes(text) {
  return Array.from(atob(text), letter => letter.charCodeAt(0))
}
