// The browser's half of ui/live_chart.py: keeps one Plotly chart per element and adds what comes.

const charts = new WeakMap() // element -> chart; this module's function runs again at every message

export default function (component) {
  const { data, parentElement } = component
  const chart = charts.get(parentElement) ?? mount(parentElement)
  if (!receive(chart, data)) ask(chart, component)
  if (chart.Plotly) draw(chart)
  else if (data.plotly) load(chart, data)
  // Streamlit also calls this when a newer message overtakes a slow one, and then the chart must stay.
  return () => parentElement.isConnected || unmount(parentElement)
}

function mount(parentElement) {
  parentElement.querySelector(":scope > .live-chart")?.remove() // left by an older version of this code
  parentElement.querySelector(":scope > .live-chart-head")?.remove()
  const head = document.createElement("div")
  head.className = "live-chart-head"
  const [said, bar, numbers] = [1, 2, 3].map(() => head.appendChild(document.createElement("div")))
  said.style.cssText = "font-size:0.9rem"
  bar.style.cssText = "height:0.5rem;border-radius:0.25rem;margin:0.2rem 0 0.4rem;background:var(--st-secondary-background-color)"
  bar.append(document.createElement("div"))
  bar.firstChild.style.cssText = "height:100%;border-radius:inherit;background:var(--st-primary-color);transition:width 0.4s linear"
  bar.setAttribute("role", "progressbar")
  bar.hidden = true
  numbers.className = "live-chart-numbers"
  numbers.style.cssText = "display:flex;flex-wrap:wrap;gap:0 2rem;align-items:baseline"
  const root = document.createElement("div")
  root.className = "live-chart"
  root.style.width = "100%"
  root.dataset.points = 0
  const plot = document.createElement("div")
  plot.style.height = "100%"
  root.append(plot)
  parentElement.append(head, root)

  const chart = {
    root, plot, head, said, bar, numbers, run: null, figure: null, x: [], y: [], zoom: {}, look: "", asked: -Infinity, held: false,
    gone: new AbortController(),
  }
  charts.set(parentElement, chart)
  // New points move the axes, also under a zoom that is being dragged: they wait until the pointer is let go.
  root.onpointerdown = () => (chart.held = true)
  const letGo = () => {
    if (!chart.held) return
    chart.held = false
    setTimeout(() => draw(chart)) // Plotly zooms first
  }
  for (const end of ["pointerup", "pointercancel", "blur"]) window.addEventListener(end, letGo, { signal: chart.gone.signal })
  chart.resized = new ResizeObserver(() =>
    requestAnimationFrame(() => {
      if (chart.look && root.isConnected && root.clientWidth) chart.Plotly.Plots.resize(plot)
    }),
  )
  chart.resized.observe(root)
  return chart
}

function unmount(parentElement) {
  const chart = charts.get(parentElement)
  if (!chart) return
  charts.delete(parentElement)
  chart.gone.abort()
  chart.resized.disconnect()
  chart.Plotly?.purge(chart.plot)
  chart.root.remove()
  chart.head.remove()
}

// Takes in the new points; false if some are missing in between.
function receive(chart, { run, figure, from, x, y, height, alt, failed, labels, numbers, progress }) {
  x = x.map(unpacked)
  y = y.map(unpacked)
  if (figure) {
    const whole = from.every(start => start === 0)
    if (whole || run !== chart.run || figure.data.length !== chart.x.length) {
      chart.x = figure.data.map(() => [])
      chart.y = figure.data.map(() => [])
    }
    if (run !== chart.run) chart.zoom = rememberedZoom(run)
    Object.assign(chart, { run, figure, failed, asked: -Infinity })
    write(chart.numbers, labels)
    chart.root.style.height = `${height}px`
    const title = figure.layout?.title?.text ?? figure.layout?.title ?? ""
    chart.root.setAttribute("aria-label", alt ?? String(title).replace(/<[^>]*>/g, " "))
  }
  if (run !== chart.run) return false
  numbers?.forEach((value, i) => (chart.numbers.children[i].lastChild.textContent = value))
  showProgress(chart, progress)
  const complete = from.reduce((complete, start, i) => {
    if (chart.figure.data[i]?.meta?.last) return complete // computed below
    const had = chart.x[i]?.length ?? -1
    if (start > had) return false
    for (let j = had - start; j < x[i].length; j++) {
      chart.x[i].push(x[i][j])
      chart.y[i].push(y[i][j])
    }
    return complete
  }, true)
  chart.figure.data.forEach(({ meta }, i) => meta?.last && average(chart, i, meta.mean_of, meta.last))
  return complete
}

