// One run: as it goes, or as its record tells it.

import { button, el, rows, say, sign, state, text } from "./make.js";
import { get, known, listen, post, under_way, watch } from "./talk.js";
import { picture } from "./picture.js";
import { asking } from "./question.js";
import { byHand } from "./hand.js";
import { teach } from "./lesson.js";
import { steps } from "./steps.js";

export async function run(place, id) {
  let told = await get(`/api/runs/${id}`);
  const name = told.story.run;
  const head = el("div", { class: "runhead" });
  const reins = el("div", { class: "reins", role: "group", "aria-label": "Reins" });
  const meters = el("div", { class: "meters" });
  const asks = el("div", { class: "asks-here" }), handed = el("div", { class: "asks-here" });
  const list = steps(name);
  const view = picture(name);
  const now = el("p", { class: "now", role: "status" });
  const aside = el("div", { class: "aside" });
  const about = el("div", { class: "about" });
  const one = () => known.runs.get(name);
  let open = null, hand = null, follow = true;

  const left = el("div", { class: "left" }, view.figure);
  const right = el("div", { class: "right" }, asks, handed, now, list.list);
  const body = el("div", { class: "body" }, left, right);
  place.append(el("p", { class: "crumb" }, el("a", { href: "#/" }, "Runs"), " / ", el("code", {}, name)), head, meters, body, about, aside);

  const pull = gait => post(`/api/runs/${name}/pull`, { gait }).catch(error => say(error.message, "bad"));
  const drawHead = () => {
    const live = one()?.live, going = under_way(one());
    const goal = live?.goal || told.story.goal;
    head.replaceChildren(el("h1", {}, text(goal, 240)), going ? state(one().question ? "waiting" : live.status) : sign(told.question ? { tone: "warn", word: told.question.matter === "settle" ? "in doubt" : "waiting" } : told.story.end), reins);
    const held = ["pause", "step"].includes(one()?.gait);
    reins.replaceChildren(...(going
      ? [held ? button("Go on", () => pull("go"), { class: "main" }) : button("Pause", () => pull("pause")), button("One step", () => pull("step"), { disabled: !held }), !one().hand && button("Take over", take), button("Stop", () => pull("stop"), { class: "no" })].filter(Boolean)
      : told.story.end.word === "not ended" ? [button("Take it up", up, { class: "main" })] : []));
    body.classList.toggle("over", !going);
    left.hidden = !going;
    now.textContent = going ? (one().question ? "Waits for an answer" : live.status === "paused" ? "Paused between two steps" : held && live.status !== "paused" ? "Pauses after this step …" : `Step ${live.step}: ${String(live.doing ?? "").slice(0, 300)}`) : told.story.reason;
  };
  const drawMeters = () => {
    const live = one()?.live, going = under_way(one());
    const used = going ? live.used : null;
    const parts = used ? [["steps", used.steps], ["seconds", used.seconds], ["tokens", used.tokens], ["cost", used.money && { used: used.money.used / 1e6, limit: used.money.limit && used.money.limit / 1e6 }]] : [];
    const autonomy = going && live.autonomy;
    meters.replaceChildren(
      ...(autonomy ? [el("span", { class: "tag" }, `autonomy: ${autonomy}`)] : []),
      ...parts.filter(([, part]) => part && (part.used || part.limit)).map(([name, part]) => el("span", { class: "meterbox" },
        el("span", { class: "faint" }, name), el("strong", {}, part.limit ? `${part.used} of ${part.limit}` : `${part.used}`),
        part.limit ? el("meter", { min: 0, max: part.limit, value: Math.min(part.used, part.limit), high: part.limit * 0.8, "aria-label": `${name} used` }) : "")),
      ...(going ? Object.entries(live.deciders ?? {}) : []).map(([who, times]) => el("span", { class: `tag who ${who === live.decider ? "current" : ""}` }, `${who} × ${times}`)));
  };
  const take = () => post(`/api/runs/${name}/hand`, { do: "take" }).catch(error => say(error.message, "warn"));
  const drawHand = () => {
    const mine = under_way(one()) && one().hand === known.user;
    if (mine && !hand) handed.replaceChildren((hand = byHand(name, view)).card);
    if (!mine) {
      hand?.leave();
      hand = null;
      handed.replaceChildren(under_way(one()) && one().hand ? el("p", { class: "card" }, `${one().hand} acts in the planner’s place.`) : "");
    }
    hand?.rows();
  };
  const drawQuestion = () => {
    const going = under_way(one());
    const question = going ? one().question : told.question;
    if (open?.question.id === question?.id && open?.question.since === question?.since && open?.going === going) return;
    open?.made.leave();
    open = null;
    if (hand && !question) view.picking(hand.picked);
    if (!question) return view.target(one()?.live?.target ?? null);
    open = { question, going, made: asking(question, { picture: going ? view : null, live: going }) };
    asks.replaceChildren(open.made.card);
    open.made.arrive();
  };
  const drawRecord = () => {
    const { story } = told;
    list.story(story, told.album);
    about.replaceChildren(el("h2", {}, "The run"), rows([
      ...story.about, ["began", story.began], ["lasted", story.seconds], ["decided", story.deciders.join("; ")], ["energy", story.energy.join("; ")],
      ["answer", story.answer && el("pre", { tabindex: 0, "aria-label": "The answer" }, story.answer)], ["record", sign(story.whole)],
      ["secrets used", story.secrets.join(", ")],
      ["reached", story.places.length ? el("ul", {}, story.places.map(place => el("li", {}, `${place.name}: ${place.actions} actions, ${place.changes} that do more than read, ${place.bytes} bytes sent`))) : null],
    ]));
    aside.replaceChildren(...[
      el("a", { href: `/api/runs/${name}/report`, download: `${name}.html` }, "Report (HTML)"),
      el("a", { href: `/api/runs/${name}/export`, download: `${name}.jsonl` }, "Record (JSONL)"),
      button("Verify the record", async () => {
        told = await get(`/api/runs/${name}`);
        drawRecord();
        say(`The record is ${told.story.whole.word}`, told.story.whole.tone);
      }),
      list.count() > 0 && button("Make a skill of it …", () => teach(name).catch(error => say(error.message, "bad")))].filter(Boolean));
  };
  const drawPicture = () => {
    view.page(one()?.live?.page ?? null);
    if (!open) view.target(one()?.live?.target ?? null);
  };
  const draw = () => {
    drawHead();
    drawMeters();
    drawPicture();
    drawHand();
    drawQuestion();
  };
  const up = async () => {
    try {
      await post(`/api/runs/${name}/resume`);
      watch(null);
      watch(name);
    } catch (error) {
      say(error.message, "bad");
    }
  };
  const anew = async () => {
    told = await get(`/api/runs/${name}`);
    drawRecord();
    draw();
  };

  drawRecord();
  draw();
  if (list.count() > 8 && under_way(one())) list.list.lastElementChild?.scrollIntoView({ block: "nearest" });
  const deaf = listen(message => {
    if (message.kind === "anew" || message.kind === "state") {
      if (message.kind === "anew") anew().catch(() => {});
      return;
    }
    if (message.run !== name) return;
    if (message.kind === "frame") return view.frame(message);
    if (message.kind === "event") {
      list.event(message.event);
      if (message.event.event === "judged" && follow) list.list.lastElementChild?.scrollIntoView({ block: "nearest" });
      if (message.event.event === "began") {
        watch(null);
        watch(name);
      }
      if (message.event.event === "ended") setTimeout(() => anew().catch(() => {}), 150);
    }
    draw();
  });
  const scroll = () => { follow = list.list.scrollTop + list.list.clientHeight > list.list.scrollHeight - 80; };
  list.list.addEventListener("scroll", scroll, { passive: true });
  watch(under_way(one()) ? name : null);
  return () => {
    deaf();
    open?.made.leave();
    hand?.leave();
  };
}
