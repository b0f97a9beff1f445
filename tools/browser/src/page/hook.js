// Runs in the page's own world of each document, before the page's first script. It answers to
// events whose names nobody but the library knows, and changes nothing that a page can do. What
// it calls is kept from the beginning, since a page may replace anything later.

const { Event, WeakRef, WeakSet } = globalThis;
const { apply } = Reflect;
const { addEventListener, dispatchEvent } = EventTarget.prototype;

// ---- Listeners.

const PRESSES = ["click", "dblclick", "mousedown", "mouseup", "pointerdown", "pointerup"];
const MOST = 4000;
const remembered = new WeakSet();
let untold = [];

// Remembers an element that listens for a press. It is told when it is on the page and asked for.
function remember(target) {
  try {
    if (target?.nodeType !== 1 || remembered.has(target) || untold.length >= MOST) return;
    remembered.add(target);
    untold.push(new WeakRef(target));
    // `document.open` takes all listeners away. The same one cannot be added twice.
    answer();
  } catch {
    // A page must not notice that anybody looks on.
  }
}

function answer() {
  apply(addEventListener, document, [`lamassu-hear-${key}`, tell]);
}

function tell() {
  const still = [];
  for (const reference of untold) {
    const element = reference.deref();
    if (element?.isConnected) apply(dispatchEvent, element, [new Event(`lamassu-heard-${key}`, { composed: true })]);
    else if (element) still.push(reference);
  }
  untold = still;
}

// A proxy of a function has its name, its length and a source that is native code.
EventTarget.prototype.addEventListener = new Proxy(addEventListener, {
  apply(add, target, values) {
    if (values[1] && PRESSES.includes(values[0])) remember(target);
    return apply(add, target, values);
  },
});

for (const prototype of [HTMLElement.prototype, SVGElement.prototype]) {
  for (const type of PRESSES) {
    const property = Object.getOwnPropertyDescriptor(prototype, `on${type}`);
    if (!property?.set) continue;
    const set = new Proxy(property.set, {
      apply(assign, target, values) {
        if (values[0]) remember(target);
        return apply(assign, target, values);
      },
    });
    Object.defineProperty(prototype, `on${type}`, { ...property, set });
  }
}

answer();
