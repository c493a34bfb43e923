// Every map of the copies of a network, drawn from the numbers; what a pixel sees lights up in the layers before it.

const GAP = 1 // empty pixels between tiles

export default function ({ data: bytes, parentElement, setStateValue }) {
  const [text, told] = new TextDecoder().decode(bytes).split("\n") // the maps stay when another pixel is picked
  const root = parentElement.querySelector(".maps")
  if (root.drawn !== text) draw(root, JSON.parse(text))
  root.drawn = text
  root.pick = place => setStateValue("picked", place)
  explain(root, JSON.parse(told), channel => setStateValue("channel", channel))
  light(root, root.picked)
}

function draw(root, data) {
  const tip = make("div", "tip")
  tip.hidden = true
  root.replaceChildren(tip)
  root.data = data
  root.panel = make("div", "panel")
  root.sheets = data.layers.map((layer, l) => {
    const row = root.appendChild(make("div", "layer"))
    const head = row.appendChild(make("div", "head"))
    head.append(make("strong", "", layer.role), make("span", "", layer.about))
    const shared = layer.copies.every(({ range }) => String(range) === String(layer.copies[0].range))
    if (shared) head.append(legend(layer.copies[0].range, data.colours[layer.colours]))
    if (l === 1) row.append(names(data.names))
    const copies = row.appendChild(make("div", "copies"))
    return layer.copies.map((copy, c) => {
      const place = copies.appendChild(make("div", layer.copies.length === 1 ? "copy alone" : "copy"))
      const sheet = place.appendChild(make("div", "sheet"))
      paint(sheet, layer, copy, data.colours)
      if (layer.classes) place.append(classes(layer.classes))
      if (!shared) place.append(legend(copy.range, data.colours[layer.colours]))
      if (copy.about) place.append(make("small", "", copy.about))
      sheet.onpointermove = event => hover(root, tip, event, sheet, c, l)
      sheet.onpointerleave = () => ((tip.hidden = true), light(root, root.picked))
      sheet.onclick = event => {
        const at = under(event, sheet)
        if (at && l > 0) light(root, (root.picked = [c, l, ...at])), root.pick(root.picked)
      }
      return sheet
    })
  })
}

// How the picked number came to be stands right below its layer; a click on an input channel shows that one.
function explain(root, { picked, title, svg, about }, show) {
  root.picked = picked
  root.panel.remove()
  if (!picked) return
  const close = make("button", "", "✕")
  close.title = root.data.close
  close.onclick = () => root.pick(null)
  const drawing = make("div")
  drawing.innerHTML = svg
  for (const chip of drawing.querySelectorAll("[data-channel]")) chip.onclick = () => show([...picked, +chip.dataset.channel])
  root.panel.replaceChildren(close, make("strong", "", title), drawing, make("small", "", about))
  root.sheets[picked[1]][0].closest(".layer").after(root.panel)
}

function names(words) {
  const row = make("div", "names")
  row.append(...words.map(word => make("span", "", word)))
  return row
}

function classes(words) {
  const row = make("div", "classes")
  row.append(...words.map(word => make("span", "", word)))
  return row
}

function legend(range, stops) {
  const place = make("span", "scale")
  const canvas = document.createElement("canvas")
  canvas.width = 110
  canvas.height = 1
  const pixels = new ImageData(110, 1)
  const [low, high] = range
  for (let i = 0; i < 110; i++) pixels.data.set(colour(low + ((high - low) * i) / 109, range, stops), 4 * i)
  canvas.getContext("2d").putImageData(pixels, 0, 0)
  place.append(short(low), canvas, short(high))
  return place
}

