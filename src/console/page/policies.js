// What may be done: packs in words, what was refused last, and a trial.

import { el, sign, text, time } from "./make.js";
import { get, known, post, watch } from "./talk.js";

export async function policies(place) {
  const { packs, used, refusals } = await get("/api/policies");
  const inForce = [...Map.groupBy(used.filter(run => run.pack), run => run.pack)];
  const pack = ({ name, about, parameters, rules, cases }) => el("details", { class: "pack" },
    el("summary", {}, el("strong", {}, name), " ", el("span", {}, about)),
    parameters.length > 0 && el("div", {}, el("h3", {}, "You fill in"), el("ul", {}, parameters.map(([name, about]) => el("li", {}, el("code", {}, name), " ", about)))),
    el("h3", {}, `Its ${rules.length} rules, the guards that always stand included`),
    el("ul", { class: "rules" }, rules.map(({ id, because }) => el("li", {}, because || "(says nothing of itself)", " ", el("code", { class: "faint" }, id)))),
    el("p", { class: "faint" }, `${cases} cases pass.`));
  place.append(
    el("h1", {}, "Policies"),
    el("h2", {}, "In force in the last runs"),
    inForce.length ? el("ul", { class: "plainlist" }, inForce.map(([name, runs]) => el("li", {}, el("code", {}, name), " ", runs.slice(0, 5).map(run => el("a", { class: "faint", href: `#/run/${run.run}` }, ` ${run.run.slice(-6)} `)))))
      : el("p", { class: "faint" }, "No run yet."),
    el("h2", {}, "What was refused last"),
    refusals.length ? el("ul", { class: "plainlist refusals" }, refusals.map(({ run, step, at, line, rules }) => el("li", {},
      el("a", { href: `#/run/${run}` }, `step ${step}`), " ", text(line, 200), el("div", { class: "faint" }, time(at), rules?.length ? `; ${rules.map(rule => rule.because || rule.id).join("; ")}` : "; no rule allows it"))))
      : el("p", { class: "faint" }, "Nothing was refused in the last runs."),
    el("h2", {}, "Try an action"), trial(packs),
    el("h2", {}, "Ready packs"), el("div", { class: "packs" }, packs.map(pack)));
  watch();
}

function trial(packs) {
  const field = (label, input, about) => el("label", { class: "field" }, el("span", {}, label), input, about && el("small", { class: "faint" }, about));
  const pack = el("select", {}, known.packs.map(name => el("option", { value: name, selected: name === "web-forms" }, name)));
  const sites = el("input", { type: "text", placeholder: "sites = https://shop.example" });
  const goal = el("input", { type: "text", placeholder: "open the shop" });
  const verb = el("input", { type: "text", value: "browser.open", required: true });
  const args = el("textarea", { rows: 3 });
  args.value = "{\"url\": \"https://shop.example/\"}";
  const answer = el("div", { role: "status" });
  const form = el("form", { class: "card trial" },
    el("div", { class: "pair" }, field("Pack", pack), field("Filled in", sites, "name = entry, entry; several parted by ;")),
    field("Goal of the run", goal), el("div", { class: "pair" }, field("Action", verb, "tool.verb"), field("Arguments, as JSON", args)),
    el("div", { class: "buttons" }, el("button", { type: "submit", class: "main" }, "Judge it")), answer);
  form.addEventListener("submit", async event => {
    event.preventDefault();
    try {
      const parameters = Object.fromEntries(sites.value.split(";").map(part => part.split("=")).filter(pair => pair.length === 2)
        .map(([name, entries]) => [name.trim(), entries.split(",").map(entry => entry.trim()).filter(Boolean)]));
      const asked = { pack: pack.value, parameters, goal: goal.value, verb: verb.value.trim(), args: JSON.parse(args.value || "{}") };
      const judged = await post("/api/policies/try", asked);
      const { verdict, because, rules } = judged.verdicts[0];
      answer.replaceChildren(sign({ tone: { allow: "good", ask: "warn" }[verdict] ?? "bad", word: { allow: "allowed", ask: "a person is asked", deny: "refused" }[verdict] ?? verdict }),
        " ", because, " ", el("code", { class: "faint" }, rules.join(", ")));
    } catch (problem) {
      answer.replaceChildren(el("span", { class: "bad" }, problem.message));
    }
  });
  return form;
}
