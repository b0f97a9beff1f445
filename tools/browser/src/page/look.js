// The table of what can be acted on, and the digest of what can be read.

const NEAR = 1.5;
let last = 0;
const numbers = new WeakMap();
const nodes = new Map();

// The number by which calls refer to this element, for as long as it lives.
function number(element) {
  let found = numbers.get(element);
  if (!found) {
    found = ++last;
    numbers.set(element, found);
    nodes.set(found, new WeakRef(element));
  }
  return found;
}

function place() {
  return { url: location.href, origin: location.origin, title: document.title, epoch, state: document.readyState };
}

// What must not change between looking, judging and acting.
function print(element, role, name, context) {
  const form = formOf(element);
  return [role, name, context, typeOf(element), linkOf(element), form?.action ?? "", form?.method ?? "",
    isSecret(element), windowOf(element).origin].join("\u001f");
}

function linkOf(element) {
  return (element.localName === "a" || element.localName === "area") && element.hasAttribute("href") ? element.href : "";
}

// The form an element belongs to, with the button's own target where it has one.
function formOf(element) {
  const form = element.form ?? element.closest("form");
  if (!form || linkOf(element)) return null;
  const own = submits(element) ? element : null;
  const action = own?.hasAttribute("formaction") ? own.formAction : targetOf(form);
  const method = (own?.hasAttribute("formmethod") ? own.formMethod : methodOf(form)) || "get";
  return { action, method };
}

// A field called "action" hides the form's own property of that name.
function targetOf(form) {
  const action = attribute(form, "action");
  try { return new URL(action || form.ownerDocument.URL, form.ownerDocument.baseURI).href; } catch { return action; }
}

function methodOf(form) {
  const method = attribute(form, "method").toLowerCase();
  return method === "post" || method === "dialog" ? method : "get";
}

function submits(element) {
  const type = typeOf(element);
  return Boolean(element.form) && (type === "submit" || type === "image") && roleOf(element) === "button";
}

function rowOf(element, role) {
  const name = nameOf(element, role);
  const context = contextOf(element, name);
  return {
    reference: number(element), role, name, context, value: valueOf(element, role),
    states: statesOf(element, role), options: optionsOf(element), print: print(element, role, name, context),
  };
}

class Look {
  constructor(limit) {
    Object.assign(this, { limit, rows: [], kept: new Set(), covered: 0, above: 0, below: 0, cut: 0, frames: [] });
    this.height = innerHeight;
    this.margin = (NEAR - 1) * innerHeight;
  }

  far(top, bottom) {
    return bottom < -this.margin || top > this.height + this.margin;
  }

  // Goes down into everything near the viewport. What stands in a part that is wholly near need
  // not be measured.
  walk(node, offset, near = false) {
    for (const element of node.children) this.element(element, offset, near);
  }

  element(element, offset, near) {
    const tag = element.localName;
    if (tag === "script" || tag === "style" || tag === "template" || tag === "head" || tag === "option") return;
    if (!near) {
      const box = element.getBoundingClientRect();
      const top = box.top + offset.y, bottom = box.bottom + offset.y;
      if (box.width > 0 && box.height > 0 && this.far(top, bottom)) return;
      near = box.height > 0 && top > -this.margin && bottom < this.height + this.margin;
    }
    if (tag === "iframe" || tag === "frame") return this.frame(element);
    const role = roleOf(element) || (this.hinted(element) ? "clickable" : "");
    if (role) this.consider(element, role, offset);
    if (element.shadowRoot) this.walk(element.shadowRoot, offset, near);
    if (element.firstElementChild) this.walk(element, offset, near);
  }

  hinted(element) {
    if (INSIDE.has(element.localName) || !(pointed(element) || listens(element))) return false;
    return !element.closest("a[href],button,summary,label,[role=button],[role=link]");
  }

  frame(element) {
    const inner = frameDocument(element);
    if (inner?.body) return this.walk(inner.body, offsetOf(inner.defaultView));
    if (!inner && isVisible(element)) this.frames.push(attribute(element, "src"));
  }

