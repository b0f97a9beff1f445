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

// What goes with a picture for somebody who watches: where the rows of the table stand in the window, whether
// a field shows a secret, and where the element `about` stands in the page if it is not in the window.
function watched(about) {
  const areas = {};
  for (const [reference, kept] of nodes) {
    const element = kept.deref();
    const place = element?.isConnected && windowOf(element) ? areaOf(element) : null;
    if (!place || !inView(place)) continue;
    areas[reference] = [place.x - scrollX, place.y - scrollY, place.width, place.height].map(Math.round);
  }
  const open = [...roots()].some(root => [...root.querySelectorAll("input, textarea")].some(
    field => isSecret(field) && field.type !== "password" && field.value));
  const view = { x: scrollX, y: scrollY, width: innerWidth, height: innerHeight };
  return { view, areas, open, beyond: about === null || areas[about.reference] ? null : beyond(recalled(about)) };
}

// Pixels of its surroundings that go with an element, above and below it together.
const SURROUNDINGS = 360;

// The element of that number, if it is of this document.
function recalled(sought) {
  const element = sought?.epoch === epoch ? nodes.get(sought.reference)?.deref() : null;
  return element?.isConnected && windowOf(element) ? element : null;
}

// A part of the page as wide as the window, with the element in its middle, and where it stands in that; null if no
// picture of the page can show it because it is in a box that is scrolled elsewhere.
function beyond(element) {
  const place = element && areaOf(element);
  if (!place || !reachable(standIn(element))) return null;
  const { scrollWidth, scrollHeight } = document.documentElement;
  const begin = (at, size, window, whole) => Math.max(0, Math.min(at + size / 2 - window / 2, whole - window));
  const x = Math.round(begin(place.x, place.width, innerWidth, scrollWidth));
  const height = Math.min(innerHeight, Math.round(place.height) + SURROUNDINGS);
  const y = Math.round(begin(place.y, place.height, height, scrollHeight));
  if (place.x + place.width <= 0 || place.y + place.height <= 0) return null;
  return { clip: { x, y, width: innerWidth, height }, area: [place.x - x, place.y - y, place.width, place.height].map(Math.round) };
}

// Whether no box around the element cuts it off, and it does not stand still while the page is scrolled.
function reachable(element) {
  const own = element.getBoundingClientRect();
  for (let box = element; box; box = box.parentElement) {
    const style = windowOf(box).getComputedStyle(box);
    if (style.position === "fixed") return false;
    if (box === element || box === box.ownerDocument.documentElement || box === box.ownerDocument.body || style.overflow === "visible") continue;
    const edge = box.getBoundingClientRect();
    if (own.left >= edge.right || own.top >= edge.bottom || own.right <= edge.left || own.bottom <= edge.top) return false;
  }
  return element.ownerDocument === document;
}
