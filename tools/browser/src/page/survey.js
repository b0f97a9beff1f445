// Everything on the page that can be acted on, in the order of the page, and what of it a look shows.

const NEAR = .5;
// How many rows a look has that stand far from the viewport, however many the goal names.
const FAR = 20;
const INSIDE = new Set(["html", "body", "label"]);
const UNSEEN = new Set(["script", "style", "template", "head", "option", "svg", "noscript"]);
const CONTROLS = "a[href],button,summary,label,[role=button],[role=link]";
const MARKED = `${CANDIDATES},iframe,frame`;
const BASE = { view: 2, near: 1 };

// What each element was in the last look, and how often this document has been looked at.
const known = new WeakMap();
const told = new WeakMap();
let looks = 0;

class Survey {
  constructor() {
    Object.assign(this, { found: [], frames: [], hints: new Set(), extras: new Map(), margin: NEAR * innerHeight, modal: modalOf(document) });
    hear();
    if (document.body) this.hint(document.body, { x: 0, y: 0 }, false);
    this.sort();
    this.gather(document, window, { x: 0, y: 0 });
  }

  far(top, bottom) {
    return bottom < -this.margin || top > innerHeight + this.margin;
  }

  // Notes what, near the viewport, makes the pointer a hand. What stands in a part that is wholly
  // near need not be measured.
  hint(node, offset, near) {
    for (const element of node.children) {
      const tag = element.localName;
      if (UNSEEN.has(tag)) continue;
      let inner = near;
      if (!near) {
        const box = element.getBoundingClientRect();
        const top = box.top + offset.y, bottom = box.bottom + offset.y;
        if (box.width > 0 && box.height > 0 && this.far(top, bottom)) continue;
        inner = box.height > 0 && top > -this.margin && bottom < innerHeight + this.margin;
      }
      const frame = frameDocument(element);
      if (frame?.body) this.hint(frame.body, offsetOf(frame.defaultView), false);
      if (element.matches(CONTROLS)) continue;
      if (getComputedStyle(element).cursor === "pointer") {
        if (pointed(element)) this.hints.add(element);
        continue;
      }
      if (element.shadowRoot) this.hint(element.shadowRoot, offset, inner);
      if (element.firstElementChild) this.hint(element, offset, inner);
    }
  }

  // Sorts what no selector finds by the roots it stands in.
  sort() {
    for (const element of new Set([...this.hints, ...listened])) {
      if (!element.isConnected || element.matches(MARKED)) continue;
      const root = rootOf(element);
      if (this.extras.has(root)) this.extras.get(root).push(element);
      else this.extras.set(root, [element]);
    }
  }

  gather(root, view, offset) {
    const extras = this.extras.get(root) ?? [];
    for (const element of root.querySelectorAll(HOSTS)) if (element.shadowRoot) extras.push(element);
    for (const element of merged(root.querySelectorAll(MARKED), extras)) {
      if (element.localName === "iframe" || element.localName === "frame") this.frame(element);
      else this.consider(element, roleOf(element) || this.hinted(element), view, offset);
      if (element.shadowRoot) this.gather(element.shadowRoot, view, offset);
    }
  }

  hinted(element) {
    if (INSIDE.has(element.localName) || !(this.hints.has(element) || listens(element))) return "";
    return element.closest(CONTROLS) ? "" : "clickable";
  }

  frame(element) {
    const inner = frameDocument(element);
    if (inner?.body) {
      if (isVisible(element)) this.gather(inner, inner.defaultView, offsetOf(inner.defaultView));
    } else if (!inner && isVisible(element)) this.frames.push(attribute(element, "src"));
  }

  consider(element, role, view, offset) {
    if (!role) return;
    const shown = standIn(element);
    if (!seen(shown)) return;
    const box = shown.getBoundingClientRect();
    if (!(box.width > 0 && box.height > 0) && !isVisible(element)) return;
    const zone = this.modal && !within(element, this.modal) ? "covered" : this.zone(box, view, offset);
    if (zone) this.found.push({ element, role, zone, order: this.found.length, rough: roughName(element), score: 0 });
  }

  // Where a box lies: in the viewport, near it, above, below, or to be scrolled to in some other way.
  zone(box, view, offset) {
    // What no scrolling brings into view, such as a link for screen readers, is for nobody to see.
    if (box.right + view.scrollX <= 0 || box.bottom + view.scrollY <= 0) return "";
    const top = box.top + offset.y, bottom = box.bottom + offset.y;
    const left = box.left + offset.x, right = box.right + offset.x;
    const inside = box.bottom > 1 && box.right > 1 && box.top < view.innerHeight - 1 && box.left < view.innerWidth - 1;
    if (view !== window && !inside) return "offscreen";
    if (this.far(top, bottom)) return top > 0 ? "below" : "above";
    if (left >= innerWidth - 1 || right <= 1) return "offscreen";
    return top < innerHeight - 1 && bottom > 1 && inside ? "view" : "near";
  }

