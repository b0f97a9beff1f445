// A question to a person. Nothing is agreed to by accident: no button is the default, and neither keys
// nor buttons count in the first half second after the question, or the page, came into view.

import { LEVELS, ago, button, el, rows, say, text, typing } from "./make.js";
import { post } from "./talk.js";
import { sources } from "./steps.js";

const GUARD = 500;

export function asking(question, { picture, live }) {
  const card = el("section", { class: "card question", "aria-labelledby": "asked" });
  const stage = el("div", { class: "stage" });
  const problem = el("p", { class: "bad", role: "alert" });
  let ready = 0, sent = false, timer;

  const guard = () => {
    ready = performance.now() + GUARD;
    card.classList.add("guarded");
    clearTimeout(timer);
    timer = setTimeout(() => card.classList.remove("guarded"), GUARD);
  };
  const listens = () => !sent && performance.now() >= ready && document.visibilityState === "visible";
  const answer = async said => {
    if (!listens()) return;
    sent = true;
    card.classList.add("sent");
    problem.textContent = "";
    try {
      await post(`/api/questions/${encodeURIComponent(question.id)}`, { since: question.since, ...said });
    } catch (error) {
      sent = false;
      card.classList.remove("sent");
      problem.textContent = error.message;
      if (error.status === 409) say(error.message, "warn");
    }
  };
  // One of the ways to answer takes the place of the others until it is done or left.
  const turn = (title, ...inside) => {
    picture?.picking(null);
    stage.replaceChildren(el("h3", {}, title), ...inside);
    stage.querySelector("input, textarea, select")?.focus();
    guard();
  };
  const back = () => {
    picture?.picking(null);
    stage.replaceChildren(choices());
  };
  const buttons = (...given) => el("div", { class: "buttons" }, given, button("Back", back, { class: "quiet" }));
  const form = (title, fields, word, said) => {
    const made = el("form", {}, fields, el("div", { class: "buttons" }, el("button", { type: "submit", class: "main" }, word), button("Back", back, { class: "quiet" })));
    made.addEventListener("submit", event => {
      event.preventDefault();
      answer(said());
    });
    turn(title, made);
  };

  const reject = () => {
    const why = el("input", { type: "text", "aria-label": "A word to the planner", placeholder: "A word to the planner, such as: not that one", maxlength: 500 });
    form("Reject", why, "Reject", () => ({ say: "reject", why: why.value.trim() }));
  };
  const plan = () => turn("Approve all of this, each once, for ten minutes", el("p", {}, text(question.plan, 1200)),
    buttons(button("Approve the plan", () => answer({ say: "plan" }), { class: "main" })));
  const always = () => turn("This rule will stand for you for 30 days", el("pre", { tabindex: 0, "aria-label": "The rule" }, question.always),
    buttons(button("Keep the rule and approve", () => answer({ say: "always" }), { class: "main" })));
  const level = () => {
    const given = LEVELS.filter(([name]) => (name === "suggest") === (question.autonomy === "suggest") && name !== question.autonomy);
    turn(`Go on at another level than “${question.autonomy}”; this action is judged anew under it`,
      buttons(given.map(([name, words]) => button(`${name}: ${words}`, () => answer({ say: "level", autonomy: name })))));
  };
  const edit = () => {
    const inputs = question.fields.map(field => [field, entry(field, picture)]);
    const fields = inputs.map(([field, input]) => el("label", { class: "field" }, el("span", {}, field.name, field.needed ? "" : el("small", { class: "faint" }, " may be left empty")), input.shown, el("small", { class: "faint" }, field.about)));
    form("Edit; what you make of it is judged again", fields, "Ask again with this", () => {
      const args = {};
      for (const [field, input] of inputs) {
        const value = input.value();
        if (value !== undefined) args[field.name] = value;
      }
      return { say: "edit", args };
    });
    const target = inputs.find(([field]) => field.name === "target")?.[1];
    if (target) picture?.picking(reference => target.set(`[${reference}]`));
  };

  const WAYS = [
    ["a", "Approve", () => answer({ say: "approve" }), question.matter === "hold", "yes"],
    ["p", "Approve as a plan …", plan, Boolean(question.plan)],
    ["w", "Always allow here …", always, Boolean(question.always)],
    ["e", "Edit …", edit, question.fields.length > 0],
    ["r", "Reject …", reject, question.matter === "hold"],
    ["y", "It happened", () => answer({ say: "settle", landed: true }), question.matter === "settle"],
    ["n", "It did not happen", () => answer({ say: "settle", landed: false }), question.matter === "settle"],
    ["l", "Level …", level, question.matter === "hold" && question.autonomy && question.autonomy !== "suggest"],
    ["s", "Stop the run", () => answer({ say: "stop" }), question.matter !== "settle", "no"],
  ].filter(([,,, offered]) => offered);
  const choices = () => {
    const ways = WAYS.map(([key, word, act,, kind]) => el("button", { type: "button", class: kind ?? "", onclick: () => { if (listens()) act(); }, "aria-keyshortcuts": key }, word, " ", el("kbd", { "aria-hidden": "true" }, key)));
    if (question.matter !== "ask") return el("div", { class: "buttons ways" }, ways);
    const said = el("input", { type: "text", "aria-label": "Your answer", placeholder: "Say it in a few words, such as: click \"Continue\"" });
    const made = el("form", { class: "answer" }, said, el("button", { type: "submit", class: "main" }, "Answer"), ways);
    made.addEventListener("submit", event => {
      event.preventDefault();
      if (said.value.trim()) answer({ say: "answer", text: said.value.trim() });
    });
    return made;
  };

  const HEADS = { hold: "May this be done?", ask: "The planner asks", settle: "Nobody can tell whether this happened" };
  const details = [];
  if (question.facts.length) details.push(["What else the policy was told", rows(question.facts)]);
  const asked = el("h2", { id: "asked", tabindex: "-1" }, HEADS[question.matter]);
  card.append(...[
    el("div", { class: "top" }, asked, el("span", { class: "faint" }, question.step ? `step ${question.step}, ` : "", el("time", {}, ago(question.since)))),
    el("p", { class: "line" }, text(question.line, 600)),
    question.effect && el("p", { class: "tags" }, el("span", { class: `tag ${question.effect}` }, question.effect), el("code", {}, question.verb), " on ", text(question.on, 200)),
    question.sends.length > 0 && el("div", { class: "sends" }, rows(question.sends)),
    question.args.length > 0 && sources(question.args),
    question.secrets.length > 0 && el("p", {}, question.secrets.map(([name, secret]) => el("span", { class: "tag" }, `${name}: the secret “${secret}”`))),
    question.rules.length > 0 && el("div", { class: "because" }, el("h3", {}, "Why it asks"), el("ul", {}, question.rules.map(rule => el("li", {}, rule.because || "a rule says so", " ", el("code", { class: "faint" }, rule.id))))),
    question.matter === "hold" && !question.rules.length && el("p", { class: "because" }, "No rule allows it without a person’s consent."),
    question.why && el("p", { class: "faint" }, "Planner: ", text(question.why, 300)),
    details.map(([title, inside]) => el("details", { class: "more" }, el("summary", {}, title), inside)),
    !live && el("p", { class: "warn" }, "This run lies aside. An answer takes it up, and counts if the action is still the same then."),
    stage, problem,
  ].flat().filter(Boolean));
  back();

  const key = event => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || typing(event.target)) return;
    if (event.key === "Escape") return back();
    if (!stage.querySelector(".ways, .answer") || !listens() || !document.hasFocus()) return;
    const way = WAYS.find(([letter]) => letter === event.key);
    if (way && visible(card)) {
      event.preventDefault();
      way[2]();
    }
  };
  const seen = () => { if (document.visibilityState === "visible") guard(); };
  document.addEventListener("keydown", key);
  document.addEventListener("visibilitychange", seen);
  window.addEventListener("focus", seen);
  guard();
  return {
    card,
    // The heading takes the focus, and no button does: nothing is agreed to by a key that was meant for something else.
    arrive() {
      guard();
      if (!typing(document.activeElement)) asked.focus({ preventScroll: true });
      picture?.target(question.target, true);
    },
    leave() {
      document.removeEventListener("keydown", key);
      document.removeEventListener("visibilitychange", seen);
      window.removeEventListener("focus", seen);
      clearTimeout(timer);
      picture?.picking(null);
      card.remove();
    },
  };
}

