// Every printed value as a square, and a table of them. What a text prints is put in as text, never as HTML.

export default function ({ data: bytes, parentElement, setTriggerValue }) {
  const text = new TextDecoder().decode(bytes)
  const root = parentElement.querySelector(".numbers")
  if (root.text === text) return
  const scrolled = root.querySelector(".table")?.scrollTop ?? 0
  const focused = root.getRootNode().activeElement?.dataset?.name
  root.text = text
  const data = JSON.parse(text)
  const pick = name => setTriggerValue("picked", name) // the same one again too, after a reset

  const legend = data.legend.map(([kind, count]) => make("span", {}, [square(data, kind), `${data.signs[kind][2]}: ${count}`]))
  const texts = data.texts.map(one => make("div", { className: "row" }, [
    make("span", { className: "text" }, [one.name]),
    make("div", { className: "squares" }, one.kinds.map((kind, i) => {
      const row = one.rows?.[i]
      const tile = square(data, kind, row ? "button" : "span")
      if (!row) return tile
      const [name, section, place, printed, now] = row
      tile.title = `${section}: ${place}\n${printed}${now && now !== printed ? `\n${now}` : ""}\n${data.signs[kind][2]}`
      tile.ariaLabel = tile.title
      tile.dataset.name = name
      tile.tabIndex = -1
      tile.onclick = () => pick(name)
      if (name === data.picked) tile.classList.add("picked")
      return tile
    })),
  ]))
  const squares = () => [make("div", { className: "legend" }, legend), make("div", { role: "group", ariaLabel: data.alt }, texts)]
  root.replaceChildren(...(data.head ? [table(data, pick)] : squares()))
  if (data.head) root.querySelector(".table").scrollTop = scrolled
  else steer([...root.querySelectorAll("button.square")], focused)
  if (focused) [...root.querySelectorAll("[data-name]")].find(one => one.dataset.name === focused)?.focus({ preventScroll: true })
}

// One stop of the Tab key for all squares; the arrow keys go from one to the next, Home and End to the first and the last.
function steer(tiles, focused) {
  const home = tiles.find(tile => tile.dataset.name === focused) ?? tiles.find(tile => tile.classList.contains("picked")) ?? tiles[0]
  if (home) home.tabIndex = 0
  tiles.forEach((tile, i) => {
    tile.onfocus = () => { tiles.forEach(other => { other.tabIndex = other === tile ? 0 : -1 }) }
    tile.onkeydown = event => {
      const to = { ArrowRight: i + 1, ArrowDown: i + 1, ArrowLeft: i - 1, ArrowUp: i - 1, Home: 0, End: tiles.length - 1 }[event.key]
      if (!tiles[to]) return
      event.preventDefault()
      tiles[to].focus()
    }
  })
}

function table(data, pick) {
  const head = make("tr", {}, data.head.map(words => make("th", { scope: "col" }, [words])))
  const rows = data.texts.flatMap(one => one.rows.map(([name, section, place, printed, now, why], i) => {
    const words = data.signs[one.kinds[i]][2]
    const button = make("button", { className: "place", onclick: event => { event.stopPropagation(); pick(name) } }, [place])
    button.dataset.name = name
    const about = make("td", {}, [make("div", { className: "about" }, [square(data, one.kinds[i]),
      make("div", {}, [button, make("small", {}, [`${one.name} · ${section} · ${words}`])])])])
    return make("tr", { className: name === data.picked ? "picked" : "", onclick: () => pick(name) },
      [about, make("td", { className: "value" }, [printed]), make("td", { className: "value" }, [now]), make("td", { className: "why" }, [why])])
  }))
  return make("div", { className: "table" }, [make("table", {}, [make("thead", {}, [head]), make("tbody", {}, rows)])])
}

function square(data, kind, tag = "span") {
  const [sign, colour] = data.signs[kind]
  const tile = make(tag, { className: `square ${kind}` }, [sign])
  if (colour) tile.style.background = colour
  return tile
}

function make(tag, properties, children = []) {
  const element = Object.assign(document.createElement(tag), properties)
  element.append(...children)
  return element
}
