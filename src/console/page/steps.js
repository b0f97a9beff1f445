// What a run did, step by step: from its record, and as it happens.

import { el, rows, sign, text } from "./make.js";
import { kept } from "./picture.js";

const VERDICTS = {
  go: { tone: "good", word: "allowed" }, hold: { tone: "warn", word: "held" }, stop: { tone: "bad", word: "refused" },
  invalid: { tone: "warn", word: "makes no sense" },
};
const OUTCOMES = {
  landed: { tone: "good", word: "landed" }, not_sent: { tone: "warn", word: "not done" },
  may_have_landed: { tone: "bad", word: "in doubt" }, rehearsed: { tone: "plain", word: "rehearsed" },
};

export function steps(run) {
  const list = el("ol", { class: "steps", "aria-label": "Steps" });
  const known = new Map();
  let why = "", album = {}, url = "";

  // The summary is always there; what is inside is made when somebody opens it.
  const draw = step => {
    const { item } = step;
    const words = [step.outcome?.word ? sign(step.outcome) : sign(step.verdict)];
    item.summary.replaceChildren(
      el("span", { class: "nr" }, step.number), el("span", { class: "what" }, text(step.summary, 300), step.person.length > 0 && el("span", { class: "by faint" }, step.person.at(-1).slice(0, 200))), ...words,
      el("span", { class: "faint when" }, step.after ?? ""));
    if (item.box.open) inside(step);
  };
  const inside = step => {
    const { item } = step;
    const facts = rows([
      ["why", step.why], ["page", step.page], ["effect", step.effect],
      ["verdict", el("span", {}, sign(step.verdict), step.rules.length ? el("ul", { class: "rules" }, step.rules.map(rule => el("li", {}, el("code", {}, rule.id), " ", rule.because))) : " no rule allows it")],
      ["person", step.person.length ? el("span", {}, step.person.map(words => el("p", {}, text(words)))) : null],
      ["outcome", step.outcome?.word ? el("span", {}, sign(step.outcome), step.millis > 1 ? ` after ${step.millis} ms` : "") : null],
      ["seen", step.seen ? el("pre", { tabindex: 0, "aria-label": "What was seen" }, step.seen.slice(0, 4000)) : null],
    ]);
    const pictures = step.pictures.map(hash => kept(`/api/pictures/${hash}`, null, `Picture of step ${step.number}, from the record`));
    if (album[step.number]) pictures.unshift(kept(`/api/runs/${run}/album/${step.number}`, album[step.number], `What a person saw at step ${step.number}`));
    item.inside.replaceChildren(...pictures, facts, step.args.length ? sources(step.args) : "");
  };
  const made = number => {
    const item = { summary: el("summary"), inside: el("div", { class: "inside" }) };
    item.box = el("details", {}, item.summary, item.inside);
    const step = { number: String(number), summary: "", why: "", rules: [], args: [], person: [], pictures: [], seen: "", item };
    item.box.addEventListener("toggle", () => { if (item.box.open) inside(step); });
    known.set(step.number, step);
    const after = [...list.children].findIndex(other => Number(other.dataset.number) > number);
    const line = el("li", { "data-number": number }, item.box);
    if (after < 0) list.append(line); else list.insertBefore(line, list.children[after]);
    return step;
  };
  const of = number => known.get(String(number)) ?? made(number);

  return {
    list,
    count: () => known.size,
    seen: () => album,
    // What the record says comes before what was heard.
    story(story, pictures) {
      album = pictures;
      for (const told of story.steps) {
        const step = of(Number(told.number));
        Object.assign(step, told);
        draw(step);
      }
    },
    event(event) {
      switch (event.event) {
        case "looked": ({ url } = event.page); break;
        case "proposed": why = event.why; break;
        case "judged": {
          const step = of(event.step);
          const verdict = VERDICTS[event.verdict];
          const consented = step.verdict?.word === "held" && event.verdict === "go";
          Object.assign(step, { summary: event.action, effect: event.effect ?? "", rules: event.rules, why, page: url,
            verdict: consented ? { tone: "good", word: "allowed with consent" } : verdict });
          draw(step);
          break;
        }
        case "ruled": {
          const step = of(event.step);
          step.person.push(event.ruling);
          draw(step);
          break;
        }
        case "acted": {
          const step = of(event.step);
          Object.assign(step, { outcome: OUTCOMES[event.outcome], seen: event.seen, millis: event.millis });
          draw(step);
          break;
        }
      }
    },
  };
}

// The arguments, each with where its text came from.
export function sources(args) {
  return el("table", { class: "sources" },
    el("thead", {}, el("tr", {}, ["argument", "value", "from"].map(name => el("th", { scope: "col" }, name)))),
    el("tbody", {}, args.map(({ name, value, sources, trusted }) => el("tr", {},
      el("th", { scope: "row" }, name), el("td", {}, text(value)),
      el("td", {}, sign({ tone: trusted ? "good" : "warn", word: sources.length ? sources.join(", ") : "the planner" }))))));
}
