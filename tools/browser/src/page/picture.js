// What is drawn over a page for a picture of it: numbers that match the table, and bars over what
// has been filled in from a secret. It is taken away again at once.

let frame = null;

const TAG = "position:absolute;box-sizing:border-box;pointer-events:none;";
const COLOURS = ["#c2185b", "#1565c0", "#2e7d32", "#e65100", "#6a1b9a", "#00838f"];

// Where an element lies in the page, in its pixels; null if nothing of it is to be seen.
function areaOf(element) {
  const shown = standIn(element);
  if (!isVisible(shown)) return null;
  const box = shown.getBoundingClientRect(), offset = offsetOf(windowOf(element));
  return { x: box.left + offset.x + scrollX, y: box.top + offset.y + scrollY, width: box.width, height: box.height };
}

function drawn(area, style, text) {
  const box = document.createElement("div");
  box.style.cssText = `${TAG}left:${area.x}px;top:${area.y}px;width:${area.width}px;height:${area.height}px;${style}`;
  if (text !== undefined) {
    const tag = document.createElement("span");
    tag.textContent = text;
    const above = area.y >= scrollY + 15 ? "top:-15px" : "top:0";
    tag.style.cssText = `${TAG}left:-2px;${above};padding:0 3px;font:bold 11px/15px sans-serif;color:#fff;background:${box.style.borderColor}`;
    box.append(tag);
  }
  return box;
}

// `marks` are the numbers to draw, of which only those in view are; `of` is the element whose area
// is wanted, else it is the whole page's.
function frame_picture({ marks, of }) {
  unframe_picture();
  const root = document.documentElement;
  let area = { x: 0, y: 0, width: root.scrollWidth, height: root.scrollHeight };
  if (of) {
    const { element, stale } = verify(of);
    if (stale) return { stale };
    standIn(element).scrollIntoView({ block: "nearest", inline: "nearest", behavior: "instant" });
    area = areaOf(element);
    if (!area) return { stale: "it is not visible now" };
  }
  const host = document.createElement("div");
  host.style.cssText = "all:initial;position:absolute;left:0;top:0;width:0;height:0;z-index:2147483647;pointer-events:none";
  const inside = host.attachShadow({ mode: "closed" });
  const numbers = [];
  for (const reference of marks) {
    const element = nodes.get(reference)?.deref();
    const place = element?.isConnected && windowOf(element) ? areaOf(element) : null;
    if (!place || !inView(place)) continue;
    inside.append(drawn(place, `border:2px solid ${COLOURS[reference % COLOURS.length]}`, reference));
    numbers.push(reference);
  }
  for (const root of roots()) {
    for (const field of root.querySelectorAll("input, textarea")) {
      const place = isSecret(field) && field.value ? areaOf(field) : null;
      if (place) inside.append(drawn(place, "background:#444"));
    }
  }
  if (inside.childNodes.length) {
    root.append(host);
    frame = host;
  }
  const view = { x: scrollX, y: scrollY, width: innerWidth, height: innerHeight };
  return { area, view, density: devicePixelRatio, drawn: numbers };
}

function inView({ x, y, width, height }) {
  return x < scrollX + innerWidth && y < scrollY + innerHeight && x + width > scrollX && y + height > scrollY;
}

function unframe_picture() {
  frame?.remove();
  frame = null;
  return place();
}

// What goes with a picture for somebody who watches: where the rows of the table stand in the window, and
// whether a secret could be read in it.
function watched() {
  const areas = {};
  for (const [reference, kept] of nodes) {
    const element = kept.deref();
    const place = element?.isConnected && windowOf(element) ? areaOf(element) : null;
    if (!place || !inView(place)) continue;
    areas[reference] = [place.x - scrollX, place.y - scrollY, place.width, place.height].map(Math.round);
  }
  const open = [...roots()].some(root => [...root.querySelectorAll("input, textarea")].some(
    field => isSecret(field) && field.type !== "password" && field.value));
  return { width: innerWidth, height: innerHeight, areas, open };
}
