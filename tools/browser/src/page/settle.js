// Waiting, for what an act has set off and for what somebody wants to see.

const QUIET = 40;
const leaving = new Set();

// Notes that a window begins to leave its document, until that ends in one way or another.
function heed(view) {
  view.navigation?.addEventListener("navigate", event => {
    if (!event.hashChange && event.downloadRequest === null && !event.destination.sameDocument) leaving.add(view);
  });
  for (const type of ["navigatesuccess", "navigateerror"]) view.navigation?.addEventListener(type, () => leaving.delete(view));
  // A page that comes back from the cache has left before.
  view.addEventListener("pageshow", () => leaving.delete(view));
}

function loading() {
  if (document.readyState !== "complete") return true;
  for (const frame of document.querySelectorAll("iframe")) {
    const inner = frameDocument(frame);
    if (inner && inner.readyState !== "complete" && frame.loading !== "lazy") return true;
  }
  return leaving.size > 0;
}

// The windows of the page and of its frames of the same origin.
function views() {
  const found = [window];
  for (const view of found) {
    for (const frame of view.document.querySelectorAll("iframe, frame")) {
      const inner = frameDocument(frame)?.defaultView;
      if (inner) found.push(inner);
    }
  }
  return found;
}

// ---- What an act sets off: `mark` begins it. See work.js for the requests and timers.

let marked = null;

// From here on everything counts that begins.
function mark() {
  watch();
  for (const view of views()) view.dispatchEvent(new Event(`lamassu-mark-${key}`));
}

function watch() {
  marked?.end();
  const now = { stirs: 0, stirred: performance.now(), scripts: new Set() };
  const observer = new MutationObserver(records => {
    now.stirs++;
    now.stirred = performance.now();
    for (const { addedNodes } of records) for (const node of addedNodes) if (fetches(node)) now.scripts.add(node);
  });
  observer.observe(document, { subtree: true, childList: true, characterData: true, attributes: true });
  const fetched = event => now.scripts.delete(event.target);
  for (const type of ["load", "error"]) document.addEventListener(type, fetched, true);
  now.end = () => {
    observer.disconnect();
    for (const type of ["load", "error"]) document.removeEventListener(type, fetched, true);
    marked = null;
  };
  marked = now;
}

// Whether a node that has come brings a script or a style with it.
function fetches(node) {
  return node.localName === "script" ? Boolean(node.src)
    : node.localName === "link" && /stylesheet|modulepreload/.test(node.rel) && node.isConnected;
}

// How much is under way; null if a page's counter does not answer.
function underway() {
  let total = 0, answered = true;
  for (const view of views()) {
    let count = null;
    const told = event => { count = Number(event.detail); };
    view.addEventListener(`lamassu-tell-${key}`, told);
    view.dispatchEvent(new Event(`lamassu-ask-${key}`));
    view.removeEventListener(`lamassu-tell-${key}`, told);
    if (count === null) answered = false;
    total += count ?? 0;
  }
  return answered ? total : null;
}

// Whether something moves that will soon stand still.
function moving() {
  return document.getAnimations().some(animation => {
    if (animation.playState !== "running") return false;
    const { endTime } = animation.effect?.getComputedTiming() ?? {};
    return endTime !== Infinity && endTime - animation.currentTime <= SHORT;
  });
}

const SHORT = 1500;
// So many turns of the event loop must pass without a change.
const TURNS = 2;

// Answers when what was set off since `mark`, or since the document began, is done: at the latest
// after `limit` milliseconds, or after `load` if a document is on its way. `from` is the epoch of
// one that is about to go away. `frames` are drawn before. `dropped` says that a document which was
// on its way will not come, of which a page learns nothing.
function settle({ limit, load, from, frames, dropped }) {
  const press = release();
  if (dropped) leaving.clear();
  if (!marked) watch();
  const now = marked;
  return new Promise(resolve => {
    const begin = performance.now();
    let turns = 0, stirs = -1, drawn = 0, loaded = begin;
    const draw = () => { if (++drawn < frames) requestAnimationFrame(draw); };
    if (frames) requestAnimationFrame(draw);
    const busy = time => {
      const count = underway();
      return count > 0 || now.scripts.size > 0 || drawn < frames || now.stirs !== stirs || moving()
        || (count === null && time - now.stirred < QUIET);
    };
    const tick = () => {
      const time = performance.now();
      const coming = from === epoch || loading();
      if (coming) loaded = time;
      turns = coming || busy(time) ? 0 : turns + 1;
      stirs = now.stirs;
      const over = coming ? time - begin >= load : time - loaded >= limit;
      if (!over && turns < TURNS) return void setTimeout(tick, 0);
      now.end();
      resolve({ ...place(), over, coming, press });
    };
    tick();
  });
}

// ---- What somebody wants to see.

// Answers when what is wanted is there, or when it is `gone`: a text that can be read, a part of the
// address, or an element.
function appear({ what, gone, limit }) {
  return new Promise(done => {
    const begin = performance.now();
    const there = () => gone !== (what.text ? norm(prose({ limit: 1e6 }).text).includes(norm(what.text))
      : what.address ? location.href.includes(what.address) : Boolean(probe(what.target)));
    let due = true;
    const observer = new MutationObserver(() => { due = true; });
    observer.observe(document, { subtree: true, childList: true, characterData: true, attributes: true });
    const tick = () => {
      const over = performance.now() - begin >= limit;
      const found = due && there();
      // Some changes leave no record: what is scrolled, shown by a style, or in the address.
      due = performance.now() % 200 < 30;
      if (!found && !over) return void setTimeout(tick, 20);
      observer.disconnect();
      done({ ...place(), found });
    };
    tick();
  });
}

function probe(wanted) {
  const { one, many } = resolve(wanted);
  return one || many;
}
