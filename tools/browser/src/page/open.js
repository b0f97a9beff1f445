// The beginning of the library: one copy of it lives in each document, in a world of its own that
// the page's scripts cannot reach, under the name `key`.

const epoch = Array.from(crypto.getRandomValues(new Uint32Array(2)), part => part.toString(16)).join("");

new MutationObserver(records => {
  for (const { target, oldValue } of records) if (oldValue?.toLowerCase() === "password") secretive.add(target);
}).observe(document, { subtree: true, attributes: true, attributeFilter: ["type"], attributeOldValue: true });
heed(window);
for (const target of [window, visualViewport]) target.addEventListener("resize", hushes, true);

Object.defineProperty(window, key, { value: Object.freeze({ place, look, prose, records, resolve, ready, locus, grip, focus, mark,
  fill, select, state, scroll, settle, appear, search, frame_picture, unframe_picture, watched, words, cover, uncover, hush, frames_like, frame_spot,
  chooser, grasp, held, leaves, stay, save }) });
