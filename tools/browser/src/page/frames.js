// Frames of another origin, which only the driver can enter.

function foreign() {
  const numbers = Array.from({ length: window.length }, (_, each) => window[each]);
  const frames = [...document.querySelectorAll("iframe, frame")].filter(frame => frame.contentWindow && !frameDocument(frame));
  return frames.map(frame => ({ frame, index: numbers.indexOf(frame.contentWindow) })).filter(({ index }) => index >= 0);
}

function frames_like({ text }) {
  const all = foreign().filter(({ frame }) => isVisible(frame))
    .map(({ frame, index }) => ({ index, address: frame.src, title: frame.title || frame.name }));
  const wanted = norm(text);
  return { all, found: all.filter(({ address, title }) => norm(address).includes(wanted) || norm(title).includes(wanted)) };
}

// Where a point of a frame lies in this window; it is brought into view. Null if something of this
// page is over it.
function frame_spot({ index, x, y }) {
  const frame = foreign().find(one => one.index === index)?.frame;
  if (!frame) return null;
  const spot = () => {
    const box = frame.getBoundingClientRect();
    return { x: box.left + frame.clientLeft + x, y: box.top + frame.clientTop + y };
  };
  const first = spot();
  if (first.x < 0 || first.y < 0 || first.x >= innerWidth || first.y >= innerHeight) {
    scrollBy({ left: first.x - innerWidth / 2, top: first.y - innerHeight / 2, behavior: "instant" });
  }
  const found = spot();
  return at(window, found.x, found.y) === frame ? found : null;
}