// One canvas with a tile for each channel, row by row; a vector is cells side by side.
function paint(sheet, layer, copy, colours) {
  const [count, high, wide] = layer.shape
  const gap = high * wide === 1 ? 0 : GAP
  const columns = Math.min(layer.columns, count)
  const rows = Math.ceil(count / columns)
  const [width, height] = [columns * (wide + gap) - gap, rows * (high + gap) - gap]
  const values = halves(copy.values, copy.unit)
  const pixels = new ImageData(width, height)
  for (let i = 0; i < values.length; i++) {
    const [c, y, x] = [Math.floor(i / (high * wide)), Math.floor(i / wide) % high, i % wide]
    const at = (Math.floor(c / columns) * (high + gap) + y) * width + (c % columns) * (wide + gap) + x
    pixels.data.set(colour(values[i], copy.range, colours[layer.colours]), 4 * at)
  }
  const canvas = document.createElement("canvas")
  Object.assign(canvas, { width, height })
  sheet.style.width = `${(100 * columns) / layer.columns}%` // few tiles are no larger than many
  canvas.getContext("2d").putImageData(pixels, 0, 0)
  const over = document.createElementNS("http://www.w3.org/2000/svg", "svg")
  over.setAttribute("viewBox", `0 0 ${width} ${height}`)
  over.setAttribute("preserveAspectRatio", "none")
  Object.assign(sheet, { values, columns, gap, width, height, shape: layer.shape, over, silent: copy.silent, dead: copy.dead })
  sheet.setAttribute("role", "img")
  sheet.setAttribute("aria-label", `${layer.role} ${layer.about}. ${copy.about}`)
  sheet.append(canvas, over)
}

// Half-precision numbers, base64.
function halves(text, unit) {
  const raw = Uint8Array.from(atob(text), c => c.charCodeAt(0))
  const view = new DataView(raw.buffer)
  return Float32Array.from({ length: raw.length / 2 }, (_, i) => {
    const bits = view.getUint16(2 * i, true)
    const [sign, exponent, fraction] = [bits >> 15 ? -1 : 1, (bits >> 10) & 31, bits & 1023]
    if (exponent === 31) return fraction ? NaN : sign * Infinity
    return unit * sign * (exponent ? 2 ** (exponent - 15) * (1 + fraction / 1024) : 2 ** -14 * (fraction / 1024))
  })
}

function colour(value, [low, high], stops) {
  if (Number.isNaN(value)) return [128, 128, 128, 255]
  const place = Math.min(1, Math.max(0, (value - low) / (high - low || 1))) * (stops.length - 1)
  const i = Math.min(stops.length - 2, Math.floor(place))
  return [0, 1, 2].map(k => stops[i][k] + (place - i) * (stops[i + 1][k] - stops[i][k])).concat(255)
}

// [channel, row, column] under the pointer; null between tiles.
function under(event, { columns, gap, width, height, shape: [count, high, wide], firstChild }) {
  const box = firstChild.getBoundingClientRect()
  const x = Math.floor(((event.clientX - box.left) / box.width) * width)
  const y = Math.floor(((event.clientY - box.top) / box.height) * height)
  const channel = Math.floor(y / (high + gap)) * columns + Math.floor(x / (wide + gap))
  const [row, column] = [y % (high + gap), x % (wide + gap)]
  return channel < count && row >= 0 && row < high && column >= 0 && column < wide ? [channel, row, column] : null
}

function hover(root, tip, event, sheet, c, l) {
  const at = under(event, sheet)
  tip.hidden = !at
  light(root, at && l > 0 ? [c, l, ...at] : root.picked)
  if (!at) return
  const [channel, row, column] = at
  const [, high, wide] = sheet.shape
  const value = sheet.values[(channel * high + row) * wide + column]
  const words = high * wide === 1 ? root.data.hover.unit : root.data.hover.pixel
  tip.textContent = words.replace("{channel}", channel).replace("{row}", row).replace("{column}", column).replace("{value}", short(value))
  tip.style.left = `${Math.min(event.clientX + 14, innerWidth - tip.offsetWidth - 8)}px`
  tip.style.top = `${event.clientY + 14}px`
}