// What packed() in the Python half made shorter.
function unpacked(values) {
  if (Array.isArray(values)) return values
  if (values.of) return values.of.map(whole => whole / 10 ** values.digits)
  const all = [values.first]
  for (let i = 0; i < values.runs.length; i += 2)
    for (let n = 0; n < values.runs[i + 1]; n++) all.push(all.at(-1) + values.runs[i])
  return all
}

// Trace i goes on with the mean of the last n points of another trace; of fewer where it begins.
function average(chart, i, of, n) {
  const [xs, ys] = [chart.x[of], chart.y[of]]
  for (let end = chart.x[i].length + 1; end <= xs.length; end++) {
    const last = ys.slice(Math.max(0, end - n), end).filter(y => y !== null)
    chart.x[i].push(xs[end - 1])
    chart.y[i].push(last.length ? last.reduce((sum, y) => sum + y, 0) / last.length : null)
  }
}

// The figures above the chart: label small, value large.
function write(numbers, labels) {
  const old = [...numbers.children].map(number => number.lastChild.textContent)
  numbers.replaceChildren(
    ...labels.map((label, i) => {
      const number = document.createElement("div")
      const [name, value] = [document.createElement("span"), document.createElement("strong")]
      name.textContent = `${label} `
      value.textContent = old[i] ?? ""
      value.style.cssText = "font-size:1.4rem;font-weight:600;font-variant-numeric:tabular-nums"
      number.append(name, value)
      return number
    }),
  )
}

function showProgress({ said, bar }, progress) {
  bar.hidden = said.hidden = !progress
  if (!progress) return
  const [share, words] = progress
  said.textContent = words
  bar.setAttribute("aria-label", words)
  bar.setAttribute("aria-valuenow", Math.round(share * 100))
  bar.firstChild.style.width = `${share * 100}%`
}

function ask(chart, { setTriggerValue }) {
  if (performance.now() - chart.asked < 3000) return // the answer is under way
  chart.asked = performance.now()
  setTriggerValue("missing", chart.figure && { run: chart.run, have: chart.x.map((xs, i) => (chart.figure.data[i].meta?.last ? 0 : xs.length)) })
}

function load(chart, { plotly }) {
  window.liveChartPlotly ??= loadPlotly(new URL(plotly, appAddress()))
  window.liveChartPlotly
    .then(Plotly => {
      if (chart.Plotly) return // an earlier message waited too, and has drawn
      chart.plot.textContent = ""
      chart.root.setAttribute("role", "img")
      chart.Plotly = Plotly
      draw(chart)
    })
    .catch(error => {
      window.liveChartPlotly = undefined // the next full run tries again
      console.warn(`live chart: ${error.message}`)
      chart.plot.textContent = chart.failed
      chart.root.setAttribute("role", "alert") // an image's text is not read aloud
    })
}

// The address that Streamlit's own script came from is right behind any base path or proxy.
function appAddress() {
  const scripts = performance.getEntriesByType("resource").map(entry => entry.name)
  const own = scripts.find(name => /\/static\/js\/index\.[^/]*$/.test(name)) ?? document.querySelector("script[src*='static/js/']")?.src
  return own ? new URL("../../", own) : document.baseURI
}

