// Roles, accessible names, states and surroundings of one element, as people rely on them.
// Source: "Accessible Name and Description Computation 1.2" and "HTML Accessibility API Mappings",
// without the corners that do not occur in practice.

const NAME_LIMIT = 120;
const CONTEXT_LIMIT = 60;
const FIELD_ROLES = new Set(["textbox", "searchbox", "spinbutton", "combobox", "listbox", "slider", "checkbox",
  "radio", "switch", "menuitemcheckbox", "menuitemradio", "file"]);
const TEXT_ROLES = new Set(["textbox", "searchbox", "spinbutton", "combobox"]);
const ACTION_ROLES = new Set(["button", "link", "tab", "menuitem", "option", "treeitem", "clickable", ...FIELD_ROLES]);
// Roles that are acted on only where the element can have the focus or listens for a press.
const FOCUS_ROLES = new Set(["gridcell", "columnheader", "rowheader", "row", "separator", "scrollbar"]);
const INPUT_ROLES = {
  button: "button", submit: "button", reset: "button", image: "button", checkbox: "checkbox", radio: "radio",
  range: "slider", number: "spinbutton", search: "searchbox", file: "file", hidden: "",
};
const CANDIDATES = "a[href],area[href],button,input,select,textarea,summary,[role],[contenteditable],[onclick],[tabindex]";

const tidy = text => text.replace(/\s+/g, " ").trim();
const cut = (text, limit) => text.length > limit ? text.slice(0, limit - 1).trimEnd() + "…" : text;
const attribute = (element, name) => element.getAttribute(name) ?? "";
const rootOf = element => element.getRootNode();
const windowOf = element => element.ownerDocument.defaultView;
const parentOf = element => element.parentElement ?? (rootOf(element).host ?? null);

// Fields that hide what is typed, and those that once did.
const secretive = new WeakSet();

function typeOf(element) {
  return element.localName === "input" || element.localName === "button" ? element.type : "";
}

// The role an element acts as, or "" if it is nothing that can be acted on.
function roleOf(element) {
  const given = element.getAttribute("role");
  if (given) for (const role of given.toLowerCase().split(/\s+/)) {
    if (ACTION_ROLES.has(role) || (FOCUS_ROLES.has(role) && (element.tabIndex >= 0 || listened.has(element)))) return role;
  }
  switch (element.localName) {
    case "th": return element.hasAttribute("aria-sort") && !element.querySelector("button,a[href]") ? "columnheader" : clickable(element);
    case "a": case "area": return element.hasAttribute("href") ? "link" : clickable(element);
    case "button": case "summary": return "button";
    case "textarea": return "textbox";
    case "select": return element.multiple || element.size > 1 ? "listbox" : "combobox";
    case "input": return INPUT_ROLES[element.type] ?? (element.hasAttribute("list") ? "combobox" : "textbox");
    default: return editable(element) ? "textbox" : clickable(element);
  }
}

function editable(element) {
  return element.isContentEditable && !parentOf(element)?.isContentEditable;
}

function clickable(element) {
  return element.hasAttribute("onclick") || (element.hasAttribute("tabindex") && element.tabIndex >= 0 && pointed(element))
    ? "clickable" : "";
}

// Whether the pointer becomes a hand over this element, and not because of one around it.
function pointed(element) {
  if (windowOf(element).getComputedStyle(element).cursor !== "pointer") return false;
  const parent = parentOf(element);
  return !parent || windowOf(parent).getComputedStyle(parent).cursor !== "pointer";
}

function seen(element) {
  return element.checkVisibility({ visibilityProperty: true, opacityProperty: true });
}

const lone = (element, sign) => sign.test(tidy(element?.textContent ?? ""));

// Whether the element stands apart from the text around it, as a block does. A letter in a box of
// its own, as animations have it, does not; nor does a digit among such boxes, which alone is a badge.
function apart(element) {
  if (!INLINE.has(element.localName)) return true;
  const display = windowOf(element).getComputedStyle(element).display;
  if (display === "inline-block") {
    const beside = [element.previousSibling, element.nextSibling].some(other => other?.nodeType === 1 && lone(other, /^[\p{L}\p{N}]$/u));
    return !lone(element, beside ? /^[\p{L}\p{N}]$/u : /^\p{L}$/u);
  }
  return display !== "inline" && display !== "contents" && display !== "none";
}

