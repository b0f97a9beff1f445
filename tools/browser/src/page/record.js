// Tells what a person does, together with the table as it was right before. Stands at the end of the
// library, in every frame, before the page's first script: whatever a page does with an event, it
// has been told by then. Only what a person did counts, never an event that a script has made.

const { goal, tokens } = JSON.parse(settings);
const CLICKED = "a[href],area[href],button,summary,input,select,textarea,[contenteditable]";
const LISTED = /^(combobox|listbox|option|tree|treeitem|menu|menubar|menuitem|menuitemcheckbox|menuitemradio|tab|tablist|grid|gridcell|row|slider|spinbutton|radio|radiogroup)$/;
// What may show more as long as the mouse is over it.
const OPENS = "li,[aria-haspopup],[class*=menu],[class*=drop]";
const MOVES = /^(Arrow(Up|Down|Left|Right)|Home|End|Page(Up|Down))$/;
const CHOSEN = new Set(["checkbox", "radio"]);
// What of a secret is shorter may stand in any text by chance.
const SHORTEST_SECRET = 4;
const IMPLIED = 500;

// What a person sees as one page: this window, or the outermost one around it of the same origin.
function outermost() {
  let view = window;
  while (view !== view.parent && isOurs(view.parent)) view = view.parent;
  return view;
}

const origin = event => event.composedPath()[0];
const isField = element => element?.nodeType === 1 && purposeOf(element) !== null;
const isBox = element => element.localName === "input" && CHOSEN.has(element.type);
const isNative = element => Boolean(element.closest?.(CLICKED));
const kindOf = element => `${element.localName} ${typeOf(element)} ${roughName(element)}`;
const read = element => element.isContentEditable ? element.innerText : element.value;

// A key with those held beside it, as calls write it.
function chord({ key: name, ctrlKey, altKey, metaKey }) {
  const held = [ctrlKey && "Control", altKey && "Alt", metaKey && "Meta"].filter(Boolean);
  return [...held, name === " " ? "Space" : name].join("+");
}

// Where a press on `element` arrives: the control of a label, else itself.
function meant(element) {
  if (isNative(element)) return element.closest(CLICKED);
  return element.closest?.("label")?.control ?? element;
}

class Desk {
  constructor() {
    // A field that is being typed into, and the page as it was before.
    this.typed = null;
    // A press on a field that has come to nothing else yet.
    this.held = null;
    // The last press or key, and the page as it was before.
    this.before = null;
    this.drag = null;
    // How the page was last seen, and how it had been before the mouse came over what may open.
    this.latest = null;
    this.over = new Map();
    // Until then a click is only what Enter has come to.
    this.implied = 0;
    // What was typed into fields that hide it, and what each field was last told to hold.
    this.hidden = new Set();
    this.told = new WeakMap();
    // What keys or the mouse have been upon, and the box that was pressed last: a script can make events of change
    // that look like a person's.
    this.touched = new WeakSet();
    this.ticked = null;
  }

  // The page as it is now.
  shot(element) {
    const page = look({ about: goal, tokens, detail: true });
    // What was left out of a large page may have been there all the same.
    this.latest = page.more.length < MORE ? page : null;
    return { element, page };
  }

  // The page as it was before `element` was pressed, if that was just seen.
  shotBefore(element) {
    const { before } = this;
    this.before = null;
    return before && (within(element, before.element) || within(before.element, element) || meant(before.element) === element) ? before : this.shot(element);
  }

  // The number of what a person would say they acted on. What the table lacks is added to it.
  number(element, page) {
    const known = new Set([...page.rows, ...page.more].map(row => row.reference));
    for (let node = element; node; node = parentOf(node)) {
      if (known.has(numbers.get(node))) return numbers.get(node);
      if (node.matches(CLICKED)) break;
    }
    const shown = element.closest(CLICKED) ?? element, rough = roughName(shown);
    // A press on the empty page means nothing.
    const means = shown !== element || element.matches(CLICKED) || roleOf(element) || listened.has(element) || rough && rough.length <= NAME_LIMIT;
    if (!means || !shown.isConnected) return null;
    const entry = { element: shown, role: roleOf(shown) || "clickable", zone: "view", score: 1, rank: 1, change: null, order: known.size };
    page.more.push(shownRow(entry, false, new Set(), true));
    return number(shown);
  }

