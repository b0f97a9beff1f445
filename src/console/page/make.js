// Elements. Whatever is shown is text: nothing here makes markup of a string.

// How much is done without asking, from the least to the most.
export const LEVELS = [["suggest", "judge every action, do only what reads"], ["ask", "ask about every action"], ["guard", "ask about what the policy holds"], ["auto", "ask nobody, refuse what the policy holds"]];

export function el(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value === true) made.setAttribute(name, "");
    else made.setAttribute(name, String(value));
  }
  made.append(...children.flat(3).filter(child => child !== null && child !== undefined && child !== false));
  return made;
}

export const button = (text, onclick, attributes = {}) => el("button", { type: "button", onclick, ...attributes }, text);

// A word with a colour and a sign, so that colour alone says nothing.
export const sign = ({ tone, word }) => el("span", { class: `sign ${tone || "plain"}` }, word);

const TONES = {
  done: "good", running: "live", starting: "live", paused: "warn", waiting: "warn", "waiting for a person": "warn",
  "in doubt": "bad", failed: "bad", refused: "bad", interrupted: "warn", "budget spent": "warn",
};
export const state = word => sign({ tone: TONES[word] ?? "plain", word });

// A long text, shortened, with the rest at hand.
export function text(value, limit = 400) {
  const whole = String(value ?? "");
  if (whole.length <= limit) return el("span", { class: "text" }, whole);
  const shown = el("span", { class: "text" }, `${whole.slice(0, limit / 2)} … ${whole.slice(-limit / 4)}`);
  const more = button(`show all ${whole.length} characters`, () => {
    shown.textContent = whole;
    more.remove();
  }, { class: "quiet small" });
  return el("span", {}, shown, " ", more);
}

export function rows(pairs) {
  return el("dl", {}, pairs.filter(([, value]) => value).map(([name, value]) =>
    [el("dt", {}, name), el("dd", {}, typeof value === "string" ? text(value) : value)]));
}

export const field = (label, input, about) => el("label", { class: "field" }, el("span", {}, label), input, about && el("small", { class: "faint" }, about));

export const time = millis => new Date(millis).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });

export function ago(millis) {
  const seconds = Math.max(0, Math.round((Date.now() - millis) / 1000));
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86400) return `${Math.floor(seconds / 3600)} h ago`;
  return new Date(millis).toLocaleDateString();
}

export const typing = target => target instanceof Element && Boolean(target.closest("input, textarea, select, [contenteditable]"));

// Says something to everybody, whether they look or listen.
let fading;
export function say(words, tone = "plain") {
  const place = document.getElementById("said");
  place.textContent = words;
  place.className = `said shown ${tone}`;
  clearTimeout(fading);
  fading = setTimeout(() => { place.className = "said"; }, 6000);
}