// The text of `node` as it is read out; `skip` is a control whose own value does not count.
function spoken(node, skip, depth = 0) {
  if (node.nodeType === 3) return node.data;
  if (node.nodeType !== 1 && node.nodeType !== 11 || node === skip || depth > 20) return "";
  if (node.nodeType === 1 && depth > 0) {
    if (attribute(node, "aria-hidden") === "true" || !node.checkVisibility({ visibilityProperty: true })) return "";
    if (node.hasAttribute("aria-label")) return ` ${attribute(node, "aria-label")} `;
    switch (node.localName) {
      case "img": return ` ${attribute(node, "alt")} `;
      case "svg": return ` ${node.querySelector("title")?.textContent ?? ""} `;
      case "select": case "textarea": case "input": case "script": case "style": return "";
    }
  }
  const slotted = node.localName === "slot" ? node.assignedNodes() : [];
  let text = "";
  for (let index = 0, child = slotted[0] ?? node.firstChild; child; child = slotted.length ? slotted[++index] : child.nextSibling) {
    const part = spoken(child, skip, depth + 1);
    text += part && child.nodeType === 1 && apart(child) ? ` ${part} ` : part || (child.localName === "br" ? " " : "");
    if (text.length > 2000) break;
  }
  if (!tidy(text) && node.shadowRoot) text = spoken(node.shadowRoot, skip, depth + 1);
  return text;
}

function referred(element, name) {
  const root = rootOf(element);
  const ids = attribute(element, name).split(/\s+/).filter(Boolean);
  return tidy(ids.map(id => root.getElementById?.(id)).filter(Boolean)
    .map(other => attribute(other, "aria-label") || spoken(other, element) || attribute(other, "alt")).join(" "));
}

// What was found out about many elements at once, for as long as nothing can change.
let bulk = null;

function inBulk(job) {
  bulk = { labels: new Map(), prices: new Map(), titles: new Map(), heads: new Map(), boxes: new Map(), arounds: new Map(), told: new Set() };
  try { return job(); } finally { bulk = null; }
}

const LABELLED = new Set(["input", "select", "textarea", "button", "meter", "output", "progress"]);

// The labels of a field. The browser walks the whole page for each field that is asked for its own.
function labelsOf(element) {
  if (!bulk) return element.labels ? [...element.labels] : [];
  if (!LABELLED.has(element.localName)) return [];
  const root = rootOf(element);
  if (!bulk.labels.has(root)) {
    const labels = [...root.querySelectorAll("label")];
    bulk.labels.set(root, labels.length ? Map.groupBy(labels, label => attribute(label, "for")) : null);
  }
  const labels = bulk.labels.get(root);
  if (!labels) return [];
  const around = labels.has("") ? element.closest("label:not([for])") : null;
  const named = element.id ? labels.get(element.id) ?? [] : [];
  return around?.control === element ? [...named, around] : named.filter(label => label.control === element);
}

function nativeName(element) {
  const type = typeOf(element);
  if (element.localName === "input") {
    if (["button", "submit", "reset"].includes(type)) {
      return tidy(element.value) || { submit: "Submit", reset: "Reset" }[type] || "";
    }
    if (type === "image") return tidy(attribute(element, "alt") || element.value || "") || "Submit";
  }
  return tidy(labelsOf(element).map(label => spoken(label, element)).join(" "));
}

function nameOf(element, role) {
  const name = referred(element, "aria-labelledby")
    || tidy(attribute(element, "aria-label"))
    || nativeName(element)
    || (element.localName === "area" ? tidy(attribute(element, "alt")) : "")
    || (TEXT_ROLES.has(role) || role === "listbox" || role === "slider" ? "" : tidy(spoken(element, null)))
    || tidy(attribute(element, "title"))
    || tidy(attribute(element, "placeholder") || attribute(element, "aria-placeholder"));
  return cut(name, NAME_LIMIT);
}

const BOXES = "tr,li,article,fieldset,dialog,dt,dd,[role=row],[role=listitem],[role=group],[role=radiogroup],[role=dialog],[role=article]";
const TITLES = "h1,h2,h3,h4,h5,h6,legend,caption,th,[role=heading],[role=rowheader]";
const MONEY = "(?:[$€£¥₹₽₺]|USD|EUR|GBP|CHF|JPY|SEK|NOK|DKK|PLN|CAD|AUD)";
const PRICE = new RegExp(`^(?:${MONEY}\\s?\\d[\\d.,’' ]*|\\d[\\d.,’' ]*\\s?${MONEY})$`);
const BOX_LEVELS = 8;
const BESIDE = 40;

