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

// Every document and shadow root below `root`, itself first.
function* roots(root = document) {
  yield root;
  for (const element of root.querySelectorAll("*")) {
    const inner = element.shadowRoot ?? (element.localName === "iframe" || element.localName === "frame" ? frameDocument(element) : null);
    if (inner) yield* roots(inner);
  }
}

// What stands for the element on the screen: of an invisible checkbox, its label.
function standIn(element) {
  if (element.localName === "input" && ["checkbox", "radio", "file"].includes(element.type)) {
    const box = element.getBoundingClientRect();
    if (!seen(element) || box.width < 2 || box.height < 2) {
      for (const label of element.labels ?? []) if (seen(label)) return label;
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

// Text as simple Markdown: headings, list items, rows of cells. `accept(box)` says of a leaf's
// rectangle, in pixels of the top window, whether it is wanted; `prune(box)` of a whole part.
class Prose {
  constructor(limit, accept, prune) {
    Object.assign(this, { limit, accept, prune, lines: [], line: "", length: 0, full: false });
  }

  add(text) {
    if (!text) return;
    this.line += this.line.endsWith(" ") || this.line === "" ? text.replace(/^\s+/, "") : text;
    if (this.length + this.line.length > this.limit) this.full = true;
  }

  end() {
    const line = this.line.replace(/\s+/g, " ").trim().replace(/^(\| )+|( \|)+$/g, "");
    this.line = "";
    if (line && !/^[-#|\s]+$/.test(line)) {
      this.lines.push(line);
      this.length += line.length + 1;
    }
  }

  walk(node, offset) {
    if (this.full) return;
    if (node.nodeType === 3) {
      if (node.data.trim()) this.text(node, offset);
      else if (node.data && this.line) this.add(" ");
      return;
    }
    if (node.nodeType === 9 || node.nodeType === 11) return this.children(node, offset);
    if (node.nodeType === 1) this.element(node, offset);
  }

  text(node, offset) {
    if (this.accept) {
      const own = this.boxOf(node);
      if (own.width < 2 && own.height < 2 || own.width < 1 || !this.accept(own.top + offset.y, own.bottom + offset.y, own.left + offset.x, own.right + offset.x)) return;
    }
    this.add(node.data.replace(/\s+/g, " "));
  }

  // Where a text stands; alone in its parent, that is where the parent stands.
  boxOf(node) {
    const parent = node.parentElement;
    if (parent && parent.childNodes.length === 1) return parent.getBoundingClientRect();
    const range = node.ownerDocument.createRange();
    range.selectNodeContents(node);
    return range.getBoundingClientRect();
  }

  element(element, offset) {
    const tag = element.localName;
    if (SILENT.has(tag) || (tag === "button" && this.accept) || element.isContentEditable || !this.shown(element)) return;
    if (this.accept && this.listed(element)) return;
    if (tag === "details" && !element.open) return this.closed(element, offset);
    if (this.prune) {
      const box = element.getBoundingClientRect();
      if (box.width > 0 && box.height > 0 && this.prune(box.top + offset.y, box.bottom + offset.y)) return;
    }
    const frame = frameDocument(element);
    if (frame?.body) {
      this.end();
      this.walk(frame.body, offsetOf(frame.defaultView));
      return this.end();
    }
    if (tag === "br" || tag === "hr") return this.end();
    if (tag === "img") return this.image(element, offset);
    if (INLINE.has(tag)) return this.children(element, offset);
    if (tag === "td" || tag === "th") {
      this.children(element, offset);
      return this.add(" | ");
    }
    this.end();
    const level = /^h[1-6]$/.test(tag) ? Number(tag[1]) : 0;
    if (level) this.line = `${"#".repeat(level)} `;
    else if (tag === "li") this.line = "- ";
    this.children(element, offset);
    this.end();
  }

  // Whether the table says it already: names of fields, links that stand alone.
  listed(element) {
    if (element.localName === "label") return Boolean(element.control);
    if (element.hasAttribute("role") && ACTION_ROLES.has(attribute(element, "role"))) return true;
    if (element.localName !== "a" || !element.hasAttribute("href")) return false;
    return ![...element.parentNode.childNodes].some(node => node.nodeType === 3 && /[^\s|·•,›>/-]/.test(node.data));
  }

  closed(details, offset) {
    for (const child of details.children) if (child.localName === "summary") this.walk(child, offset);
  }

  image(element, offset) {
    const name = tidy(attribute(element, "alt"));
    const box = element.getBoundingClientRect();
    if (name && (!this.accept || this.accept(box.top + offset.y, box.bottom + offset.y, box.left + offset.x, box.right + offset.x))) {
      this.add(` ${name} `);
    }
  }

  shown(element) {
    return element.checkVisibility({ visibilityProperty: element.childElementCount === 0, opacityProperty: true });
  }

  children(node, offset) {
    const root = node.shadowRoot;
    const inner = node.localName === "slot" && node.assignedNodes().length ? node.assignedNodes() : (root ?? node).childNodes;
    for (const child of inner) this.walk(child, offset);
  }

  toString() {
    this.end();
    return this.lines.join("\n");
  }
}
