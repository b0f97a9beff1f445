// Finding what a call names, and acting on exactly what was judged.

const norm = text => tidy(text).toLowerCase();

function describe(element, role = roleOf(element) || (pointed(element) || listened.has(element) ? "clickable" : element.localName)) {
  const name = nameOf(element, role);
  const context = contextOf(element, name);
  const form = formOf(element);
  return {
    reference: number(element), role, name, context, form, submits: submits(element),
    link: linkOf(element), download: element.hasAttribute("download"), origin: windowOf(element).origin,
    type: typeOf(element), secret: isSecret(element), field: purposeOf(element), enabled: isEnabled(element), visible: isVisible(element),
    print: print(element, role, name, context, form), implicit: implicitName(element),
  };
}

// The name of the button that Enter in this field would press; null if Enter sends nothing.
function implicitName(element) {
  const form = element.form;
  if (!form || element.localName !== "input") return null;
  if (["checkbox", "radio", "file", "button", "reset", "color", "range"].includes(element.type)) return null;
  const button = [...form.elements].find(submits);
  if (button) return button.disabled ? null : nameOf(button, "button");
  const blocking = [...form.elements].filter(field => field.localName === "input"
    && !["checkbox", "radio", "file", "button", "reset", "hidden", "color", "range"].includes(field.type));
  return blocking.length === 1 ? "" : null;
}

// The element with this number if it is still what `print` says, else why not.
function verify({ reference, print: expected, epoch: wanted }) {
  if (wanted !== epoch) return { stale: "the page has changed" };
  const element = nodes.get(reference)?.deref();
  if (!element) return { stale: "there is no such reference" };
  if (!element.isConnected || !windowOf(element)) return { stale: "it has been taken off the page" };
  if (expected !== undefined && describe(element).print !== expected) return { stale: "it is not what it was" };
  return { element };
}

// Resolves a reference or a name to one element.
function resolve(wanted) {
  if (wanted.focused) {
    const element = focusedOf(document);
    return element ? { ...place(), one: describe(element) } : { ...place(), nothing: true };
  }
  if (wanted.reference) {
    const { element, stale } = verify(wanted);
    return element ? { ...place(), one: describe(element) } : { ...place(), stale };
  }
  const choices = inBulk(() => candidates(wanted));
  let found = best(choices, norm(wanted.name));
  if (!found.length && wanted.anything) found = showing(norm(wanted.name));
  if (wanted.context) {
    const around = norm(wanted.context);
    found = found.filter(choice => surroundings(choice.element).includes(around));
  }
  if (found.length === 1) return { ...place(), one: describe(found[0].element) };
  if (found.length > 1) return { ...place(), many: found.slice(0, 8).map(choice => describe(choice.element)), count: found.length };
  return { ...place(), near: nearest(choices, norm(wanted.name)) };
}

// The innermost elements that show exactly this text, or are labelled so.
function showing(wanted) {
  const found = [];
  for (const root of roots()) {
    for (const element of root.querySelectorAll("body *")) {
      if (norm(attribute(element, "aria-label") || element.textContent.slice(0, 2 * NAME_LIMIT)) !== wanted) continue;
      if (!isVisible(element)) continue;
      if (found.at(-1)?.element.contains(element)) found.pop();
      found.push({ element });
    }
  }
  return found;
}

function focusedOf(root) {
  let element = root.activeElement;
  while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
  const inner = element && frameDocument(element);
  if (inner) return focusedOf(inner);
  return element && element !== root.body && element !== root.documentElement ? element : null;
}

// Everything of that role that may be meant, with its name. Whether it is visible is seen later, of
// the few that fit.
function candidates({ role, fields }) {
  hear();
  const found = [];
  for (const root of roots()) {
    for (const element of root.querySelectorAll(CANDIDATES)) {
      const own = roleOf(element);
      if (!own || (role && !fits(own, role)) || (fields && !FIELD_ROLES.has(own))) continue;
      found.push({ element, role: own, name: nameOf(element, own) });
    }
  }
  for (const element of listened) {
    if (fields || role && role !== "clickable" || roleOf(element) || !element.isConnected) continue;
    if (listens(element) && !element.closest(CONTROLS)) found.push({ element, role: "clickable", name: nameOf(element, "clickable") });
  }
  return found.length || fields || (role && role !== "clickable") ? found : hints();
}

// Elements that only look as if they could be clicked.
function hints() {
  const found = [];
  for (const root of roots()) {
    for (const element of root.querySelectorAll("body *")) {
      if (!INSIDE.has(element.localName) && (pointed(element) || listens(element))) {
        found.push({ element, role: "clickable", name: nameOf(element, "clickable") });
      }
    }
  }
  return found;
}

const ALIASES = { field: TEXT_ROLES, "text field": TEXT_ROLES, input: TEXT_ROLES, dropdown: new Set(["combobox", "listbox"]),
  select: new Set(["combobox", "listbox"]), box: new Set([...TEXT_ROLES, "checkbox"]), checkbox: new Set(["checkbox", "switch", "menuitemcheckbox"]) };