  tell(verb, args, shot, element = shot.element, rest = {}) {
    const target = element && this.number(element, shot.page);
    if (element && !target) return;
    this.send({ verb, args, target, look: shot.page, ...rest });
  }

  send(told) {
    const frame = window === top ? null : location.href;
    globalThis[`${key}b`](this.text({ ...told, frame, nested: frame !== null && parent !== top }));
  }

  text(told) {
    if (this.typed?.value && isMasked(this.typed.element)) this.conceal(this.typed.value);
    return JSON.stringify(told, (_, value) => typeof value === "string" ? this.hide(value) : value);
  }

  // The page as it is, for whoever asks.
  seen() {
    return this.text(this.shot(null).page);
  }

  conceal(value) {
    if (value.length >= SHORTEST_SECRET) this.hidden.add(value);
  }

  // A page may show what was typed into a field that hides it.
  hide(text) {
    for (const secret of this.hidden) text = text.replaceAll(secret, "••••").replaceAll(encodeURIComponent(secret), "••••");
    return text;
  }

  // ---- Fields.

  begin(element) {
    const { typed } = this;
    if (typed?.element === element) return;
    // A page that draws itself anew while somebody types puts another field in the place of the first.
    if (typed && !typed.element.isConnected && typed.kind === kindOf(element)) {
      typed.element = element;
      return;
    }
    this.flush();
    this.typed = { ...this.shotBefore(element), element, first: element, kind: kindOf(element), value: null };
    // The press was only for the focus.
    if (this.held && meant(this.held.element) === element) this.typed.page = this.held.page;
    else this.release();
    this.held = null;
  }

  note(element) {
    this.begin(element);
    this.typed.value = read(element);
  }

  // What was typed is told as a whole.
  flush() {
    const { typed } = this;
    this.typed = null;
    if (!typed || typed.value === null) return;
    this.fill(typed, typed.element.isConnected ? read(typed.element) : typed.value);
  }

  fill({ page, element, first }, value) {
    const shot = { page };
    this.told.set(element, value);
    if (!isMasked(element)) return this.tell("fill", { text: value }, shot, first);
    this.conceal(value);
    this.tell("fill", {}, shot, first, { secret: { purpose: purposeOf(element), name: nameOf(element, roleOf(element)), field: attribute(element, "name") } });
  }

  // A press on a field that was not for typing.
  release() {
    const { held } = this;
    this.held = null;
    if (held) this.tell("click", {}, held);
  }

  // Everything that waits for more is told now.
  settle() {
    this.flush();
    this.release();
  }

  // ---- The mouse.

  pointerover(event) {
    const over = new Map();
    for (let node = origin(event); node?.nodeType === 1; node = parentOf(node)) {
      if (node.matches(OPENS)) over.set(node, this.over.has(node) ? this.over.get(node) : this.latest);
    }
    this.over = over;
  }

  // What the mouse had to be moved over before `element` was there to be pressed.
  opener(element) {
    for (const [box, page] of [...this.over].reverse()) {
      const known = new Set(page && [...page.rows, ...page.more].map(row => row.reference));
      const controls = [box, ...box.querySelectorAll(CANDIDATES)];
      const first = controls.find(control => known.has(numbers.get(control)));
      const own = element.closest(CANDIDATES) ?? element;
      if (first && first !== own && !within(own, first) && !known.has(numbers.get(own))) return { page, element: first };
    }
    return null;
  }