// Marks a pixel, and in every layer before it the window that it sees: all channels behind a convolution, the same behind a pooling.
function light(root, place) {
  for (const sheets of root.sheets) for (const sheet of sheets) frame(sheet)
  if (!place) return
  const [c, l, channel, row, column] = place
  if (!root.sheets[l]?.[c]) return
  let [top, left, bottom, right, channels] = [row, column, row, column, [channel]]
  mark(root.sheets[l][c], channels, top, left, bottom, right, true)
  for (let i = l; i > 0; i--) {
    const { back } = root.data.layers[i]
    const sheet = root.sheets[i - 1][Math.min(c, root.sheets[i - 1].length - 1)]
    const [count, high, wide] = sheet.shape
    if (back) {
      const [size, stride, padding, dilation] = back.window
      ;[top, bottom] = [top * stride[0] - padding[0], bottom * stride[0] - padding[0] + (size[0] - 1) * dilation[0]]
      ;[left, right] = [left * stride[1] - padding[1], right * stride[1] - padding[1] + (size[1] - 1) * dilation[1]]
      ;[top, left, bottom, right] = [Math.max(0, top), Math.max(0, left), Math.min(high - 1, bottom), Math.min(wide - 1, right)]
      if (!back.same) channels = [...Array(count).keys()]
    } else [top, left, bottom, right, channels] = [0, 0, high - 1, wide - 1, [...Array(count).keys()]]
    mark(sheet, channels, top, left, bottom, right, false)
  }
}

// Without a pixel: only the channels that are zero everywhere keep their frame, and the dead ones their cross.
function frame(sheet) {
  const [, high, wide] = sheet.shape
  const silent = (sheet.silent ?? []).map(c => box(sheet, c, 0, 0, high - 1, wide - 1, "silent"))
  sheet.over.innerHTML = [...silent, ...(sheet.dead ?? []).map(c => cross(sheet, c))].join("")
}

function mark(sheet, channels, top, left, bottom, right, itself) {
  const [, high, wide] = sheet.shape
  const whole = channels.length === sheet.shape[0] && top === 0 && left === 0 && bottom === high - 1 && right === wide - 1
  const boxes = whole
    ? `<rect x="0" y="0" width="${sheet.width}" height="${sheet.height}" ${STROKES.seen}/>`
    : channels.map(c => box(sheet, c, top, left, bottom, right, itself ? "picked" : "seen")).join("")
  sheet.over.innerHTML += boxes
}

const STROKES = {
  picked: 'fill="none" stroke="var(--st-primary-color)" stroke-width="4" vector-effect="non-scaling-stroke"',
  seen: 'fill="var(--st-primary-color)" fill-opacity="0.22" stroke="var(--st-primary-color)" stroke-width="2" vector-effect="non-scaling-stroke"',
  silent: 'fill="none" stroke="#D9542B" stroke-width="2" stroke-dasharray="4 3" vector-effect="non-scaling-stroke"',
  rim: 'fill="none" stroke="#000000" stroke-width="5" vector-effect="non-scaling-stroke"',
  dead: 'fill="none" stroke="#FFFFFF" stroke-width="2.5" vector-effect="non-scaling-stroke"',
}

function box({ columns, gap, shape: [, high, wide] }, c, top, left, bottom, right, kind) {
  const [x, y] = [(c % columns) * (wide + gap) + left, Math.floor(c / columns) * (high + gap) + top]
  return `<rect x="${x}" y="${y}" width="${right - left + 1}" height="${bottom - top + 1}" ${STROKES[kind]}/>`
}

// From corner to corner, white with a black rim: seen on every colour.
function cross({ columns, gap, shape: [, high, wide] }, c) {
  const [x, y] = [(c % columns) * (wide + gap), Math.floor(c / columns) * (high + gap)]
  const path = `<path class="dead" d="M${x} ${y}l${wide} ${high}m${-wide} 0l${wide} ${-high}"`
  return `${path} ${STROKES.rim}/>${path} ${STROKES.dead}/>`
}

function make(tag, name, words) {
  const element = document.createElement(tag)
  if (name) element.className = name
  if (words) element.textContent = words
  return element
}

function short(value) {
  const rounded = Number(value.toPrecision(3))
  return (Math.abs(rounded) < 1e6 ? rounded.toString() : rounded.toExponential()).replace("-", "−")
}