// Streamlit sends the file without an age, so a <script src> would fetch its 1.5 MB again at every reload.
async function loadPlotly(url) {
  let answer = await fetch(url, { cache: "force-cache" })
  if (!answer.ok) answer = await fetch(url, { cache: "reload" })
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}`)
  const script = document.createElement("script")
  script.src = URL.createObjectURL(await answer.blob())
  await new Promise((resolve, reject) => {
    script.onload = resolve
    script.onerror = () => reject(new Error(`${url} did not run`))
    document.head.append(script)
  })
  return window.Plotly
}

// Brings the chart on screen up to what was received.
function draw(chart) {
  const { Plotly, plot, figure, x, y, run } = chart
  if (!Plotly || !figure || chart.held || !chart.root.isConnected) return
  const theme = readTheme(chart.root)
  const look = JSON.stringify([run, figure, theme])
  const shrunk = look === chart.look && x.some((xs, i) => xs.length < plot.data[i].x.length)
  if (look !== chart.look || shrunk) {
    const traces = structuredClone(figure.data).map((trace, i) => ({ ...trace, x: [...x[i]], y: [...y[i]] }))
    const first = !chart.look
    Plotly.react(plot, traces, themed(figure.layout, theme, run, first ? {} : chart.zoom), { ...CONFIG, ...figure.config })
    if (first) watchZoom(chart)
    chart.look = look
  } else {
    const grown = x.map((_, i) => i).filter(i => x[i].length > plot.data[i].x.length)
    const added = values => grown.map(i => values[i].slice(plot.data[i].x.length))
    if (grown.length) Plotly.extendTraces(plot, { x: added(x), y: added(y) }, grown)
  }
  chart.root.dataset.points = plot.data.reduce((total, trace) => total + trace.x.length, 0)
}

// Plotly keeps a zoom for as long as its chart lives. A reload ends the chart, so the tab remembers it too, for its run.
// The first drawing is whole: what Plotly draws first is what its "reset axes" goes back to.
function watchZoom(chart) {
  const { Plotly, plot } = chart
  plot.on("plotly_relayout", () => {
    const given = chart.figure.layout ?? {}
    const zoomed = axesOf(plot.layout).filter(name => {
      const { autorange, range, uirevision } = plot.layout[name] ?? {}
      return range && !autorange && !uirevision && JSON.stringify(range) !== JSON.stringify(given[name]?.range)
    })
    chart.zoom = Object.fromEntries(zoomed.map(name => [name, { range: [...plot.layout[name].range], autorange: false }]))
    remember(chart.run, chart.zoom)
  })
  const ranges = Object.entries(chart.zoom).filter(([name]) => plot._fullLayout[name])
  if (ranges.length) Plotly.relayout(plot, Object.fromEntries(ranges.map(([name, { range }]) => [`${name}.range`, [...range]])))
}

const ZOOM = "live chart zoom "

function remember(run, zoom) {
  try {
    if (Object.keys(zoom).length) sessionStorage.setItem(ZOOM + run, JSON.stringify(zoom))
    else sessionStorage.removeItem(ZOOM + run)
  } catch {
    // no storage in this browser: the zoom then ends with the chart
  }
}

function rememberedZoom(run) {
  try {
    return JSON.parse(sessionStorage.getItem(ZOOM + run)) ?? {}
  } catch {
    return {}
  }
}

function axesOf(layout = {}) {
  return ["xaxis", "yaxis", ...Object.keys(layout).filter(name => /^[xy]axis\d+$/.test(name))]
}

const CONFIG = {
  displaylogo: false,
  responsive: true,
  showTips: false, // English, and over the buttons
  modeBarButtons: [["zoom2d", "pan2d"], ["resetScale2d"], ["toImage"]],
}

function readTheme(root) {
  const style = getComputedStyle(root)
  const read = name => style.getPropertyValue(`--st-${name}`).trim()
  return {
    text: read("text-color"),
    page: read("background-color"),
    panel: read("secondary-background-color"),
    border: read("border-color"),
    accent: read("primary-color"),
    colors: read("chart-categorical-colors").split(","),
    font: read("font"),
    size: Math.max(16, parseFloat(read("base-font-size")) || 16),
  }
}

// The theme gives what the figure leaves open. The revision ties the learner's zoom to the run, not to the texts.
// The background is the page's: Plotly takes a clear one for white when it picks colours for hovering, in dark too,
// and a picture saved from a dark page would be light text on nothing.
function themed(layout = {}, theme, run, zoom) {
  const clear = "rgba(0,0,0,0)"
  const font = { family: theme.font, size: theme.size, color: theme.text }
  const axis = {
    color: theme.text, linecolor: theme.text, tickcolor: theme.text, gridcolor: theme.border,
    showline: true, showgrid: true, zeroline: false, ticks: "outside", automargin: true,
  }
  const ours = {
    font,
    hovermode: "x unified",
    paper_bgcolor: theme.page,
    plot_bgcolor: theme.page,
    colorway: theme.colors,
    margin: { l: 16, r: 16, t: 56, b: 16 },
    ...Object.fromEntries(Object.keys(layout).filter(name => /^legend\d*$/.test(name)).map(name => [name, { bgcolor: clear }])),
    hoverlabel: { bgcolor: theme.panel, bordercolor: theme.border, font },
    modebar: { bgcolor: clear, color: theme.text, activecolor: theme.accent },
    ...Object.fromEntries(axesOf(layout).map(name => [name, axis])),
  }
  const result = merge(ours, layout)
  result.font.size = Math.max(16, result.font.size)
  result.annotations = result.annotations?.map(note => ({ bgcolor: theme.page, borderpad: 1, ...note })) // readable over points
  for (const name of axesOf(layout)) {
    // An axis with a revision of its own, because it shows now this and now that, forgets its zoom when that changes.
    if (result[name].uirevision) result[name].uirevision = `${run} ${result[name].uirevision}`
    else if (zoom[name]) result[name] = { ...result[name], ...zoom[name] }
  }
  return { ...result, autosize: true, uirevision: run }
}

function merge(base, extra) {
  if (!isObject(base) || !isObject(extra)) return structuredClone(extra === undefined ? base : extra)
  const names = new Set([...Object.keys(base), ...Object.keys(extra)])
  return Object.fromEntries([...names].map(name => [name, merge(base[name], extra[name])]))
}

function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}
