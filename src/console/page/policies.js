// What may be done: packs in words, what was refused last, and what a change would do.

import { button, el, field, sign, text, time } from "./make.js";
import { get, post, watch } from "./talk.js";

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
    el("h2", {}, "Try a pack, or a change of one"), trial(packs),
    el("h2", {}, "Packs"), el("div", { class: "packs" }, packs.map(pack)));
  watch();
}

const WORDS = { allow: ["good", "allowed"], ask: ["warn", "a person is asked"], deny: ["bad", "refused"] };
const decided = verdict => sign({ tone: (WORDS[verdict] ?? ["bad"])[0], word: (WORDS[verdict] ?? ["", verdict])[1] });

// A pack, perhaps changed, is held against one action or against what recorded runs did.
function trial(packs) {
  const pack = el("select", { id: "trial-pack" }, packs.map(({ name }) => el("option", { value: name, selected: name === "web-forms" }, name)));
  const filled = el("input", { type: "text", placeholder: "sites = https://shop.example" });
  const rules = el("textarea", { rows: 12, spellcheck: "false", class: "code" });
  const own = () => packs.find(one => one.name === pack.value)?.text ?? "";
  const anew = () => { rules.value = own(); };
  const change = () => ({
    pack: pack.value, ...(rules.value.trim() !== own().trim() && { rules: rules.value }),
    parameters: Object.fromEntries(filled.value.split(";").map(part => part.split("=")).filter(pair => pair.length === 2)
      .map(([name, entries]) => [name.trim(), entries.split(",").map(entry => entry.trim()).filter(Boolean)])),
  });
  const goal = el("input", { type: "text", placeholder: "open the shop" });
  const verb = el("input", { type: "text", value: "browser.open", required: true });
  const args = el("textarea", { rows: 3, class: "code" });
  args.value = "{\"url\": \"https://shop.example/\"}";
  const runs = el("input", { type: "number", min: 1, max: 10000, value: 20, required: true });
  const form = (word, work, ...fields) => {
    const answer = el("div", { role: "status", class: "found" });
    const made = el("form", {}, fields, el("div", { class: "buttons" }, el("button", { type: "submit", class: "main" }, word)), answer);
    made.addEventListener("submit", async event => {
      event.preventDefault();
      answer.replaceChildren(el("span", { class: "faint" }, "Judging …"));
      try {
        answer.replaceChildren(...(await work()));
      } catch (problem) {
        answer.replaceChildren(el("pre", { class: "bad", tabindex: 0, "aria-label": "What is wrong" }, problem.message));
      }
    });
    return made;
  };
  const judge = async () => {
    const judged = await post("/api/policies/try", { ...change(), goal: goal.value, verb: verb.value.trim(), args: JSON.parse(args.value || "{}") });
    const { verdict, because, rules } = judged.verdicts[0];
    return [decided(verdict), " ", because, " ", el("code", { class: "faint" }, rules.join(", "))];
  };
  pack.addEventListener("change", anew);
  anew();
  return el("div", { class: "card trial" },
    el("div", { class: "pair" }, field("Pack", pack), field("Filled in", filled, "name = entry, entry; several parted by ;")),
    el("details", { class: "more" }, el("summary", {}, "Change its rules"), field("Rules", rules, "Only tried here; nothing is saved."), button("Its own rules again", anew, { class: "quiet small" })),
    el("h3", {}, "One action, at the beginning of a run"),
    form("Judge it", judge, field("Goal of the run", goal), el("div", { class: "pair" }, field("Action", verb, "tool.verb"), field("Arguments, as JSON", args))),
    el("h3", {}, "What recorded runs did"),
    form("Judge them again", async () => flips(await post("/api/policies/backtest", { ...change(), runs: Number(runs.value) })),
      field("How many of the newest runs", runs, "What you do not fill in above is as it was in each run.")));
}

// What falls otherwise, the strictest news last, since what becomes allowed is what one should look at first.
function flips({ runs, of, found }) {
  const order = ["allow", "ask", "deny"];
  const flips = [...found.flips].sort((one, other) => order.indexOf(one.now) - order.indexOf(other.now));
  const because = rules => rules.length ? rules.map(rule => rule.because || rule.id).join("; ") : "no rule allows it";
  const line = flip => el("li", {}, el("a", { href: `#/run/${flip.run}` }, `${flip.run.slice(-6)} ${flip.place}`), " ", text(flip.action, 240),
    el("div", { class: "faint" }, "was ", decided(flip.was), `, would be `, decided(flip.now), `: ${because(flip.by)}`));
  return [
    el("p", {}, flips.length ? `${flips.length} of ${found.judged} judgements in ${runs} of ${of} runs would fall otherwise.` : `All ${found.judged} judgements in ${runs} of ${of} runs would fall as they did.`),
    flips.length > 0 && el("ul", { class: "plainlist flips" }, flips.slice(0, 200).map(line)),
    flips.length > 200 && el("p", { class: "faint" }, `${flips.length - 200} more are not shown.`),
    found.cases.length > 0 && el("p", { class: "warn" }, "Cases of the pack that these rules fail, so that no run could be judged by it:"),
    ...found.cases.map(fault => el("pre", { tabindex: 0, "aria-label": "A case that fails" }, fault)),
    ...Object.entries(found.unknown).map(([why, count]) => el("p", { class: "faint" }, `${count} cannot be judged again: ${why}.`)),
  ].filter(Boolean);
}
