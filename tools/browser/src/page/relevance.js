// How much each part of a page has to do with what is wanted: words they share, weighed by how
// rare the words are on this page. Source: inverse document frequency, Spärck Jones 1972.

const STOP = new Set(["a", "an", "the", "to", "of", "in", "on", "at", "for", "and", "or", "with", "is", "it", "my", "me", "from",
  "by", "as", "be", "this", "that", "then", "please", "click", "press"]);
const ROLE_WORDS = {
  button: "button click press push submit", link: "link open follow visit go", checkbox: "checkbox box tick untick check uncheck",
  radio: "radio choose pick", switch: "switch toggle", textbox: "field box type fill enter write", searchbox: "search field type",
  spinbutton: "field number fill set", combobox: "select choose dropdown list pick set", listbox: "select choose list pick",
  option: "option select choose pick", tab: "tab", menuitem: "menu", slider: "slider set", file: "file upload", columnheader: "sort column",
};
const ROUGH = 300;

const stem = word => word.length > 3 && word.endsWith("s") && !word.endsWith("ss") ? word.slice(0, -1) : word;
const wordsOf = text => (text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []).map(stem);

// All that may be the name of an element, without the care that a name takes.
function roughName(element) {
  const text = [attribute(element, "aria-label")];
  const ids = element.getAttribute("aria-labelledby");
  if (ids) for (const id of ids.split(/\s+/)) text.push(rootOf(element).getElementById?.(id)?.textContent ?? "");
  for (const label of labelsOf(element)) text.push(label.textContent);
  if (element.localName === "input") {
    if (INPUT_ROLES[element.type] === "button") text.push(element.value);
  } else text.push(element.textContent.slice(0, ROUGH));
  if (!text.join("").trim()) {
    for (const name of ["title", "placeholder", "alt"]) text.push(attribute(element, name));
    const inner = element.firstElementChild && element.querySelector("img[alt],[aria-label],title");
    if (inner) text.push(inner.getAttribute("alt") ?? inner.getAttribute("aria-label") ?? inner.textContent);
  }
  return tidy(text.join(" ").slice(0, ROUGH));
}

class Wanted {
  constructor(about) {
    this.words = new Map();
    for (const word of wordsOf(about)) this.words.set(word, /\p{N}/u.test(word) ? 2 : STOP.has(word) ? .1 : 1);
    const spans = about.matchAll(/"([^"]+)"|“([^”]+)”|`([^`]+)`|«([^»]+)»/g);
    this.spans = Array.from(spans, span => wordsOf(span.slice(1).find(Boolean)));
    for (const span of this.spans) for (const word of span) this.words.set(word, Math.max(1, this.words.get(word)) * 2);
    this.spans = this.spans.map(span => ` ${span.join(" ")} `);
    this.text = ` ${wordsOf(about).join(" ")} `;
    // Most of a page shares no word with the goal; this tells it fast. Words are letters and digits.
    this.any = new RegExp([...this.words.keys()].join("|") || "$^", "iu");
    this.roles = new Set(Object.keys(ROLE_WORDS).filter(role => ROLE_WORDS[role].split(" ").some(word => this.words.has(stem(word)))));
    this.rarity = new Map();
    this.boxes = new Map();
    this.best = 0;
  }

  // Gives each of `found` a `score` from 0 to 1.
  weigh(found) {
    if (!this.words.size) return;
    const counts = new Map();
    for (const entry of found) {
      entry.words = this.any.test(entry.rough) ? wordsOf(entry.rough) : [];
      for (const word of new Set(entry.words)) if (this.words.has(word)) counts.set(word, (counts.get(word) ?? 0) + 1);
    }
    for (const word of this.words.keys()) this.rarity.set(word, Math.log(1 + found.length / (counts.get(word) || 1)));
    for (const entry of found) this.best = Math.max(this.best, entry.score = this.score(entry));
    if (this.best) for (const entry of found) entry.score /= this.best;
  }

  weight(word) {
    return (this.words.get(word) ?? 0) * (this.rarity.get(word) ?? 0);
  }

  score({ element, role, words }) {
    const own = new Set(words);
    let name = 0, shared = 0, around = 0;
    for (const word of own) if (this.words.has(word)) { name += this.weight(word); shared++; }
    const value = typeof element.value === "string" && !isMasked(element) ? wordsOf(element.value.slice(0, ROUGH)) : [];
    for (const word of new Set([...value, ...this.near(element)])) if (!own.has(word)) around += this.weight(word);
    let score = name * (.6 + .4 * shared / (own.size || 1)) + around * .4;
    const text = ` ${words.join(" ")} `;
    // A name that stands in the goal word for word is what is meant.
    if (name && this.text.includes(text)) score += name;
    if (name && this.spans.some(span => span === text)) score += 2 * name;
    return this.roles.has(role) ? score * 1.15 + .1 : score;
  }

  // The words wanted that stand in the row or card around the element.
  near(element) {
    const box = boxOf(element);
    if (!box) return [];
    let found = this.boxes.get(box);
    if (!found) {
      const text = box.textContent.slice(0, 1000);
      this.boxes.set(box, found = new Set(this.any.test(text) ? wordsOf(text).filter(word => this.words.has(word)) : []));
    }
    return found;
  }

  // How much a line of text has to do with it, from 0 to 1.
  line(text) {
    let sum = 0, all = 0;
    const own = new Set(wordsOf(text));
    for (const word of this.words.keys()) {
      const weight = this.words.get(word) * (this.rarity.get(word) ?? 1);
      all += weight;
      if (own.has(word)) sum += weight;
    }
    return all ? sum / all : 0;
  }
}
