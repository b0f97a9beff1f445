// Everything on the page that can be acted on, in the order of the page, and what of it a look shows.

const NEAR = .5;
// How many rows a look has that stand far from the viewport, however many the goal names.
const FAR = 20;
// How many further rows are told where details are asked for.
const MORE = 400;
const INSIDE = new Set(["html", "body", "label"]);
const UNSEEN = new Set(["script", "style", "template", "head", "option", "svg", "noscript"]);
const CONTROLS = "a[href],button,summary,label,[role=button],[role=link]";
const MARKED = `${CANDIDATES},iframe,frame`;
const LIFTED = new Set(["absolute", "fixed", "sticky"]);
const BASE = { view: 2, near: 1 };

// What each element was in the last look, and how often this document has been looked at.
const known = new WeakMap();
const told = new WeakMap();
let looks = 0;

class Survey {
  constructor() {
    // Whoever asks a window for its size has the browser see to its layout: once is enough.
    const port = portOf(window, { x: 0, y: 0 });
    Object.assign(this, { port, found: [], frames: [], hints: new Set(), veils: [], extras: new Map(), rows: new Map(), margin: NEAR * port.height, modal: modalOf(document) });
    hear();
    if (document.body) this.hint(document.body, { x: 0, y: 0 }, false);
    this.sort();
    this.gather(document, port);
  }

  far(top, bottom) {
    return bottom < -this.margin || top > this.port.height + this.margin;
  }