function fits(own, role) {
  return own === role || Boolean(ALIASES[role]?.has(own));
}

function best(choices, wanted) {
  const names = choices.map(choice => norm(choice.name));
  for (const test of [name => name === wanted, name => name.startsWith(wanted), name => name.includes(wanted)]) {
    const found = choices.filter((choice, index) => test(names[index]) && (!choice.element || isVisible(choice.element)));
    if (found.length) return found;
    if (!wanted) return [];
  }
  return [];
}

function surroundings(element) {
  const texts = [contextOf(element, "")];
  let box = parentOf(element);
  for (let level = 0; box && level < 8; level++, box = parentOf(box)) {
    if (box.localName === "body" || box.localName === "main") break;
    texts.push(attribute(box, "aria-label"));
    if (box.matches(BOXES)) {
      texts.push(cut(spoken(box, null), 2000));
      break;
    }
  }
  return norm(texts.join(" "));
}

// Up to five names that share most words or letters with what was wanted.
function nearest(choices, wanted) {
  const pairs = text => new Set([...text].slice(1).map((letter, index) => text[index] + letter));
  const letters = pairs(wanted);
  const score = name => [...pairs(norm(name))].filter(pair => letters.has(pair)).length * 2 / (letters.size + pairs(norm(name)).size || 1);
  return choices.filter(choice => choice.name && isVisible(choice.element))
    .map(choice => ({ role: choice.role, name: choice.name, score: score(choice.name) }))
    .sort((one, other) => other.score - one.score).slice(0, 5)
    .map(({ role, name }) => ({ role, name }));
}

// ---- Acting. Each begins with `verify`, in the same turn of the page's event loop.

let guard = null;

// Where a press on the element would have to go: it is in view, not covered, enabled. Else why not.
function spot(aim) {
  const { element, stale } = verify(aim);
  if (stale) return { stale };
  if (!isEnabled(element)) return { trouble: "disabled" };
  if (!isVisible(element)) return { trouble: "hidden" };
  let point = pointOf(element);
  if (!point) {
    standIn(element).scrollIntoView({ block: "center", inline: "center", behavior: "instant" });
    for (let view = windowOf(element); view.frameElement; view = windowOf(view.frameElement)) {
      if (!pointOf(element)) view.frameElement.scrollIntoView({ block: "center", behavior: "instant" });
    }
    point = pointOf(element);
  }
  if (!point) return { trouble: "covered", by: coverOf(element) };
  const offset = offsetOf(windowOf(element));
  return { element, x: point.x + offset.x, y: point.y + offset.y };
}

const spotted = ({ stale, trouble, by, x, y }) => ({ stale, trouble, by, x: x ?? 0, y: y ?? 0 });

// Makes ready for presses with the mouse: guards the element until they are over, so that one that
// would reach anything else is swallowed.
function ready({ times, ...aim }) {
  mark();
  const found = spot(aim);
  if (found.element) protect(found.element, aim.print, "click", times);
  return spotted(found);
}

// Makes ready for the mouse to come over the element.
function locus(aim) {
  mark();
  return spotted(spot(aim));
}

// Makes ready for dragging the element onto another one; both must be in view at once.
function grip({ onto, ...aim }) {
  mark();
  const target = spot(onto);
  if (!target.element) return spotted(target);
  const found = spot(aim);
  const again = found.element ? spot(onto) : found;
  if (found.element && again.element) protect(found.element, aim.print, "mousedown", 1);
  return { ...spotted(found.element ? found : again), to_x: again.x ?? 0, to_y: again.y ?? 0 };
}

// Focuses the element and guards it until a key has been pressed on it.
function focus(aim) {
  mark();
  const { element, stale } = verify(aim);
  if (stale) return { stale };
  if (!isEnabled(element)) return { trouble: "disabled" };
  if (focusedOf(document) !== element) element.focus();
  if (focusedOf(document) !== element) return { trouble: "unfocusable" };
  protect(element, aim.print, "keydown", 1);
  return { x: 0, y: 0 };
}

function protect(element, expected, until, times) {
  release();
  let left = times;
  const shown = standIn(element);
  const report = { reached: 0, swallowed: 0 };
  const check = event => {
    if (!event.isTrusted) return;
    const target = event.composedPath()[0] ?? event.target;
    const right = target.nodeType === 1 && element.isConnected && reaches(target, shown, element)
      && describe(element).print === expected;
    if (right) report.reached++;
    else if (event.type !== "mouseup" && event.type !== "pointerup") {
      report.swallowed++;
      event.preventDefault();
      event.stopImmediatePropagation();
    }
    // What happens after the press has arrived is the page's own affair.
    if (event.type === until && --left === 0) off();
  };
  const types = until === "keydown" ? ["keydown"] : ["pointerdown", "mousedown", "click"];
  const both = new Set([window, windowOf(element)]);
  const off = () => { for (const view of both) for (const type of types) view.removeEventListener(type, check, true); };
  for (const view of both) for (const type of types) view.addEventListener(type, check, true);
  guard = { report, off };
}

