// A person in the planner's place: clicks in the picture and a few words become calls, which are judged and
// recorded under their name.

import { button, el, say } from "./make.js";
import { post } from "./talk.js";

const FILLED = ["textbox", "searchbox", "spinbutton"];
const CHOSEN = ["combobox", "listbox"];

export function byHand(run, view) {
  const card = el("section", { class: "card hand", "aria-label": "By hand" });
  const problem = el("p", { class: "bad", role: "alert" });
  const value = el("input", { type: "text", "aria-label": "What is filled in or chosen", placeholder: "Text, option, key or address" });
  const list = el("select", { "aria-label": "A row of the page" });
  const role = () => list.selectedOptions[0]?.dataset.role ?? "";
  const target = () => ({ target: `[${list.value}]` });

  const does = async (verb, args = {}) => {
    problem.textContent = "";
    try {
      await post(`/api/runs/${run}/hand`, { do: "act", call: { tool: "browser", verb, args } });
      value.value = "";
    } catch (error) {
      problem.textContent = error.message;
    }
  };
  const on = () => {
    if (!list.value) return void (problem.textContent = "Pick a row first, here or in the picture.");
    if (FILLED.includes(role())) return does("fill", { ...target(), text: value.value });
    if (CHOSEN.includes(role())) return does("select", { ...target(), option: value.value });
    return does("click", target());
  };
  // A list that somebody has open stays as it is unless there is something new in it.
  let had = "";
  const rows = () => {
    const wanted = JSON.stringify(view.rows());
    if (wanted === had) return;
    had = wanted;
    const kept = list.value;
    list.replaceChildren(el("option", { value: "" }, "Pick a row, here or in the picture …"),
      ...view.rows().map(row => el("option", { value: row.reference, "data-role": row.words.replace(/^\[[^\]]*\] /, "").split(" ")[0] }, row.words.slice(0, 120))));
    list.value = view.rows().some(row => String(row.reference) === kept) ? kept : "";
  };
  const picked = reference => {
    list.value = String(reference);
    view.target(reference);
    if (FILLED.includes(role()) || CHOSEN.includes(role())) value.focus();
    else on();
  };
  const note = el("input", { type: "text", "aria-label": "A word to the planner", placeholder: "A word to the planner when you hand back" });
  const back = el("form", {}, note, el("button", { type: "submit", class: "main" }, "Hand back"));
  back.addEventListener("submit", async event => {
    event.preventDefault();
    try {
      await post(`/api/runs/${run}/hand`, { do: "back", note: note.value.trim() });
    } catch (error) {
      say(error.message, "warn");
    }
  });
  const form = el("form", {}, list, value, el("button", { type: "submit" }, "Do it"));
  form.addEventListener("submit", event => {
    event.preventDefault();
    on();
  });
  card.append(el("h2", {}, "You act in the planner’s place"),
    el("p", { class: "faint" }, "A click in the picture presses what is there; in a field, say what is filled in. All of it is judged and recorded under your name."),
    form, el("div", { class: "buttons" },
      button("Press key", () => does("press", { key: value.value || "Enter" })), button("Open address", () => does("open", { url: value.value })),
      button("Page down", () => does("scroll", { to: "down" })), button("Page up", () => does("scroll", { to: "up" })), button("Back in history", () => does("back"))),
    problem, back);
  rows();
  view.picking(picked);
  return { card, rows, picked, leave() {
    view.picking(null);
    card.remove();
  } };
}