  pointerdown(event) {
    const element = origin(event);
    if (event.button !== 0 || element?.nodeType !== 1) return;
    const control = meant(element);
    this.touched.add(control);
    if (this.typed && control !== this.typed.element) this.flush();
    const opener = this.opener(element);
    this.before = { ...this.shot(element), opener };
  }

  // What goes away when it is pressed gets no click.
  pointerup() {
    const { before } = this;
    if (!before || before.element.isConnected) return;
    this.before = null;
    this.release();
    if (!isField(before.element)) this.tell("click", {}, before);
  }

  click(event) {
    const element = origin(event);
    if (element?.nodeType !== 1 || event.detail === 0 && Date.now() < this.implied) return;
    const control = meant(element), { localName, type } = control;
    this.ticked = control;
    // What becomes of these is told when it has changed.
    if (isBox(control) || localName === "select" || localName === "option" || type === "file" || type === "range" || type === "color") return;
    // Of what is no control, the second click is told when it turns out to be a double click.
    if (event.detail > 1 && !isNative(element)) return;
    const shot = this.shotBefore(element);
    if (isField(control)) {
      if (this.typed?.element === control || this.held?.element === control) return;
      this.settle();
      this.held = { ...shot, element: control };
      return;
    }
    this.settle();
    if (shot.opener) this.tell("hover", {}, shot.opener);
    this.tell("click", {}, shot, element.closest("label") && control !== element ? control : element);
  }

  dblclick(event) {
    const element = origin(event);
    if (!isNative(meant(element))) this.tell("double_click", {}, this.shotBefore(element), element, { again: true });
  }

  dragstart(event) {
    const element = origin(event);
    this.drag = element?.nodeType === 1 ? this.shotBefore(element) : null;
  }

  drop(event) {
    const { drag } = this, element = origin(event);
    this.drag = null;
    if (element?.nodeType === 1) this.touched.add(element);
    if (!drag || element?.nodeType !== 1) return;
    const onto = this.number(element, drag.page);
    if (onto) this.tell("drag", {}, drag, drag.element, { onto });
  }

  // ---- What has changed.

  beforeinput(event) {
    const element = origin(event), sends = element.localName === "input" && event.inputType === "insertLineBreak";
    if (isField(element) && this.isMeant(element) && !sends) this.begin(element);
  }

  input(event) {
    if (isField(origin(event)) && this.isMeant(origin(event))) this.note(origin(event));
  }

  // Whether a person has been upon a field, or just did something that may have filled it in, as browsers do.
  isMeant(element) {
    return this.touched.has(element) || Boolean(navigator.userActivation?.isActive);
  }

  change(event) {
    const element = origin(event), { localName, type } = element;
    if (isBox(element) ? this.ticked !== element : !this.isMeant(element)) return;
    if (isField(element)) {
      if (this.typed?.element !== element && this.told.get(element) === read(element)) return;
      this.note(element);
      this.flushLater(element);
      return;
    }
    this.settle();
    const shot = this.shotBefore(element);
    if (isBox(element)) this.tell("check", element.checked ? {} : { on: false }, shot, element);
    else if (localName === "select") this.select(element, shot);
    else if (type === "file") for (const file of element.files) this.tell("upload", { path: file.name }, shot, element);
    else if (type === "range" || type === "color") this.tell("fill", { text: element.value }, shot, element);
  }

  select(element, shot) {
    const before = element.multiple && this.told.get(element) || [];
    const now = Array.from(element.selectedOptions, option => tidy(option.label));
    this.told.set(element, now);
    for (const option of now) if (!before.includes(option)) this.tell("select", { option }, shot, element);
  }

  blur(event) {
    this.flushLater(event.target);
  }

  // A field that a page takes away to draw it anew loses the focus too.
  flushLater(element) {
    queueMicrotask(() => { if (element === this.typed?.element && element.isConnected) this.flush(); });
  }

  // ---- Keys.