  // Notes what, near the viewport, makes the pointer a hand, and what may cover or cut off something. What stands in a part that is wholly
  // near need not be measured.
  hint(node, offset, near) {
    for (let element = node.firstElementChild; element; element = element.nextElementSibling) {
      const tag = element.localName;
      if (UNSEEN.has(tag)) continue;
      let inner = near;
      if (!near) {
        const box = element.getBoundingClientRect();
        const top = box.top + offset.y, bottom = box.bottom + offset.y;
        if (box.width > 0 && box.height > 0 && this.far(top, bottom)) continue;
        inner = box.height > 0 && top > -this.margin && bottom < this.port.height + this.margin;
      }
      const frame = frameDocument(element);
      if (frame?.body) this.hint(frame.body, offsetOf(frame.defaultView), false);
      if (element.matches(CONTROLS)) continue;
      const style = getComputedStyle(element);
      if (LIFTED.has(style.position)) this.veils.push(moved(element.getBoundingClientRect(), offset));
      if (element.firstElementChild && cuts(element, style)) this.veils.push(moved(contentOf(element), offset));
      if (style.cursor === "pointer") {
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

  gather(root, port) {
    for (const element of this.candidates(root)) {
      if (element.localName === "iframe" || element.localName === "frame") this.frame(element);
      else this.consider(element, roleOf(element) || this.hinted(element), port);
      if (element.shadowRoot) this.gather(element.shadowRoot, port);
    }
  }

  // What may be acted on below a root, and what has a root of its own.
  candidates(root) {
    const extras = this.extras.get(root) ?? [], all = everything(root);
    for (let index = 0, end = all.length; index < end; index++) if (all[index].shadowRoot) extras.push(all[index]);
    const marked = root.querySelectorAll(MARKED);
    if (!extras.length) return marked;
    const wanted = new Set([...marked, ...extras]), found = [];
    for (let index = 0, end = all.length; index < end; index++) if (wanted.has(all[index])) found.push(all[index]);
    return found;
  }

  hinted(element) {
    if (INSIDE.has(element.localName) || !(this.hints.has(element) || listens(element))) return "";
    return element.closest(CONTROLS) ? "" : "clickable";
  }

  frame(element) {
    const inner = frameDocument(element);
    if (inner?.body) {
      if (isVisible(element)) this.gather(inner, portOf(inner.defaultView, offsetOf(inner.defaultView)));
    } else if (!inner && isVisible(element)) this.frames.push(attribute(element, "src"));
  }

  consider(element, role, port) {
    if (!role) return;
    const distant = this.distant(element, port);
    if (distant && seen(element)) return this.note(element, role, distant, false);
    const shown = standIn(element);
    if (!seen(shown)) return;
    const box = shown.getBoundingClientRect();
    if (!(box.width > 0 && box.height > 0) && !isVisible(element)) return;
    const zone = this.modal && !within(element, this.modal) ? "covered" : this.zone(box, port);
    if (!zone) return;
    this.note(element, role, zone, zone in BASE && this.veiled(moved(box, port.offset)));
  }

  note(element, role, zone, veiled) {
    this.found.push({ element, role, zone, veiled, order: this.found.length, rough: roughName(element), score: 0 });
  }

  // Where the row of a table or list lies as a whole, if that is far away; then what is in it need
  // not be measured.
  distant(element, port) {
    const row = this.modal ? null : element.closest("tr,li");
    if (!row) return "";
    let found = this.rows.get(row);
    if (found === undefined) {
      const box = moved(row.getBoundingClientRect(), port.offset);
      const far = port === this.port && box.bottom > box.top && this.far(box.top, box.bottom);
      this.rows.set(row, found = far ? (box.top > 0 ? "below" : "above") : "");
    }
    return found;
  }

  // Whether something may cover the box or cut it off, so that it is worth a try to hit it.
  veiled(box) {
    return this.veils.some(veil => box.left < veil.right && box.right > veil.left && box.top < veil.bottom && box.bottom > veil.top);
  }

  // Where a box lies: in the viewport, near it, above, below, or to be scrolled to in some other way.
  zone(box, port) {
    // What no scrolling brings into view, such as a link for screen readers, is for nobody to see.
    if (box.right + port.scrolledX <= 0 || box.bottom + port.scrolledY <= 0) return "";
    const { left, right, top, bottom } = moved(box, port.offset), { width, height } = this.port;
    const inside = box.bottom > 1 && box.right > 1 && box.top < port.height - 1 && box.left < port.width - 1;
    if (port !== this.port && !inside) return "offscreen";
    if (this.far(top, bottom)) return top > 0 ? "below" : "above";
    if (left >= width - 1 || right <= 1) return "offscreen";
    return top < height - 1 && bottom > 1 && inside ? "view" : "near";
  }

  // What a look shows, best first, until `room` characters are full; the rest is counted.
  choose(room) {
    const kept = [];
    let far = 0;
    this.found.sort((one, other) => other.rank - one.rank || one.order - other.order);
    for (const entry of this.found) {
      if (entry.veiled && room > 0) entry.zone = veiledZone(entry);
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

// A window as what is in it is seen through: its size, how far it is scrolled, and where it lies.
function portOf(view, offset) {
  return { offset, width: view.innerWidth, height: view.innerHeight, scrolledX: view.scrollX, scrolledY: view.scrollY };
}

// Whether a box hides a part of what is in it.
function cuts(element, style) {
  return element.scrollHeight > element.clientHeight + 1 && style.overflowY !== "visible";
}

// Where all that is in a scrolling box would lie.
function contentOf(element) {
  const box = element.getBoundingClientRect();
  const left = box.left - element.scrollLeft, top = box.top - element.scrollTop;
  return { left, top, right: left + element.scrollWidth, bottom: top + element.scrollHeight };
}

// A box of some window in the pixels of the top window.
function moved(box, { x, y }) {
  return { left: box.left + x, right: box.right + x, top: box.top + y, bottom: box.bottom + y };
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

// Where an entry lies that something may cover or cut off. What covers it can only be told in the viewport.
function veiledZone({ element, zone }) {
  if (zone === "view" && pointOf(element)) return zone;
  if (clipped(element)) return "offscreen";
  return zone === "view" ? "covered" : zone;
}

function look(wish) {
  return inBulk(() => survey(wish));
}

function survey({ about, tokens, detail }) {
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
  const kept = all.choose(tokens * 4);
  const priced = new Set();
  const shown = entry => shownRow(entry, times.get(same(entry)) > 1, priced, detail);
  const rows = kept.map(shown);
  const more = detail ? all.found.filter(entry => !entry.kept && entry.zone !== "covered").slice(0, MORE).map(shown) : [];
  looks++;
  // Rows go first, but there is always some text.
  const room = kept.reduce((room, entry) => room - entry.rough.length - 24, tokens * 4);
  return { ...place(), rows, more, left: all.left(), frames: all.frames.slice(0, 3).map(source => cut(source, 80)), lines: digest(Math.round(Math.max(room, tokens) * 1.2), wanted) };
}

// A price without what its parts are divided by.
const bare = text => text.replace(/[^\p{L}\p{N}]/gu, "");

// The row of an entry. Its surroundings are told where they are needed to tell rows apart, its
// price once for each card.
function shownRow({ element, role, zone, score, rank, change, order }, repeats, priced, detail) {
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
  if (detail) row.detail = detailOf(element, order, row.name);
  return { ...row, zone, score: rank, change: change ?? (looks > 0 && before !== undefined && before !== sign ? "changed" : null) };
}