// Whether the element is one of several alike, as the cards of a list are that is made of plain boxes.
function repeated(element) {
  if (!element.className || element.localName === "span" || element.childElementCount < 2) return false;
  const alike = other => other?.localName === element.localName && other.className === element.className;
  return alike(element.nextElementSibling) || alike(element.previousElementSibling);
}

// The row, card or group around an element; null if there is none.
function boxOf(element) {
  const parent = parentOf(element);
  return parent && once("boxes", parent, boxFrom);
}

function boxFrom(box) {
  for (let level = 0; box && level < BOX_LEVELS; level++, box = parentOf(box)) {
    if (box.localName === "body" || box.localName === "main" || box.localName === "form") return null;
    if (box.matches(BOXES) || repeated(box)) return box;
  }
  return null;
}

// What the element stands in: a row, a list item, a group, or what the nearest heading says; with
// the price that its row or card has.
function contextOf(element, name) {
  const card = boxOf(element);
  const price = card ? priceIn(card) : "";
  let box = parentOf(element), label = "";
  for (let level = 0; box && level < BOX_LEVELS && !label; level++, box = parentOf(box)) {
    if (box.localName === "body" || box.localName === "main") break;
    const { said, title, heading } = once("heads", box, headOf);
    const found = said || (title && !title.contains(element) ? heading : "") || (box === card || box.matches(BOXES) ? leadIn(box, element) : "");
    if (found !== name) label = found;
  }
  return cut([label, label.includes(price) || name.includes(price) ? "" : price].filter(Boolean).join(", "), CONTEXT_LIMIT);
}

// The one price in a row or card, with the few words beside it; "" if there are none or several.
const priceIn = box => once("prices", box, onePrice);

function onePrice(box) {
  if (!/\d/.test(box.textContent) || box.textContent.length > 2000) return "";
  let price = "", place = null;
  for (const part of box.querySelectorAll("span,b,strong,em,small,p,div,td,dd,data,ins")) {
    const text = part.childElementCount < 5 && part.textContent.length < 30 ? amount(part) : "";
    if (!PRICE.test(text) || !seen(part)) continue;
    if (price && price !== text) return "";
    if (!price) [price, place] = [text, part];
  }
  while (place && place !== box && (!apart(place) || amount(place) === price)) place = parentOf(place);
  const line = place && place !== box ? tidy(spoken(place, null)) : "";
  return line.length < BESIDE && line.includes(price) ? line : price;
}

// Cents are often raised instead of standing behind a point.
function amount(element) {
  const cents = element.querySelector("sup");
  const text = tidy(element.textContent);
  return cents && text.endsWith(cents.textContent) && /^\d\d$/.test(cents.textContent) ? `${text.slice(0, -2)}.${cents.textContent}` : text;
}

// What a box is called by its own label, and its first heading with what that says.
function headOf(box) {
  const said = tidy(attribute(box, "aria-label")) || referred(box, "aria-labelledby");
  const title = box.querySelector(TITLES);
  return { said, title, heading: title ? once("titles", title, textOf) : "" };
}

// What a row or card begins with, where that is not the element itself.
function leadIn(box, element) {
  if (box.localName === "fieldset") return "";
  const bare = [...box.childNodes].find(node => node.nodeType === 1 || node.nodeType === 3 && tidy(node.data));
  if (bare?.nodeType === 3) return tidy(bare.data);
  for (const part of box.querySelectorAll("a,td,b,strong,span,p,div,[role=cell],[role=gridcell]")) {
    if (part.contains(element) || element.contains(part)) continue;
    const text = textOf(part);
    // What another button says is no name for the row.
    if (text && !(part.querySelector("button") && textOf(part.querySelector("button")) === text)) return text;
  }
  return "";
}

const textOf = element => tidy(spoken(element, null));

// What `found` comes to for an element, which in bulk is found out once.
function once(kept, element, found) {
  if (!bulk) return found(element);
  let known = bulk[kept].get(element);
  if (known === undefined) bulk[kept].set(element, known = found(element));
  return known;
}

function isSecret(element) {
  if (element.localName !== "input" && element.localName !== "textarea") return false;
  const hint = attribute(element, "autocomplete").toLowerCase();
  if (element.type === "password" || /\b(one-time-code|current-password|new-password)\b/.test(hint)) secretive.add(element);
  return secretive.has(element);
}

// What is to be typed into a field, null for what is none. A field that once hid what was typed goes
// on being one for passwords, unless it asks for a code.
function purposeOf(element) {
  const typed = element.localName === "textarea" || element.isContentEditable || (element.localName === "input"
    && !["checkbox", "radio", "file", "button", "submit", "image", "reset", "hidden", "color", "range"].includes(element.type));
  if (!typed) return null;
  if (/\bone-time-code\b/.test(attribute(element, "autocomplete").toLowerCase())) return "one-time-code";
  return isSecret(element) ? "password" : "text";
}

