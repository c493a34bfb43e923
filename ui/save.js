// The browser's half of ui/save.py: a picture of the page becomes a file. The server is not asked.

const SCALE = 2 // pixels of the PNG for one unit of the picture
const MARGIN = 16 // units of paper around the picture
const INK = "#111"
const PAPER = "#fff"
const FONT = "'Source Sans 3', 'Source Sans Pro', Arial, 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', 'Noto Sans SC', sans-serif"

export default function ({ data, parentElement }) {
  const { stem, label } = JSON.parse(new TextDecoder().decode(data))
  const above = () => standalone(pictureAbove(parentElement.getRootNode().host ?? parentElement))
  parentElement.querySelector("span").textContent = label
  const [asSvg, asPng] = parentElement.querySelectorAll("button")
  for (const button of [asSvg, asPng]) button.setAttribute("aria-label", `${label} ${button.textContent}`)
  asSvg.onclick = () => hand(new Blob([above().text], { type: "image/svg+xml" }), `${stem}.svg`)
  asPng.onclick = async () => hand(await painted(above()), `${stem}.png`)
}

// The last picture before the buttons: it is here already, so nothing is sent twice.
function pictureAbove(buttons) {
  const pictures = [...document.querySelectorAll(".firstlight-picture > svg, .firstlight-drawing > svg")]
  return pictures.filter(svg => svg.compareDocumentPosition(buttons) & Node.DOCUMENT_POSITION_FOLLOWING).at(-1)
}

// On the page, colour and font come from around the picture, and its size is that of its column: a file has to say them itself.

function standalone(shown) {
  const svg = shown.cloneNode(true)
  const box = svg.getAttribute("viewBox").split(" ").map(Number)
  const [x, y, width, height] = [box[0] - MARGIN, box[1] - MARGIN, box[2] + 2 * MARGIN, box[3] + 2 * MARGIN]
  const paper = document.createElementNS(svg.namespaceURI, "rect")
  set(paper, { x, y, width, height, fill: PAPER })
  svg.prepend(paper)
  svg.removeAttribute("style")
  set(svg, { viewBox: [x, y, width, height].join(" "), width, height, color: INK, "font-family": FONT })
  return { text: new XMLSerializer().serializeToString(svg), width, height }
}

async function painted({ text, width, height }) {
  const image = new Image()
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`
  await image.decode()
  const canvas = Object.assign(document.createElement("canvas"), { width: Math.round(width * SCALE), height: Math.round(height * SCALE) })
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height)
  return new Promise(done => canvas.toBlob(done, "image/png"))
}

function hand(blob, name) {
  const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(blob), download: name })
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000) // once the browser has surely read it
}

function set(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value)
}
