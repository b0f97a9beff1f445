// The list of runs, and how a new one is begun.

import { LEVELS, ago, button, el, field, rows, say, state, text } from "./make.js";
import { get, known, listen, post, watch } from "./talk.js";

export async function runs(place) {
  const search = el("input", { id: "search", type: "search", placeholder: "Search goal, state or id", "aria-label": "Search runs" });
  const list = el("ul", { class: "list", "aria-label": "Runs" });
  const picked = new Set();
  const both = button("Compare two", () => { location.hash = `#/compare/${[...picked].join("/")}`; }, { disabled: true });
  const waits = el("div", { class: "waits" });
  const fresh = wish();

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
      el("span", { class: "faint number" }, one.steps === 1 ? "1 step" : `${one.steps} steps`),
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
    el("div", { class: "head" }, el("h1", {}, "Runs"), search, both, button("New run", fresh.open, { class: "main" })),
    waits, list, fresh.dialog);
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

const levels = (...first) => el("select", { name: "autonomy" }, first, LEVELS.map(([level, words]) => el("option", { value: level, selected: !first.length && level === "guard" }, `${level}: ${words}`)));

// A task file, filled in, with what a run of it would do, or what is wrong with it and where.
function errand(task, ready) {
  const inputs = task.inputs.map(({ name, about, default: usual }) => [name, el("input", { type: "text", value: usual ?? "", placeholder: usual === null ? "has to be filled in" : "" }), about]);
  const autonomy = levels(el("option", { value: "" }, "as the file says"));
  const plan = el("div", { class: "plan", role: "status" });
  let newest = 0, due;
  const order = () => ({
    task: task.name, inputs: Object.fromEntries(inputs.filter(([, input]) => input.value !== "").map(([name, input]) => [name, input.value])),
    ...(autonomy.value && { autonomy: autonomy.value }),
  });
  const wrong = words => plan.replaceChildren(el("pre", { class: "bad", tabindex: 0, "aria-label": "What is wrong" }, words));
  const show = async () => {
    const number = ++newest;
    try {
      const { goal, about, steps } = await post("/api/tasks/plan", order());
      if (number < newest) return;
      plan.replaceChildren(...[el("p", {}, text(goal, 600)), rows(about),
        steps.length > 0 && el("details", { class: "more" }, el("summary", {}, "Step by step"), el("ol", { class: "calls" }, steps.map(step => el("li", {}, text(step, 200)))))].filter(Boolean));
      ready(true);
    } catch (problem) {
      if (number < newest) return;
      wrong(problem.message);
      ready(false);
    }
  };
  const fields = el("div", {}, el("div", { class: "pair" }, inputs.map(([name, input, about]) => field(name, input, about))), field("How much is done without asking", autonomy), el("h3", {}, "What it will do"), plan);
  fields.addEventListener("input", () => {
    ready(false);
    clearTimeout(due);
    due = setTimeout(show, 200);
  });
  if (task.problem) wrong(task.problem);
  else show();
  return { fields, order };
}

// What is asked for in a new run.
function wish() {
  const goal = el("textarea", { name: "goal", rows: 2, required: true });
  const at = el("input", { name: "at", type: "url", required: true, placeholder: "https://shop.example/" });
  const planner = el("select", { name: "planner" }, ["cascade", "local", "model"].map(name => el("option", { value: name }, name)));
  const pack = el("select", { name: "pack" }, el("option", { value: "" }, "the console's own"), known.packs.map(name => el("option", { value: name }, name)));
  const autonomy = levels();
  const problem = el("p", { class: "bad", role: "alert" });
  const begin = el("button", { class: "main", type: "submit" }, "Begin");
  const words = el("div", {},
    field("What is wanted", goal, "In a sentence or two, such as: put 2 blue mugs into the cart"),
    field("Where to begin", at, "Its site is the one that may be acted on."),
    el("div", { class: "pair" }, field("Who plans", planner), field("Judged by", pack)),
    field("How much is done without asking", autonomy));
  const source = el("select", {}, el("option", { value: "" }, "your words"));
  const place = el("div", {}, words), from = field("Begin from", source);
  from.hidden = true;
  let tasks = [], errands = null;
  source.addEventListener("change", () => {
    const task = tasks.find(one => one.name === source.value);
    begin.disabled = Boolean(task);
    problem.textContent = "";
    errands = task ? errand(task, ready => { if (source.value === task.name) begin.disabled = !ready; }) : null;
    place.replaceChildren(errands?.fields ?? words);
  });
  const form = el("form", {}, el("h2", {}, "New run"), from, place,
    problem,
    el("div", { class: "buttons" }, begin, button("Cancel", () => dialog.close())));
  const dialog = el("dialog", { class: "sheet wish", "aria-label": "New run" }, form);
  form.addEventListener("submit", async event => {
    event.preventDefault();
    begin.disabled = true;
    problem.textContent = "";
    try {
      const asked = errands?.order() ?? { goal: goal.value, at: at.value, planner: planner.value, autonomy: autonomy.value, ...(pack.value && { pack: pack.value }) };
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
  // The files are read anew each time, since somebody may be writing them.
  const open = async () => {
    ({ tasks } = await get("/api/tasks"));
    source.replaceChildren(el("option", { value: "" }, "your words"), ...tasks.map(({ name, problem }) => el("option", { value: name }, problem ? `${name} (cannot be read)` : name)));
    from.hidden = !tasks.length;
    source.dispatchEvent(new Event("change"));
    dialog.showModal();
  };
  return { dialog, open: () => open().catch(error => say(error.message, "bad")) };
}
