// The table of runs with a box for each: which ones are drawn. What a learner typed is put in as text, never as HTML.

export default function ({ data: bytes, parentElement, setStateValue }) {
  const text = new TextDecoder().decode(bytes)
  const root = parentElement.querySelector(".picker")
  if (root.text === text) return
  const focused = root.getRootNode().activeElement?.value
  root.text = text
  const data = JSON.parse(text)
  const chosen = data.rows.filter(row => row.colour).map(row => row.id)

  const head = make("tr", {}, data.head.map(cell => make("th", { title: cell.title ?? "", className: classes(cell), scope: "col" }, [cell.text])))
  const rows = data.rows.map(row => {
    const box = make("input", { type: "checkbox", value: row.id, checked: !!row.colour })
    box.disabled = !row.colour && chosen.length >= data.most
    box.onchange = () => {
      const ticked = [...root.querySelectorAll("input:checked")].map(input => input.value)
      setStateValue("wanted", [...chosen.filter(id => ticked.includes(id)), ...ticked.filter(id => !chosen.includes(id))])
    }
    const name = make("span", { className: "name" }, [row.name])
    const about = [row.note, row.id === row.name ? "" : row.id, clock(row.created, data.lang)].filter(Boolean).join(" · ")
    const when = make("small", {}, [about])
    const label = make("label", {}, [box, swatch(row), make("span", {}, [name, when])])
    const cells = row.cells.map(cell => {
      const below = cell.below ? [make("small", {}, [cell.below])] : []
      return make("td", { className: classes(cell) }, [cell.text, ...below])
    })
    return make("tr", { className: row.colour ? "chosen" : "" }, [make("td", {}, [label]), ...cells])
  })
  root.replaceChildren(make("table", {}, [make("thead", {}, [head]), make("tbody", {}, rows)]))
  if (focused) root.querySelector(`input[value="${CSS.escape(focused)}"]`)?.focus()
}

function make(tag, properties, children = []) {
  const element = Object.assign(document.createElement(tag), properties)
  element.append(...children)
  return element
}

const classes = cell => [cell.marked && "marked", cell.number && "number"].filter(Boolean).join(" ")

function swatch({ colour, dash }) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg")
  svg.setAttribute("viewBox", "0 0 34 12")
  svg.setAttribute("aria-hidden", "true")
  if (colour) svg.innerHTML = `<path d="M1 6H33" stroke="${colour}" stroke-width="5" ${dash ? 'stroke-dasharray="9 5"' : ""}/>`
  return svg
}

function clock(seconds, lang) {
  const then = new Date(seconds * 1000)
  const today = then.toDateString() === new Date().toDateString()
  const style = { hour: "2-digit", minute: "2-digit", ...(today ? {} : { month: "short", day: "numeric" }) }
  return then.toLocaleString(lang === "zh" ? "zh-CN" : "en-GB", style)
}
