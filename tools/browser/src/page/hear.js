// What listens for a press, as the hook in the page's own world tells it.

const listened = new Set();
const hears = event => listened.add(event.composedPath()[0]);

// Learns which elements of `view`, and of the frames in it, have come to listen since the last time.
function hear(view = window) {
  view.addEventListener(`lamassu-heard-${key}`, hears, true);
  view.document.dispatchEvent(new Event(`lamassu-hear-${key}`));
  for (let index = 0; index < view.length; index++) if (isOurs(view[index])) hear(view[index]);
}

// Whether the window is of this origin, so that it can be looked into.
function isOurs(view) {
  try { return Boolean(view.document); } catch { return false; }
}

// Whether a press on the element itself means something. What listens for the presses of the many
// controls in it, or of the one that fills it, is no control.
function listens(element) {
  if (!listened.has(element) || INSIDE.has(element.localName)) return false;
  const box = element.getBoundingClientRect();
  if (box.width * box.height > innerWidth * innerHeight * .5) return false;
  const inner = element.querySelectorAll(CANDIDATES);
  return inner.length === 0 || inner.length <= 3 && tidy(inner[0].textContent) !== tidy(element.textContent);
}
