// Pictures as the points of a scatter: small with a frame in their class's colour, and large under the mouse.

const [SMALL, LARGE, MARGIN] = [22, 120, 34]

export default function ({ data: bytes, parentElement, setTriggerValue }) {
  const text = new TextDecoder().decode(bytes)
  const root = parentElement.querySelector(".map")
  root.pick = index => setTriggerValue("picked", index)
  if (root.text === text) return
  root.text = text
  const data = JSON.parse(text)
  const chips = make("div", "chips")
  const plot = make("div", "plot")
  const canvas = plot.appendChild(make("canvas"))
  const tip = plot.appendChild(make("div", "tip"))
  tip.hidden = true
  canvas.setAttribute("role", "img")
  canvas.setAttribute("aria-label", data.alt)
  root.replaceChildren(chips, make("small", "", data.hint), plot)

  const state = { chosen: new Set(), near: -1 }
  data.names.forEach((name, c) => {
    const chip = chips.appendChild(make("button", "", name))
    chip.style.setProperty("--class", data.colours[c])
    chip.onclick = () => {
      chip.classList.toggle("chosen", !state.chosen.delete(c) && state.chosen.add(c))
      draw()
    }
  })
  const sprite = new Image()
  sprite.onload = () => draw()
  sprite.src = data.sprite

  const lows = [0, 1].map(i => Math.min(...data.at.map(p => p[i])))
  const highs = [0, 1].map(i => Math.max(...data.at.map(p => p[i])))
  const place = i => {
    const [x, y] = [0, 1].map(k => (data.at[i][k] - lows[k]) / (highs[k] - lows[k] || 1))
    const [wide, high] = [canvas.clientWidth, canvas.clientHeight]
    return [MARGIN + SMALL / 2 + x * (wide - MARGIN - SMALL - 4), high - MARGIN - SMALL / 2 - y * (high - MARGIN - SMALL - 4)]
  }
  const seen = i => !state.chosen.size || state.chosen.has(data.labels[i])

  function paint(pen, i, x, y, size) {
    const [sx, sy] = [(i % data.across) * data.side, Math.floor(i / data.across) * data.side]
    pen.imageSmoothingEnabled = size < data.side
    pen.drawImage(sprite, sx, sy, data.side, data.side, x - size / 2, y - size / 2, size, size)
    pen.strokeStyle = data.colours[data.labels[i]]
    pen.lineWidth = size > SMALL ? 5 : 2.5
    pen.strokeRect(x - size / 2, y - size / 2, size, size)
  }

  function draw() {
    const [wide, high, ratio] = [canvas.clientWidth, canvas.clientHeight, window.devicePixelRatio || 1]
    if (!wide) return
    Object.assign(canvas, { width: wide * ratio, height: high * ratio })
    const pen = canvas.getContext("2d")
    const style = getComputedStyle(root)
    pen.scale(ratio, ratio)
    pen.fillStyle = pen.strokeStyle = style.color
    pen.font = `18px ${style.fontFamily}`
    pen.textAlign = "center"
    pen.fillText(data.axes[0], (wide + MARGIN) / 2, high - 8)
    pen.save()
    pen.translate(20, (high - MARGIN) / 2)
    pen.rotate(-Math.PI / 2)
    pen.fillText(data.axes[1], 0, 0)
    pen.restore()
    pen.globalAlpha = 0.5
    pen.beginPath()
    pen.moveTo(MARGIN, 0)
    pen.lineTo(MARGIN, high - MARGIN)
    pen.lineTo(wide, high - MARGIN)
    pen.stroke()
    if (!sprite.complete) return
    const order = data.at.map((_, i) => i).sort((a, b) => seen(a) - seen(b))
    for (const i of order) {
      pen.globalAlpha = seen(i) ? 1 : 0.12
      paint(pen, i, ...place(i), SMALL)
    }
    pen.globalAlpha = 1
    if (state.near < 0) return
    const [x, y] = place(state.near)
    const inside = (v, most) => Math.max(LARGE / 2 + 4, Math.min(most - LARGE / 2 - 4, v))
    paint(pen, state.near, inside(x, wide), inside(y, high), LARGE)
  }

  const nearest = event => {
    const box = canvas.getBoundingClientRect()
    const [px, py] = [event.clientX - box.left, event.clientY - box.top]
    let [best, least] = [-1, 20]
    data.at.forEach((_, i) => {
      const [x, y] = place(i)
      const far = Math.hypot(x - px, y - py)
      if (seen(i) && far < least) [best, least] = [i, far]
    })
    return best
  }
  canvas.onpointermove = event => {
    const near = nearest(event)
    if (near === state.near) return
    state.near = near
    tip.hidden = near < 0
    if (near >= 0) tip.textContent = `${data.names[data.labels[near]]} · ${data.indices[near]}`
    draw()
  }
  canvas.onpointerleave = () => ((state.near = -1), (tip.hidden = true), draw())
  canvas.onclick = event => {
    const near = nearest(event)
    if (near >= 0) root.pick(data.indices[near])
  }
  root.resized?.disconnect()
  root.resized = new ResizeObserver(() => requestAnimationFrame(draw))
  root.resized.observe(canvas)
}

function make(tag, name = "", text = "") {
  const element = document.createElement(tag)
  element.className = name
  element.textContent = text
  return element
}