function visible(element) {
  const { top, bottom } = element.getBoundingClientRect();
  return bottom > 0 && top < innerHeight;
}

// What an argument is typed or picked with.
function entry(field, picture) {
  const { kind, value } = field;
  const plain = value === null || value === undefined ? "" : typeof value === "string" ? value : JSON.stringify(value);
  if (kind === "boolean") {
    const shown = el("select", { name: field.name }, [["", "not said"], ["true", "yes"], ["false", "no"]].map(([word, label]) => el("option", { value: word, selected: String(value) === word }, label)));
    return { shown, value: () => shown.value === "" ? undefined : shown.value === "true", set: () => {} };
  }
  const long = plain.length > 60;
  const input = long ? el("textarea", { name: field.name, rows: 4 }) : el("input", { name: field.name, type: kind === "integer" ? "number" : "text" });
  input.value = plain;
  const read = () => {
    if (input.value === "" && !field.needed) return undefined;
    if (kind === "integer") return Number(input.value);
    if (kind === "string") return input.value;
    try { return JSON.parse(input.value); } catch { return input.value; }
  };
  const picks = field.name === "target" && picture?.rows().length > 0;
  if (!picks) return { shown: input, value: read, set: next => { input.value = next; } };
  const list = el("select", { "aria-label": "A row of the page" }, el("option", { value: "" }, "or pick a row, here or in the picture …"), picture.rows().map(row => el("option", { value: `[${row.reference}]` }, row.words.slice(0, 120))));
  const set = next => {
    input.value = next;
    list.value = next;
    picture.target(Number(next.slice(1, -1)));
  };
  list.addEventListener("change", () => { if (list.value) set(list.value); });
  return { shown: el("span", { class: "stack" }, input, list), value: read, set };
}