  consider(element, role, offset) {
    if (this.kept.has(element)) return;
    this.kept.add(element);
    if (!isVisible(element)) return;
    const box = standIn(element).getBoundingClientRect();
    const view = windowOf(element);
    const top = box.top + offset.y, bottom = box.bottom + offset.y;
    if (this.far(top, bottom)) return void (top > 0 ? this.below++ : this.above++);
    const inside = box.bottom > 1 && box.right > 1 && box.top < view.innerHeight - 1 && box.left < view.innerWidth - 1
      && bottom > 1 && top < this.height - 1;
    // What no scrolling brings into view, such as a link for screen readers, is for nobody to see.
    if (!inside && !this.scrollable(box, view)) return;
    if (inside && !pointOf(element)) return void this.covered++;
    if (this.rows.length >= this.limit) return void this.cut++;
    this.rows.push(rowOf(element, role));
  }

  // What lies left of or above the beginning of a page can never be scrolled to.
  scrollable(box, view) {
    return box.right + view.scrollX > 0 && box.bottom + view.scrollY > 0;
  }

  // What the walk left out: everything far away, and what stands near although its parent does not.
  rest() {
    for (const root of roots()) {
      const view = (root.defaultView ?? windowOf(root.host));
      const offset = offsetOf(view);
      for (const element of root.querySelectorAll(CANDIDATES)) {
        if (this.kept.has(element)) continue;
        const role = roleOf(element);
        if (role) this.consider(element, role, offset);
      }
    }
  }

  notes() {
    const notes = [];
    if (this.cut) notes.push(`${this.cut} more here were left out; \`find\` or name them`);
    if (this.above) notes.push(`above: ${this.above} more; \`scroll\` up or \`find\``);
    if (this.below) notes.push(`below: ${this.below} more; \`scroll\` or \`find\``);
    if (this.covered) notes.push(`${this.covered} more are covered by something or scrolled out of their box`);
    for (const source of this.frames.slice(0, 5)) notes.push(`a frame of another site is not shown: ${cut(source, 100)}`);
    return notes;
  }
}

const INSIDE = new Set(["html", "body", "label"]);

function look({ limit, text }) {
  hear();
  const found = new Look(limit);
  if (document.body) found.walk(document.body, { x: 0, y: 0 });
  found.rest();
  const times = new Map();
  const key = row => `${row.role}\u001f${row.name}`;
  for (const row of found.rows) times.set(key(row), (times.get(key(row)) ?? 0) + 1);
  // The context is told where it is needed to tell rows apart.
  for (const row of found.rows) if (times.get(key(row)) === 1) row.context = "";
  return { ...place(), rows: found.rows, notes: found.notes(), text: digest(text, found) };
}

// What is read in the viewport, and when there is room also just below it.
function digest(limit, found) {
  if (!document.body) return "";
  const inView = (top, bottom, left, right) => bottom > 0 && top < found.height && right > 0 && left < innerWidth;
  const first = new Prose(limit, inView, (top, bottom) => bottom < 0 || top > found.height);
  first.walk(document.body, { x: 0, y: 0 });
  const text = first.toString();
  if (text.length >= limit) return cut(text, limit);
  const below = (top, bottom) => top >= found.height && top < found.height + found.margin;
  const second = new Prose(limit - text.length, below, (top, bottom) => bottom < found.height || top > found.height + found.margin);
  second.walk(document.body, { x: 0, y: 0 });
  return cut([text, second.toString()].filter(Boolean).join("\n"), limit);
}

// The whole text of the page, or of the element with this number.
function prose({ reference, limit }) {
  const element = reference ? nodes.get(reference)?.deref() : document.body;
  const whole = new Prose(limit);
  if (element) whole.walk(element, { x: 0, y: 0 });
  return { ...place(), text: whole.toString(), full: whole.full };
}