  // What a look shows, best first, until `room` characters are full; the rest is counted.
  choose(room) {
    const kept = [];
    let far = 0;
    this.found.sort((one, other) => other.rank - one.rank || one.order - other.order);
    for (const entry of this.found) {
      if (entry.zone === "view" && room > 0 && !pointOf(entry.element)) entry.zone = clipped(entry.element) ? "offscreen" : "covered";
      const here = entry.zone in BASE;
      if (entry.zone === "covered" || room <= 0) continue;
      if (!here && (entry.score < .35 || ++far > FAR)) continue;
      room -= Math.min(entry.rough.length, NAME_LIMIT) + 24;
      kept.push(entry);
      entry.kept = true;
    }
    return kept.sort((one, other) => one.order - other.order);
  }

  // How many there are that are not shown, by where they are.
  left() {
    const left = { view: 0, near: 0, above: 0, below: 0, offscreen: 0, covered: 0 };
    for (const entry of this.found) if (!entry.kept) left[entry.zone]++;
    return left;
  }
}

// The elements of a list in the order of the page, and `extras` among them.
function merged(list, extras) {
  if (!extras.length) return list;
  const all = [...new Set([...list, ...extras])];
  return all.sort((one, other) => one.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1);
}

// The dialog that keeps everything else from being used, if there is one.
function modalOf(root) {
  return [...root.querySelectorAll("dialog:modal,[aria-modal=true]")].filter(isVisible).pop() ?? null;
}

// Whether a box that scrolls or cuts off, and nothing that lies above, hides the element.
function clipped(element) {
  const view = windowOf(element), box = standIn(element).getBoundingClientRect();
  const x = box.left + box.width / 2, y = box.top + box.height / 2;
  for (let node = parentOf(element); node && node.localName !== "body"; node = parentOf(node)) {
    if (/visible/.test(view.getComputedStyle(node).overflow)) continue;
    const edge = node.getBoundingClientRect();
    if (x < edge.left || x > edge.right || y < edge.top || y > edge.bottom) return true;
  }
  return false;
}

function look(wish) {
  return inBulk(() => survey(wish));
}

function survey({ about, tokens }) {
  const all = new Survey();
  const wanted = new Wanted(about);
  wanted.weigh(all.found);
  const times = new Map();
  const same = entry => `${entry.role}\u001f${entry.rough}`;
  for (const entry of all.found) {
    times.set(same(entry), (times.get(same(entry)) ?? 0) + 1);
    const before = known.get(entry.element);
    const fresh = looks > 0 && before?.look !== looks;
    entry.change = fresh ? "new" : null;
    const stirred = fresh || before && before.rough !== entry.rough;
    entry.rank = entry.score * 10 + (BASE[entry.zone] ?? 0) + (stirred ? 1.5 : 0) + (entry.role === "link" ? 0 : .5);
    known.set(entry.element, { look: looks + 1, rough: entry.rough });
  }
  const kept = all.choose(tokens * 5);
  const priced = new Set();
  const rows = kept.map(entry => shownRow(entry, times.get(same(entry)) > 1, priced));
  looks++;
  return { ...place(), rows, left: all.left(), frames: all.frames.slice(0, 3).map(source => cut(source, 80)), lines: digest(tokens * 8, wanted) };
}

// A price without what its parts are divided by.
const bare = text => text.replace(/[^\p{L}\p{N}]/gu, "");

// The row of an entry. Its surroundings are told where they are needed to tell rows apart, its
// price once for each card.
function shownRow({ element, role, zone, score, rank, change }, repeats, priced) {
  const row = rowOf(element, role);
  const sign = [row.role, row.name, row.value, row.states, row.options].join("\u001f");
  const before = told.get(element);
  told.set(element, sign);
  const box = boxOf(element), price = box && !priced.has(box) ? priceIn(box) : "";
  if (price) priced.add(box);
  if (!repeats) row.context = row.name.includes(price) ? "" : price;
  row.context ||= cut(referred(element, "aria-describedby"), CONTEXT_LIMIT);
  if (price) bulk.told.add(bare(price));
  if (!(zone in BASE)) row.states.push(zone);
  return { ...row, zone, score: rank, change: change ?? (looks > 0 && before !== undefined && before !== sign ? "changed" : null) };
}
