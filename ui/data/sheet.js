// A grid of pictures: a click on one says its number; the picked one has a frame.

export default function ({ data, parentElement, setTriggerValue }) {
  const [picked, svg] = new TextDecoder().decode(data).split("\n")
  const place = parentElement.querySelector(".firstlight-sheet")
  if (place.shown !== svg) place.innerHTML = place.shown = svg
  frame(place, picked)
  place.onclick = event => {
    const tile = event.target.closest("[data-picture]")
    if (tile) setTriggerValue("picked", +tile.dataset.picture)
  }
}

// Above all tiles, so that no neighbour's border covers it.
function frame(place, picked) {
  place.querySelector(".frame")?.remove()
  const tile = place.querySelector(`[data-picture="${picked}"]`)
  if (!tile) return
  const frame = tile.cloneNode()
  frame.removeAttribute("data-picture")
  frame.setAttribute("class", "frame")
  frame.style.cssText = "pointer-events:none;stroke:#E08A00;stroke-width:7"
  tile.parentNode.append(frame)
}
