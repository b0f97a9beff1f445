// The list of runs, and how a new one is begun.

import { LEVELS, ago, button, el, say, state } from "./make.js";
import { get, known, listen, post, watch } from "./talk.js";

export async function runs(place) {
  const search = el("input", { id: "search", type: "search", placeholder: "Search goal, state or id", "aria-label": "Search runs" });
  const list = el("ul", { class: "list", "aria-label": "Runs" });
  const picked = new Set();
  const both = button("Compare two", () => { location.hash = `#/compare/${[...picked].join("/")}`; }, { disabled: true });
  const waits = el("div", { class: "waits" });
  const dialog = wish();

  const line = one => {
    const tick = el("input", { type: "checkbox", "aria-label": `Pick run ${one.id} to compare` });
    tick.checked = picked.has(one.id);
    tick.addEventListener("change", () => {
      if (tick.checked) picked.add(one.id); else picked.delete(one.id);
      both.disabled = picked.size !== 2;
    });
    return el("li", {}, tick, el("a", { class: "row", href: `#/run/${one.id}` },
      el("span", { class: "goal" }, one.title || "(no goal)"),
      state(one.status),
      el("span", { class: "faint number" }, `${one.steps} steps`),
      el("time", { class: "faint", datetime: new Date(one.began).toISOString() }, ago(one.began)),
      el("code", { class: "faint id" }, one.id.slice(-6))));
  };
  const show = async () => {
    const { runs } = await get(`/api/runs?find=${encodeURIComponent(search.value)}`);
    list.replaceChildren(...runs.map(line));
    if (!runs.length) {
      list.append(el("li", { class: "none faint" }, search.value ? "No run has that in its goal, state or id." : "No runs yet. Begin one here, or with `lamassu run --console`."));
    }
    const waiting = runs.filter(one => one.waits_for);
    waits.replaceChildren(...waiting.map(one => el("a", { class: "wait", href: `#/run/${one.id}` },
      el("strong", {}, one.status === "in doubt" ? "In doubt" : "Waits for a person"), el("span", {}, one.waits_for.slice(0, 300)))));
  };

  place.append(
    el("div", { class: "head" }, el("h1", {}, "Runs"), search, both, button("New run", () => dialog.showModal(), { class: "main" })),
    waits, list, dialog);
  let due, typed;
  search.addEventListener("input", () => {
    clearTimeout(typed);
    typed = setTimeout(show, 120);
  });
  await show();
  const deaf = listen(message => {
    const news = ["question", "answered", "void", "anew"].includes(message.kind)
      || (message.kind === "event" && ["began", "ended", "paused", "went_on", "judged"].includes(message.event.event));
    if (!news || due) return;
    due = setTimeout(() => {
      due = null;
      show().catch(() => {});
    }, 250);
  });
  watch();
  return () => {
    deaf();
    clearTimeout(due);
  };
}

// What is asked for in a new run.
function wish() {
  const field = (label, input, about) => el("label", { class: "field" }, el("span", {}, label), input, about && el("small", { class: "faint" }, about));
  const goal = el("textarea", { name: "goal", rows: 2, required: true });
  const at = el("input", { name: "at", type: "url", required: true, placeholder: "https://shop.example/" });
  const planner = el("select", { name: "planner" }, ["cascade", "local", "model"].map(name => el("option", { value: name }, name)));
  const pack = el("select", { name: "pack" }, el("option", { value: "" }, "the console's own"), known.packs.map(name => el("option", { value: name }, name)));
  const autonomy = el("select", { name: "autonomy" }, LEVELS.map(([level, words]) => el("option", { value: level, selected: level === "guard" }, `${level}: ${words}`)));
  const problem = el("p", { class: "bad", role: "alert" });
  const begin = el("button", { class: "main", type: "submit" }, "Begin");
  const form = el("form", {}, el("h2", {}, "New run"),
    field("What is wanted", goal, "In a sentence or two, such as: put 2 blue mugs into the cart"),
    field("Where to begin", at, "Its site is the one that may be acted on."),
    el("div", { class: "pair" }, field("Who plans", planner), field("Judged by", pack)),
    field("How much is done without asking", autonomy),
    problem,
    el("div", { class: "buttons" }, begin, button("Cancel", () => dialog.close())));
  const dialog = el("dialog", { class: "sheet wish", "aria-label": "New run" }, form);
  form.addEventListener("submit", async event => {
    event.preventDefault();
    begin.disabled = true;
    problem.textContent = "";
    try {
      const asked = { goal: goal.value, at: at.value, planner: planner.value, autonomy: autonomy.value };
      if (pack.value) asked.pack = pack.value;
      const { run } = await post("/api/runs", asked);
      dialog.close();
      say("The run has begun");
      location.hash = `#/run/${run}`;
    } catch (error) {
      problem.textContent = error.message;
    } finally {
      begin.disabled = false;
    }
  });
  return dialog;
}