function isMasked(element) {
  return isSecret(element) || /\bcc-/.test(attribute(element, "autocomplete").toLowerCase());
}

// The value of a field; null for what has none.
function valueOf(element, role) {
  if (role === "checkbox" || role === "radio" || role === "switch") return null;
  let value = null;
  switch (element.localName) {
    case "select": value = [...element.selectedOptions].map(option => tidy(option.label)).join(", "); break;
    case "textarea": value = element.value; break;
    case "input":
      if (role === "button") return null;
      value = element.type === "file" ? [...element.files].map(file => file.name).join(", ") : element.value;
      break;
    default:
      if (element.hasAttribute("aria-activedescendant")) value = activeOf(element);
      if (value) break;
      if (element.isContentEditable) value = tidy(element.innerText);
      else if (element.hasAttribute("aria-valuetext")) value = attribute(element, "aria-valuetext");
      else if (element.hasAttribute("aria-valuenow")) value = attribute(element, "aria-valuenow");
      else if (role === "listbox" || role === "combobox") value = chosenOf(element) || (role === "combobox" ? tidy(element.textContent) : null);
      else if (TEXT_ROLES.has(role)) value = tidy(element.textContent);
  }
  if (value === null) return null;
  return isMasked(element) ? (value ? "••••" : "") : cut(value, NAME_LIMIT);
}

// The list that belongs to a widget: itself, or the one that it names.
function listOf(element) {
  const ids = `${attribute(element, "aria-controls")} ${attribute(element, "aria-owns")}`.split(/\s+/).filter(Boolean);
  return ids.map(id => rootOf(element).getElementById?.(id)).find(list => list?.matches("[role=listbox],[role=tree],[role=grid]")) ?? element;
}

function choicesOf(element) {
  return [...listOf(element).querySelectorAll("[role=option],[role=treeitem]")];
}

function chosenOf(element) {
  return choicesOf(element).filter(option => attribute(option, "aria-selected") === "true").map(option => tidy(spoken(option, null))).join(", ");
}

// What arrow keys have come to in a widget that keeps the focus itself.
function activeOf(element) {
  const active = rootOf(element).getElementById?.(attribute(element, "aria-activedescendant"));
  return active && seen(active) ? tidy(attribute(active, "aria-label") || spoken(active, null)) : "";
}

function isChecked(element, role) {
  if (element.localName === "input" && (element.type === "checkbox" || element.type === "radio")) return element.checked;
  return attribute(element, "aria-checked") === "true";
}

function isEnabled(element) {
  return !element.matches(":disabled") && attribute(element, "aria-disabled") !== "true" && !element.closest("[inert]");
}

function statesOf(element, role) {
  const states = [];
  const aria = name => attribute(element, `aria-${name}`);
  if (isChecked(element, role)) states.push("checked");
  if (aria("checked") === "mixed" || element.indeterminate) states.push("mixed");
  if (aria("pressed") === "true") states.push("pressed");
  if (aria("selected") === "true") states.push("selected");
  const open = element.localName === "summary" ? String(Boolean(element.parentElement?.open)) : aria("expanded");
  if (open === "true") states.push("expanded");
  if (open === "false") states.push("collapsed");
  if (["ascending", "descending"].includes(aria("sort"))) states.push(aria("sort"));
  if (element.hasAttribute("aria-current") && aria("current") !== "false") states.push("current");
  if (!isEnabled(element)) states.push("disabled");
  if (element.readOnly) states.push("readonly");
  if (element.required || aria("required") === "true") states.push("required");
  if (aria("invalid") === "true" || element.matches(":user-invalid")) states.push("invalid");
  return states;
}

// What can be chosen; what is on the screen as a row of its own is not told again.
function optionsOf(element) {
  let options = [];
  if (element.localName === "select") options = [...element.options].filter(option => !option.hidden).map(option => option.label);
  else if (element.list) options = [...element.list.options].map(option => option.label || option.value);
  else if (/\b(combobox|listbox)\b/.test(attribute(element, "role"))) {
    options = choicesOf(element).filter(option => !isVisible(option)).map(option => attribute(option, "aria-label") || option.textContent);
  }
  options = options.map(option => cut(tidy(option), 60));
  return options.length > 20 ? [...options.slice(0, 20), `… ${options.length - 20} more`] : options;
}
