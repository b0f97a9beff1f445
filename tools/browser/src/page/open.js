// The beginning of the library: one copy of it lives in each document, in a world of its own that
// the page's scripts cannot reach. `key` tells this world from every other.

const epoch = Array.from(crypto.getRandomValues(new Uint32Array(2)), part => part.toString(16)).join("");

new MutationObserver(records => {
  for (const { target, oldValue } of records) if (oldValue?.toLowerCase() === "password") secretive.add(target);
}).observe(document, { subtree: true, attributes: true, attributeFilter: ["type"], attributeOldValue: true });
heed(window);

globalThis.lamassu = { key, place, look, prose, records, resolve, ready, focus, release, fill, select, state, scroll, settle, appear, search };
