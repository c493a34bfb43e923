// One picture, and the numbers of the pixels under the mouse, a window for each channel.

const SVG = "http://www.w3.org/2000/svg"

export default function ({ data: bytes, parentElement }) {
  const text = new TextDecoder().decode(bytes)
  const root = parentElement.querySelector(".magnifier")
  if (root.text === text) return
  root.text = text
  const told = JSON.parse(text)
  const [channels, high, wide] = told.shape
  const values = Uint8Array.from(atob(told.values), c => c.charCodeAt(0))
  const value = (c, y, x) => values[(c * high + y) * wide + x]
  const side = Math.min(channels === 1 ? 8 : 6, high, wide)

  const whole = drawing(wide, high, told.alt)
  const canvas = document.createElement("canvas")
  Object.assign(canvas, { width: wide, height: high })
  const pixels = new ImageData(wide, high)
  for (let i = 0; i < high * wide; i++)
    for (let c = 0; c < 4; c++) pixels.data[4 * i + c] = c === 3 ? 255 : values[(channels === 1 ? 0 : c) * high * wide + i]
  canvas.getContext("2d").putImageData(pixels, 0, 0)
  whole.append(shape("image", { href: canvas.toDataURL(), width: wide, height: high, style: "image-rendering:pixelated" }))
  const frame = shape("rect", { fill: "none", stroke: "#E08A00", "stroke-width": wide / 90, width: side, height: side })
  whole.append(frame)

  const windows = told.names.map(() => drawing(side, side, ""))
  const cells = windows.map((window, c) =>
    Array.from({ length: side * side }, (_, i) => {
      const [y, x] = [Math.floor(i / side), i % side]
      const square = window.appendChild(shape("rect", { x, y, width: 1, height: 1, stroke: "var(--st-background-color)", "stroke-width": 0.04 }))
      const number = window.appendChild(shape("text", { x: x + 0.5, y: y + 0.64, "font-size": 0.4, "text-anchor": "middle" }))
      return { square, number }
    }),
  )
  const said = document.createElement("div")
  said.className = "said"

  function look(y, x) {
    const top = Math.max(0, Math.min(high - side, y - Math.floor(side / 2)))
    const left = Math.max(0, Math.min(wide - side, x - Math.floor(side / 2)))
    frame.setAttribute("x", left)
    frame.setAttribute("y", top)
    cells.forEach((window, c) =>
      window.forEach(({ square, number }, i) => {
        const [row, column] = [top + Math.floor(i / side), left + (i % side)]
        const v = value(c, row, column)
        square.setAttribute("fill", tint(v, channels === 1 ? -1 : c))
        number.setAttribute("fill", v > 140 && (channels === 1 || c === 1) ? "#000" : "#fff") // red and blue stay dark
        number.setAttribute("font-weight", row === y && column === x ? 800 : 400)
        number.textContent = v
      }),
    )
    const numbers = told.names.map((name, c) => (channels === 1 ? value(c, y, x) : `${name} ${value(c, y, x)}`))
    said.textContent = told.at.replace("ROW", y).replace("COLUMN", x).replace("VALUE", numbers.join(", "))
  }

  whole.onpointermove = whole.onpointerdown = event => {
    const box = whole.getBoundingClientRect()
    const [y, x] = [(event.clientY - box.top) / box.height, (event.clientX - box.left) / box.width]
    look(Math.min(high - 1, Math.max(0, Math.floor(y * high))), Math.min(wide - 1, Math.max(0, Math.floor(x * wide))))
  }
  const panels = [panel(told.alt, whole), ...windows.map((window, c) => panel(told.names[c], window))]
  const row = document.createElement("div")
  row.className = `panels of${panels.length}`
  row.append(...panels)
  const hint = document.createElement("small")
  hint.textContent = side < high ? told.hint : ""
  root.replaceChildren(row, said, hint)
  look(Math.floor(high / 2), Math.floor(wide / 2))
}

function panel(title, content) {
  const place = document.createElement("div")
  const name = document.createElement("strong")
  name.textContent = title
  place.append(name, content)
  return place
}

function drawing(wide, high, alt) {
  return shape("svg", { viewBox: `0 0 ${wide} ${high}`, role: alt ? "img" : "presentation", "aria-label": alt })
}

function shape(tag, attributes) {
  const made = document.createElementNS(SVG, tag)
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value)
  return made
}

// Grey, or the light of one channel alone.
function tint(v, channel) {
  return channel < 0 ? `rgb(${v},${v},${v})` : `rgb(${[0, 1, 2].map(c => (c === channel ? v : 0)).join(",")})`
}
