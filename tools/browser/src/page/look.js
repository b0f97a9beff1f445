// The table of what can be acted on, and the digest of what can be read.

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
function print(element, role, name, context, form) {
  const { origin } = windowOf(element);
  // None of these can have a line break in it.
  return [role, name, context, typeOf(element), linkOf(element), form?.action ?? "", form?.method ?? "",
    isSecret(element) ? "secret" : "", origin === window.origin ? "" : origin].join("\n");
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

// What is shown of an element, and beside it what it means to whoever acts on it.
function rowOf(element, role) {
  const meaning = describe(element, role);
  const { reference, name, context } = meaning;
  return {
    reference, role, name, context, value: valueOf(element, role), states: statesOf(element, role),
    options: optionsOf(element), meaning,
  };
}
