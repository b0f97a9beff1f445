// Walking a page: its documents and shadow roots, what of it a person sees, and its text.

const INLINE = new Set(["a", "abbr", "b", "bdi", "bdo", "cite", "code", "data", "del", "dfn", "em", "font", "i", "ins",
  "kbd", "label", "mark", "q", "s", "samp", "small", "span", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr", "img"]);
const SILENT = new Set(["script", "style", "noscript", "template", "head", "object", "embed", "canvas", "video", "audio",
  "select", "textarea", "input", "svg", "math", "option", "datalist"]);

// The document of a frame of the same origin, or null.
function frameDocument(element) {
  if (element.localName !== "iframe" && element.localName !== "frame") return null;
  try { return element.contentDocument; } catch { return null; }
}

// Where the top-left corner of `view` lies in the top window, in its pixels.
function offsetOf(view) {
  let x = 0, y = 0;
  for (let frame = view.frameElement; frame; frame = windowOf(frame).frameElement) {
    const box = frame.getBoundingClientRect();
    x += box.left + frame.clientLeft;
    y += box.top + frame.clientTop;
  }
  return { x, y };
}

// All elements of a document or shadow root in the order of the page. Of a document this list is
// kept by the browser, which is several times faster than any selector.
const everything = root => root.getElementsByTagName?.("*") ?? root.querySelectorAll("*");

// Every document and shadow root below `root`, itself first.
function* roots(root = document) {
  yield root;
  for (const element of [...everything(root)]) {
    const inner = element.shadowRoot ?? (element.localName === "iframe" || element.localName === "frame" ? frameDocument(element) : null);
    if (inner) yield* roots(inner);
  }
}

// What stands for the element on the screen: of an invisible checkbox, its label.
function standIn(element) {
  if (element.localName === "input" && ["checkbox", "radio", "file"].includes(element.type)) {
    const box = element.getBoundingClientRect();
    if (!seen(element) || box.width < 2 || box.height < 2) {
      for (const label of labelsOf(element)) if (seen(label)) return label;
    }
  }
  return element;
}

function isVisible(element) {
  const shown = standIn(element);
  if (!seen(shown)) return false;
  const box = shown.getBoundingClientRect();
  if (box.width > 0 && box.height > 0) return true;
  return shown.getClientRects().length > 0 && [...shown.children].some(child => {
    const inner = child.getBoundingClientRect();
    return inner.width > 0 && inner.height > 0;
  });
}

// The element at a point of its own window, through shadow roots.
function at(view, x, y) {
  let found = view.document.elementFromPoint(x, y);
  while (found?.shadowRoot) {
    const inner = found.shadowRoot.elementFromPoint(x, y);
    if (!inner || inner === found) break;
    found = inner;
  }
  return found;
}

function within(node, element) {
  for (; node; node = parentOf(node)) if (node === element) return true;
  return false;
}

// A point of the element, in its own window, at which a press would reach it; null if there is none.
function pointOf(element) {
  const shown = standIn(element);
  const view = windowOf(shown);
  for (const box of shown.getClientRects()) {
    const left = Math.max(box.left, 0), right = Math.min(box.right, view.innerWidth);
    const top = Math.max(box.top, 0), bottom = Math.min(box.bottom, view.innerHeight);
    if (right - left < 1 || bottom - top < 1) continue;
    for (const [a, b] of [[.5, .5], [.2, .5], [.8, .5], [.5, .2], [.5, .8]]) {
      const x = left + (right - left) * a, y = top + (bottom - top) * b;
      if (reaches(at(view, x, y), shown, element) && frameReached(view, x, y)) return { x, y };
    }
  }
  return null;
}

function reaches(hit, shown, element) {
  if (!hit) return false;
  if (within(hit, shown) || within(hit, element)) return true;
  const label = hit.closest("label");
  return Boolean(label && label.control === element);
}

// Whether nothing in the windows around covers this point of `view`.
function frameReached(view, x, y) {
  const frame = view.frameElement;
  if (!frame) return true;
  const box = frame.getBoundingClientRect();
  const outer = windowOf(frame);
  const px = x + box.left + frame.clientLeft, py = y + box.top + frame.clientTop;
  return at(outer, px, py) === frame && frameReached(outer, px, py);
}

function coverOf(element) {
  const shown = standIn(element), view = windowOf(shown), box = shown.getBoundingClientRect();
  const hit = at(view, box.left + box.width / 2, box.top + box.height / 2);
  for (let node = hit, level = 0; node && level < 4; node = parentOf(node), level++) {
    const name = cut(tidy(attribute(node, "aria-label") || node.innerText || ""), 40);
    if (name) return name;
  }
  return "";
}
