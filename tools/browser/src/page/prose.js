// The text of a page, and what of it a look shows.

// Text as simple Markdown: headings, list items, rows of cells. `accept` says of a leaf's
// rectangle, in pixels of the top window, what it is worth; 0 leaves it out. `prune` does that for a
// whole part.
class Prose {
  constructor(limit, accept, prune) {
    Object.assign(this, { limit, accept, prune, lines: [], worths: [], line: "", worth: 0, length: 0, full: false, clip: null, legible: new Map(), backs: new Map() });
  }

  add(text) {
    if (!text) return;
    this.line += this.line.endsWith(" ") || this.line === "" ? text.replace(/^\s+/, "") : text;
    if (this.length + this.line.length > this.limit) this.full = true;
  }

  end() {
    const line = this.line.replace(/\s+/g, " ").trim().replace(/^(\| )+|( \|)+$/g, "");
    const worth = this.worth;
    this.line = "";
    this.worth = 0;
    if (line && !/^[-#|\s]+$/.test(line) && !(this.accept && this.needless(line))) {
      this.lines.push(line);
      this.worths.push(worth);
      this.length += line.length + 1;
    }
  }

  // A lone number of one or two digits is a badge, which says nothing away from what it sits on. A
  // price that stands beside a row is not told twice.
  needless(line) {
    return /^(- )?\d{1,2}$/.test(line) || bulk?.told.has(bare(line));
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
    const parent = node.parentElement ?? node.parentNode.host;
    if (parent && !this.readable(parent)) return;
    if (this.accept) {
      const own = this.boxOf(node);
      if (own.width < 2 && own.height < 2 || own.width < 1 || !this.takes(own, offset)) return;
    }
    this.add(node.data.replace(/\s+/g, " "));
  }

  takes(box, offset) {
    const worth = this.accept(box.top + offset.y, box.bottom + offset.y, box.left + offset.x, box.right + offset.x);
    this.worth = Math.max(this.worth, worth);
    return worth > 0;
  }

  // Whether the text of an element can be told from what is behind it.
  readable(element) {
    let found = this.legible.get(element);
    if (found === undefined) {
      const style = windowOf(element).getComputedStyle(element);
      found = parseFloat(style.fontSize) >= 2 && parseFloat(style.textIndent) > -500 && style.color !== this.back(element, style);
      this.legible.set(element, found);
    }
    return found;
  }

  // The opaque colour behind an element; null if that is not known, as over a picture or where the
  // element may lie above something else.
  back(element, known = null) {
    let found = this.backs.get(element);
    if (found !== undefined) return found;
    const style = known ?? windowOf(element).getComputedStyle(element), parent = parentOf(element);
    if (style.backgroundImage !== "none") found = null;
    else if (/^rgb\(/.test(style.backgroundColor)) found = style.backgroundColor;
    else if (style.backgroundColor !== "rgba(0, 0, 0, 0)" || style.position !== "static") found = null;
    else if (parent) found = this.back(parent);
    else found = /dark/.test(style.colorScheme) || windowOf(element) !== window ? null : "rgb(255, 255, 255)";
    this.backs.set(element, found);
    return found;
  }

  // Where a text stands; alone in its parent, that is where the parent stands.
  boxOf(node) {
    const parent = node.parentElement;
    if (parent && !node.previousSibling && !node.nextSibling) return this.measure(parent);
    const range = node.ownerDocument.createRange();
    range.selectNodeContents(node);
    return range.getBoundingClientRect();
  }

  // Where an element stands. Of what was measured last, the text is often next.
  measure(element) {
    if (this.measured !== element) [this.measured, this.box] = [element, element.getBoundingClientRect()];
    return this.box;
  }

  element(element, offset) {
    const tag = element.localName;
    if (SILENT.has(tag) || (tag === "button" && this.accept) || element.isContentEditable || !this.shown(element)) return;
    if (this.accept && this.listed(element)) return;
    if (tag === "details" && !element.open) return this.closed(element, offset);
    if (this.prune && !INLINE.has(tag)) {
      const box = this.measure(element);
      if (box.width > 0 && box.height > 0 && this.prune(box.top + offset.y, box.bottom + offset.y)) return;
      // The usual way to hide what only screen readers are to say.
      if (box.width <= 1 && box.height <= 1 && windowOf(element).getComputedStyle(element).overflow === "hidden") return;
      if (this.clip && (box.top >= this.clip.bottom || box.bottom <= this.clip.top)) return;
      if (element.scrollHeight > element.clientHeight + 4 && windowOf(element).getComputedStyle(element).overflowY !== "visible" && tag !== "body") {
        return this.clipped(element, offset, box);
      }
    }
    this.inside(element, offset);
  }

  // Of what a box cuts off or scrolls away, nothing is seen.
  clipped(element, offset, box) {
    const outer = this.clip;
    this.clip = box;
    this.inside(element, offset);
    this.clip = outer;
  }

  inside(element, offset) {
    const tag = element.localName;
    const frame = frameDocument(element);
    if (frame?.body) {
      const outer = this.clip;
      this.clip = null;
      this.end();
      this.walk(frame.body, offsetOf(frame.defaultView));
      this.clip = outer;
      return this.end();
    }
    if (tag === "br" && this.line.startsWith("#")) return this.add(" ");
    if (tag === "br" || tag === "hr") return this.end();
    if (tag === "img") return this.image(element, offset);
    if (INLINE.has(tag)) return this.inline(element, offset);
    if (tag === "td" || tag === "th") {
      this.children(element, offset);
      return this.add(" | ");
    }
    // What a list of terms says of a term stands on its line.
    if (tag === "dd" && this.line.endsWith(": ")) {
      this.children(element, offset);
      return this.end();
    }
    this.end();
    if (tag === "dt") {
      this.children(element, offset);
      if (this.line.trim()) this.line = this.line.replace(/[:\s]*$/, ": ");
      return;
    }
    const level = /^h[1-6]$/.test(tag) ? Number(tag[1]) : 0;
    if (level) this.line = `${"#".repeat(level)} `;
    else if (tag === "li") this.line = "- ";
    this.children(element, offset);
    this.end();
  }

  // Inline by its name: it may still be a block, or an item of a row of boxes.
  inline(element, offset) {
    if (!apart(element)) return this.children(element, offset);
    const display = windowOf(element).getComputedStyle(element).display;
    const ends = display !== "inline-block" && !inRow(element);
    if (ends) this.end(); else this.add(" ");
    this.children(element, offset);
    if (ends) this.end(); else this.add(" ");
  }

  // Whether the table says it already: names of fields, links that stand alone and do not name a row of numbers.
  listed(element) {
    if (element.localName === "label") return Boolean(element.control);
    if (element.hasAttribute("role") && ACTION_ROLES.has(attribute(element, "role"))) return true;
    if (element.localName !== "a" || !element.hasAttribute("href") || namesRow(element)) return false;
    for (let node = element.parentNode.firstChild; node; node = node.nextSibling) {
      if (node.nodeType === 3 && /[^\s|·•,›>/-]/.test(node.data)) return false;
    }
    return true;
  }

  closed(details, offset) {
    for (const child of details.children) if (child.localName === "summary") this.walk(child, offset);
  }

  image(element, offset) {
    const name = tidy(attribute(element, "alt"));
    const box = element.getBoundingClientRect();
    if (name && (!this.accept || this.takes(box, offset))) this.add(` ${name} `);
  }

  shown(element) {
    return element.checkVisibility({ visibilityProperty: element.childElementCount === 0, opacityProperty: true });
  }

  children(node, offset) {
    const slotted = node.localName === "slot" ? node.assignedNodes() : [];
    if (slotted.length) for (const child of slotted) this.walk(child, offset);
    else for (let child = (node.shadowRoot ?? node).firstChild; child; child = child.nextSibling) this.walk(child, offset);
  }

  weighed(wanted) {
    this.end();
    return this.lines.map((line, index) => ({
      text: cut(line, LINE_LIMIT), score: this.worths[index] + wanted.line(line) * 10 + (line.startsWith("#") ? 2 : 0),
    }));
  }

  toString() {
    this.end();
    return this.lines.join("\n");
  }
}

// Whether numbers stand in the row of a table that would have no name without the element.
function namesRow(element) {
  const cells = [...element.closest("tr")?.cells ?? []];
  return cells.filter(cell => !cell.contains(element) && /\d/.test(cell.textContent)).length > 1;
}

// Whether boxes stand beside each other there.
function inRow(element) {
  const parent = parentOf(element);
  return Boolean(parent) && /flex|grid/.test(windowOf(parent).getComputedStyle(parent).display);
}

const LINE_LIMIT = 400;

// The lines that are read in the viewport and just below it, each with what it is worth.
function digest(limit, wanted) {
  if (!document.body) return [];
  const { width, height } = portOf(window, { x: 0, y: 0 });
  const edge = height * (1 + NEAR);
  const accept = (top, bottom, left, right) => {
    if (bottom <= 0 || top >= edge || right <= 0 || left >= width) return 0;
    return top < height ? 2 : 1;
  };
  const text = new Prose(limit, accept, (top, bottom) => bottom < 0 || top > edge);
  text.walk(document.body, { x: 0, y: 0 });
  return text.weighed(wanted);
}

// The whole text of the page, or of the element with this number and what it is the heading of.
function prose({ reference, limit }) {
  const element = reference ? nodes.get(reference)?.deref() : document.body;
  const whole = new Prose(limit);
  for (const part of element ? regionOf(element) : []) whole.walk(part, { x: 0, y: 0 });
  return { ...place(), text: whole.toString(), full: whole.full };
}

const levelOf = element => /^h[1-6]$/.test(element?.localName) ? Number(element.localName[1]) : 0;

// Of a heading, all that stands under it; of anything else, itself.
function regionOf(element) {
  const level = levelOf(element);
  if (!level) return [element];
  const box = element.closest("section,article,[role=region]");
  if (box?.querySelector("h1,h2,h3,h4,h5,h6") === element) return [box];
  const parts = [element];
  for (let next = element.nextElementSibling; next; next = next.nextElementSibling) {
    if (levelOf(next) && levelOf(next) <= level) break;
    parts.push(next);
  }
  return parts;
}
