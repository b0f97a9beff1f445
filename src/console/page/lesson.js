// A skill is learned from what somebody chooses of a run: what they did by hand, or any part of it.

import { button, el, field, say, text } from "./make.js";
import { get, post } from "./talk.js";

export async function teach(run) {
  const { goal, acts } = await get(`/api/runs/${run}/example`);
  if (!acts.length) return say("Nothing that this run did has landed, so there is nothing to learn from", "warn");
  const own = acts.some(act => act.by);
  const line = act => {
    const tick = el("input", { type: "checkbox", value: act.step });
    tick.checked = own ? Boolean(act.by) : true;
    return [tick, el("li", {}, el("label", { class: "act" }, tick, el("span", {}, el("span", { class: "nr" }, act.step), " ", text(act.words, 200),
      act.by && el("span", { class: "tag" }, act.by), act.secret && el("span", { class: "warn" }, " looks like a secret, which the skill would keep"))))];
  };
  const lines = acts.map(line);
  const name = el("input", { type: "text", required: true, pattern: "[\\w\\-]+", placeholder: "order-mugs", autocomplete: "off" });
  const reaches = el("textarea", { rows: 3, required: true });
  reaches.value = goal;
  const problem = el("p", { class: "bad", role: "alert" });
  const learn = el("button", { type: "submit", class: "main" }, "Learn it");
  const form = el("form", {}, el("h2", {}, "A skill from this run"),
    field("What it reaches", reaches, "What of this was typed or chosen becomes a place to fill in."),
    el("fieldset", {}, el("legend", {}, "What shows how it is done"), el("ol", { class: "acts" }, lines.map(([, item]) => item))),
    field("Called", name, "Letters, digits, - and _. A skill of that name learns from this too."),
    problem, el("div", { class: "buttons" }, learn, button("Cancel", () => dialog.close())));
  const dialog = el("dialog", { class: "sheet", "aria-label": "A skill from this run" }, form);
  dialog.addEventListener("close", () => dialog.remove());
  form.addEventListener("submit", async event => {
    event.preventDefault();
    learn.disabled = true;
    problem.textContent = "";
    try {
      const steps = lines.map(([tick]) => tick).filter(tick => tick.checked).map(tick => Number(tick.value));
      const { does } = await post(`/api/runs/${run}/learn`, { name: name.value.trim(), goal: reaches.value.trim(), steps });
      form.replaceChildren(el("h2", {}, `“${name.value.trim()}” is learned`), el("ol", { class: "calls" }, does.map(step => el("li", {}, text(step, 300)))),
        el("p", { class: "faint" }, "It is played where a goal asks for it; ", el("code", {}, `lamassu skills show ${name.value.trim()}`), " tells more."),
        el("div", { class: "buttons" }, button("Close", () => dialog.close(), { class: "main" })));
    } catch (error) {
      problem.textContent = error.message;
      learn.disabled = false;
    }
  });
  document.body.append(dialog);
  dialog.showModal();
}