// Ends the guard, and tells what it has seen.
function release() {
  const report = guard?.report ?? null;
  guard?.off();
  guard = null;
  return report;
}

// Puts `text` into a field as if it had been typed over what was there.
function fill({ text, secret, ...aim }) {
  const { element, stale } = verify(aim);
  if (stale) return { stale };
  if (!isEnabled(element)) return { trouble: "disabled" };
  if (element.readOnly) return { trouble: "readonly" };
  if (!TEXT_ROLES.has(roleOf(element)) && element.type !== "range") return { trouble: "unfillable" };
  standIn(element).scrollIntoView({ block: "nearest", behavior: "instant" });
  element.focus();
  const again = verify(aim);
  if (again.stale) return again;
  if (secret) secretive.add(element);
  mark();
  return write(element, text);
}

const PICKED = new Set(["date", "time", "datetime-local", "month", "week", "color", "range"]);

function write(element, text) {
  const view = windowOf(element);
  if (element.localName === "input" && PICKED.has(element.type)) {
    element.value = text;
    if (element.value !== text) return { trouble: "value", by: element.type };
    return announce(element);
  }
  if (focusedOf(document) !== element) return { trouble: "unfocusable" };
  if (element.localName === "input" || element.localName === "textarea") element.select();
  else view.getSelection().selectAllChildren(element);
  const typed = element.ownerDocument.execCommand(text === "" ? "delete" : "insertText", false, text);
  const now = element.value ?? element.innerText;
  if (text === "" && now === "") return { done: true };
  if (!typed && now !== text) return { trouble: "untyped" };
  return { done: true, other: !isMasked(element) && tidy(now) !== tidy(text) ? cut(now, NAME_LIMIT) : null };
}

function announce(element) {
  element.dispatchEvent(new Event("input", { bubbles: true, composed: true }));
  element.dispatchEvent(new Event("change", { bubbles: true }));
  return { done: true };
}

function select({ option, ...aim }) {
  const { element, stale } = verify(aim);
  if (stale) return { stale };
  if (!isEnabled(element)) return { trouble: "disabled" };
  if (element.localName !== "select") return { trouble: "unselectable" };
  const options = [...element.options].filter(each => !each.disabled && !each.parentElement.disabled);
  const found = best(options.map(each => ({ each, name: each.label })), norm(option));
  const byValue = found.length ? found : options.filter(each => each.value === option).map(each => ({ each, name: each.label }));
  if (byValue.length !== 1) return { trouble: "option", by: (byValue.length ? byValue.map(one => one.name) : optionsOf(element)).join(" | ") };
  mark();
  element.focus();
  byValue[0].each.selected = true;
  announce(element);
  return { done: true, other: tidy(byValue[0].each.label) };
}

function state(aim) {
  const { element, stale } = verify(aim);
  return stale ? { stale } : { checked: isChecked(element, roleOf(element)) };
}

// Scrolls an element into view or, told how far, the box that it stands in; without one the page.
function scroll({ to, by, aim }) {
  mark();
  const { element, stale } = aim ? verify(aim) : {};
  if (stale) return { stale };
  if (element && !to) {
    standIn(element).scrollIntoView({ block: "center", behavior: "instant" });
    return {};
  }
  const box = (element && scrollable(element)) ?? scroller();
  const step = by ?? Math.round(box.clientHeight * .85);
  const top = { down: box.scrollTop + step, up: box.scrollTop - step, end: box.scrollHeight, top: 0 }[to];
  const before = box.scrollTop;
  box.scrollTo({ top, behavior: "instant" });
  return { other: box.scrollTop === before ? "still" : null };
}

// The nearest box around an element, or itself, that can be scrolled.
function scrollable(element) {
  for (let node = element; node; node = parentOf(node)) {
    if (node.scrollHeight > node.clientHeight + 4 && /auto|scroll/.test(getComputedStyle(node).overflowY)) return node;
  }
  return null;
}

// The page itself or, where the page does not scroll, the box in its middle that does.
function scroller() {
  const page = document.scrollingElement ?? document.documentElement;
  if (page.scrollHeight > page.clientHeight + 4) return page;
  return scrollable(at(window, innerWidth / 2, innerHeight / 2)) ?? page;
}

// The elements of `role`, if one is given, whose names contain `text`, in pages.
function search({ text, role, offset, limit }) {
  const wanted = norm(text ?? "");
  const found = inBulk(() => candidates({ role })).filter(choice => norm(choice.name).includes(wanted) && isVisible(choice.element));
  return { ...place(), rows: found.slice(offset, offset + limit).map(choice => rowOf(choice.element, choice.role)), count: found.length };
}
