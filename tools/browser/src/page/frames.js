// Frames of another origin, which only the driver can enter.

function frames_like({ text }) {
  const all = [];
  for (const frame of document.querySelectorAll("iframe, frame")) {
    if (frameDocument(frame) || !frame.contentWindow || !isVisible(frame)) continue;
    const index = Array.from({ length: window.length }, (_, each) => window[each]).indexOf(frame.contentWindow);
    if (index >= 0) all.push({ index, address: frame.src, title: frame.title || frame.name });
  }
  const wanted = norm(text);
  return { all, found: all.filter(({ address, title }) => norm(address).includes(wanted) || norm(title).includes(wanted)) };
}
