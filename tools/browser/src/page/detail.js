// What a program wants to know of a control: how it is made, and where it stands.

const AROUND = 300;
const MARKS = 160;
const LEAD = 60;
// Heads of columns, and what leads to the parts of a site.
const HEADS = "th,[role=columnheader]";
const WAYS = "nav,aside,header,[role=navigation],[role=menubar],[role=tablist],[class*=nav i],[class*=sidebar i],[class~=top],[class*=topbar i],[class*=header i]";
// Attributes whose words say what a control is for. Styles and scripts do not.
const TELLING = /^(id|class|name|title|placeholder|alt|for|type|autocomplete|aria-label|data-(test-?id|action|icon|label|name|type|role|title|value|tooltip|original-title))$/;

function detailOf(element, order, name) {
  const shown = standIn(element), box = shown.getBoundingClientRect(), record = cardOf(element);
  const around = record ?? pairOf(element), type = typeOf(element);
  return {
    order, tag: element.localName + (type ? `/${type}` : ""), marks: marksOf(element, name), label: leadOf(element, name),
    record: record ? number(record) : 0, around: around ? once("arounds", around, box => cut(tidy(spoken(box, null)), AROUND)) : "",
    colour: colourOf(element), place: [box.left, box.top, box.width, box.height].map(Math.round),
    below: Math.max(0, element.scrollHeight - element.clientHeight - Math.ceil(element.scrollTop)) > 2 && /auto|scroll/.test(windowOf(element).getComputedStyle(element).overflowY)
      ? element.scrollHeight - element.clientHeight - Math.ceil(element.scrollTop) : 0,
  };
}

// The row, card or item that a control stands in or is.
function cardOf(element) {
  return element.matches(BOXES) || repeated(element) ? element : boxOf(element);
}

// The nearest plain box of a few things in which the control is not alone.
function pairOf(element) {
  const box = parentOf(element);
  return box && /^(div|span|p|dl|label)$/.test(box.localName) && box.childElementCount > 1 && box.childElementCount < 6 && box.textContent.length < 2 * AROUND ? box : null;
}

// The words of the attributes of a control and of the picture in it.
function marksOf(element, name) {
  const parts = [...placesOf(element), ...wordsIn(element)];
  const parent = parentOf(element);
  // A list item or a cell around it often has the class that tells.
  if (parent?.childElementCount === 1 && /^(li|span|td)$/.test(parent.localName)) parts.push(parent.className);
  if (!name || name.length < 2) for (const part of [...element.querySelectorAll("*")].slice(0, 4)) parts.push(...wordsIn(part));
  return cut([...new Set(parts.flatMap(split))].join(" "), MARKS);
}

// What a control is to the page, which its name does not say.
function placesOf(element) {
  const found = [];
  if (/^(true|menu)$/.test(attribute(element, "aria-haspopup"))) found.push("popup");
  if (element.closest(HEADS)) found.push("columnheader");
  if (element.closest(WAYS)) found.push("navigation");
  return found;
}

function wordsIn(element) {
  const found = [];
  for (const { name, value } of element.attributes) if (TELLING.test(name) && value.length < 80) found.push(value);
  const picture = `${attribute(element, "src")} ${attribute(element, "href").startsWith("#") ? attribute(element, "href") : ""}`;
  for (const [, file] of picture.matchAll(/([\w-]+)\.(?:png|svg|gif|jpe?g|webp|ico)/g)) found.push(file);
  for (const [, file] of picture.matchAll(/#([\w-]{2,})/g)) found.push(file);
  return found;
}

// `closeEmail-2` is made of `close`, `email` and `2`.
function split(text) {
  return text.replace(/([\p{Ll}\d])(\p{Lu})/gu, "$1 $2").toLowerCase().match(/\p{L}+|\p{N}+/gu) ?? [];
}

// The text that stands right before a control, in its line or above it.
function leadOf(element, name) {
  let text = "";
  for (let node = element, level = 0; node && level < 3 && !text; node = parentOf(node), level++) {
    if (node.localName === "body") break;
    for (let before = node.previousSibling; before && !text; before = before.previousSibling) {
      if (before.nodeType === 1 && (before.matches(CANDIDATES) || before.querySelector(CANDIDATES))) return "";
      text = before.nodeType === 8 || before.nodeType === 1 && !seen(before) ? "" : tidy(spoken(before, null));
    }
  }
  return text === name ? "" : text.length > LEAD ? `…${text.slice(-LEAD)}` : text;
}

// The colour of a control that has one of its own: its background, or what a shape is filled with.
function colourOf(element) {
  const style = windowOf(element).getComputedStyle(element);
  const colour = element.namespaceURI.endsWith("svg") ? style.fill : style.backgroundColor;
  const parts = colour.match(/^rgb\((\d+), (\d+), (\d+)\)$/);
  return parts ? `#${parts.slice(1).map(part => Number(part).toString(16).padStart(2, "0")).join("")}` : "";
}