  keydown(event) {
    const element = origin(event), { key: name } = event;
    if (event.isComposing || event.repeat || element?.nodeType !== 1) return;
    this.touched.add(element);
    if (name === "Enter" && this.enter(event, element)) return;
    if (isField(element)) {
      if (name.length === 1 && !event.ctrlKey && !event.metaKey) return this.begin(element);
      if (name === "Backspace" || name === "Delete") return this.begin(element);
    }
    if (name === " " && (isBox(element) || isNative(element))) this.before = this.shot(element);
    else if (this.isOrder(event)) this.later(event, this.shot(null), shot => this.tell("press", { key: chord(event) }, shot));
    else if (this.matters(event, element)) this.press(event, element);
    else if (element.localName === "select" || isBox(element)) this.before = this.shot(element);
  }

  // Enter in a field sends it; on a control it is a click, which comes by itself.
  enter(event, element) {
    const lines = element.localName === "textarea" || element.isContentEditable;
    if (!lines) {
      if (isField(element)) {
        this.implied = Date.now() + IMPLIED;
        this.press(event, element);
        return true;
      }
      return isNative(element);
    }
    // Where there are lines, it is an order only if the page takes it for one.
    const { typed } = this, value = typed?.value;
    this.later(event, this.shot(element), shot => {
      this.typed = null;
      if (value) this.fill(typed, value);
      this.tell("press", { key: "Enter" }, shot);
    });
    return true;
  }

  // Tells of a key that the page takes for its own; else it is the browser's, or only writes.
  later(event, shot, tell) {
    setTimeout(() => { if (event.defaultPrevented) tell(shot); });
  }

  // Whether a key is no letter, but an order to the page or the browser.
  isOrder({ key: name, ctrlKey, metaKey, altKey }) {
    return /^F\d/.test(name) || name.length === 1 && (ctrlKey || metaKey || altKey) && !/^[acvxzy]$/i.test(name);
  }

  // Whether a key does anything but write, or move within a text.
  matters(event, element) {
    const { key: name } = event;
    if (name === "Escape") return true;
    if (MOVES.test(name)) {
      if (element.localName === "input" && !isField(element) || ["number", "date", "time", "month", "week", "datetime-local"].includes(element.type)) return false;
      const listed = LISTED.test(roleOf(element)) || element.list || element.hasAttribute("aria-autocomplete") || element.hasAttribute("aria-haspopup");
      return Boolean(listed) && element.localName !== "select";
    }
    if (name.length !== 1 || event.ctrlKey || event.metaKey || event.altKey) return false;
    return !isField(element) && element.localName !== "select" && !(name === " " && element === document.body);
  }

  press(event, element) {
    this.settle();
    const aimed = isField(element) || isNative(element) || LISTED.test(roleOf(element));
    const shot = this.shot(aimed ? element : null);
    this.tell("press", { key: chord(event) }, shot);
  }

  // ---- The end of a page.

  pagehide(event) {
    this.settle();
    if (event.target === document) this.send({ verb: "", args: {}, target: null, look: this.shot(null).page });
  }
}

const HEARD = ["pointerover", "pointerdown", "pointerup", "click", "dblclick", "dragstart", "drop", "beforeinput", "input", "change", "blur", "keydown", "pagehide"];
const desk = `${key}d`, root = outermost();
const hearing = event => {
  if (!event.isTrusted) return;
  try {
    root[desk]?.[event.type](event);
  } catch (error) {
    // Whoever looks on must not be noticed, and must say that something was missed.
    globalThis[`${key}b`](JSON.stringify({ trouble: `${event.type}: ${error}` }));
  }
};
// `document.open` takes all listeners away. The same one cannot be added twice.
const listen = () => { for (const type of HEARD) window.addEventListener(type, hearing, true); };
if (root === window) Object.defineProperty(window, desk, { value: new Desk() });
Object.defineProperty(window, `${key}l`, { value: listen });
listen();
