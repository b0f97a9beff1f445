// Two runs beside each other, step by step.

import { el, sign, state, text } from "./make.js";
import { get, watch } from "./talk.js";

export async function compare(place, first, second) {
  const [one, other] = (await Promise.all([get(`/api/runs/${first}`), get(`/api/runs/${second}`)])).map(told => told.story);
  const pairs = aligned(one.steps, other.steps);
  const differ = pairs.filter(([left, right]) => !same(left, right)).length;
  const cell = step => step
    ? el("td", {}, el("span", { class: "nr" }, step.number), " ", text(step.summary, 200), el("div", { class: "signs" }, sign(step.verdict), step.outcome.word ? sign(step.outcome) : ""))
    : el("td", { class: "none faint" }, "—");
  const column = story => el("th", { scope: "col" }, el("a", { href: `#/run/${story.run}` }, story.goal.slice(0, 120)), el("div", { class: "faint" }, story.began, ", ", story.seconds, " ", sign(story.end)));
  place.append(
    el("p", { class: "crumb" }, el("a", { href: "#/" }, "Runs"), " / compare"), el("h1", {}, "Two runs"),
    el("p", { class: "faint" }, differ ? `${differ} of ${pairs.length} steps differ.` : "They took the same steps, to the same end."),
    el("div", { class: "wide", tabindex: 0, role: "region", "aria-label": "Steps of both runs" }, el("table", { class: "beside" }, el("thead", {}, el("tr", {}, column(one), column(other))),
      el("tbody", {}, pairs.map(([left, right]) => el("tr", { class: same(left, right) ? "" : "differs" }, cell(left), cell(right)))))));
  watch();
}

const same = (left, right) => Boolean(left && right) && left.summary === right.summary && left.verdict.word === right.verdict.word && left.outcome.word === right.outcome.word;

// The longest common run of actions stands side by side; what is in one only stands alone.
function aligned(one, other) {
  const table = Array.from({ length: one.length + 1 }, () => new Uint32Array(other.length + 1));
  for (let i = one.length - 1; i >= 0; i--) {
    for (let j = other.length - 1; j >= 0; j--) {
      table[i][j] = one[i].summary === other[j].summary ? table[i + 1][j + 1] + 1 : Math.max(table[i + 1][j], table[i][j + 1]);
    }
  }
  const pairs = [];
  let i = 0, j = 0;
  while (i < one.length || j < other.length) {
    if (i < one.length && j < other.length && one[i].summary === other[j].summary) pairs.push([one[i++], other[j++]]);
    else if (j >= other.length || (i < one.length && table[i + 1][j] >= table[i][j + 1])) pairs.push([one[i++], null]);
    else pairs.push([null, other[j++]]);
  }
  return pairs;
}
