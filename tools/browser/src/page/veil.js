// What holds a secret is covered while a picture is taken. The page's words are told to whoever takes it, who
// knows which parts of them are a secret and says where they stand: no secret comes into the page for that.

let heard = [], veil = null;

const UNSHOWN = new Set(["script", "style", "noscript", "template", "title", "textarea", "option"]);

// Everything that can be read in `area` of the page, or in the whole of it, in the order of the page: texts, and
// what stands in fields. What is hidden there by dots is left out.
function words(area) {
  heard = [];
  const within = box => !area || (box.left < area.x + area.width && box.top < area.y + area.height
    && box.left + box.width > area.x && box.top + box.height > area.y);
  for (const root of roots()) {
    const walker = (root.ownerDocument ?? root).createTreeWalker(root, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const parent = node.parentElement ?? root.host;
      if (!parent || UNSHOWN.has(parent.localName) || !/\S/.test(node.data)) continue;
      if (boxesOf(node, 0, node.length).some(within)) heard.push({ node, text: node.data });
    }
    for (const field of root.querySelectorAll("input, textarea, select")) {
      const text = shownIn(field);
      const box = text && areaOf(field);
      if (box && within({ left: box.x, top: box.y, ...box })) heard.push({ field, text });
    }
  }
  return heard.map(one => one.text);
}

// What a field shows in plain text.
function shownIn(field) {
  if (field.localName === "select") return [...field.selectedOptions].map(option => option.text).join(" ");
  return field.type === "password" || isSecret(field) ? "" : field.value || field.placeholder;
}

// Where a part of a text stands in the page, line by line.
function boxesOf(node, from, to) {
  const range = node.ownerDocument.createRange();
  range.setStart(node, from);
  range.setEnd(node, to);
  const view = node.ownerDocument.defaultView;
  if (!view) return [];
  const offset = offsetOf(view);
  return [...range.getClientRects()].map(({ left, top, width, height }) =>
    ({ left: left + offset.x + scrollX, top: top + offset.y + scrollY, width, height }));
}

// Covers parts of what was heard, each as the number of a text, and from where to where in it; of a field, the
// whole. The element `mark`, if there is one, has a frame drawn around it. Says what is drawn; null if the page has changed
// meanwhile.
function cover({ parts, mark }) {
  uncover();
  const host = document.createElement("div");
  host.style.cssText = "all:initial;position:absolute;left:0;top:0;width:0;height:0;z-index:2147483647;pointer-events:none";
  const inside = host.attachShadow({ mode: "closed" });
  const covered = [];
  for (const [number, from, to] of parts) {
    const { node, field, text } = heard[number] ?? {};
    if (!(node?.isConnected ? node.data === text : field?.isConnected && shownIn(field) === text)) return null;
    const box = field && areaOf(field);
    for (const { left, top, width, height } of field ? (box ? [{ left: box.x, top: box.y, ...box }] : []) : boxesOf(node, from, to)) {
      const area = { x: left - 1, y: top - 1, width: width + 2, height: height + 2 };
      inside.append(drawn(area, "background:#444"));
      covered.push([area.x, area.y, area.width, area.height].map(Math.round));
    }
  }
  const marked = recalled(mark);
  const place = marked && areaOf(marked);
  if (place) {
    inside.append(drawn(place, "border:3px solid #c2410c;box-shadow:0 0 0 2px #fff"));
    covered.push([place.x, place.y, place.width, place.height].map(Math.round));
  }
  if (!covered.length) return covered;
  document.documentElement.append(host);
  veil = host;
  return covered;
}

// For a picture of what is not in view the browser gives the window another size for a moment. The page does not
// hear of that for so many milliseconds: it might close a menu that is asked about.
let hushed = 0;

function hush(millis) {
  hushed = performance.now() + millis;
  return true;
}

const hushes = event => { if (performance.now() < hushed) event.stopImmediatePropagation(); };

// Takes the covers away; says whether they were there till now.
function uncover() {
  const stood = Boolean(veil?.isConnected);
  veil?.remove();
  veil = null;
  return stood;
}
