// Where somebody is, and what stands above every page.

import { el, say, typing } from "./make.js";
import { begin, known, listen, post, under_way, watch } from "./talk.js";
import { runs } from "./runs.js";
import { run } from "./run.js";
import { compare } from "./compare.js";
import { policies } from "./policies.js";

const main = document.getElementById("main");
let leave = () => {};

const PAGES = [
  [/^#\/run\/([\w-]+)$/, run, "runs"],
  [/^#\/compare\/([\w-]+)\/([\w-]+)$/, compare, "runs"],
  [/^#\/policies$/, policies, "policies"],
  [/^/, runs, "runs"],
];

async function go() {
  const [found, page, name] = PAGES.map(([pattern, page, name]) => [location.hash.match(pattern), page, name]).find(([found]) => found);
  for (const link of document.querySelectorAll("nav [data-page]")) {
    if (link.dataset.page === name) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  leave();
  for (const dialog of document.querySelectorAll("dialog[open]")) dialog.close();
  const place = el("div", { class: `page ${page.name}` });
  main.replaceChildren(place);
  try {
    leave = (await page(place, ...found.slice(1))) ?? (() => {});
  } catch (problem) {
    place.replaceChildren(el("h1", {}, "That cannot be shown"), el("p", {}, problem.message), el("p", {}, el("a", { href: "#/" }, "All runs")));
    watch();
  }
}

function banner() {
  const asking = [...known.runs.values()].filter(one => one.question && under_way(one));
  const asks = document.getElementById("asks");
  asks.hidden = !asking.length;
  if (asking.length) {
    asks.textContent = asking.length === 1 ? "1 run asks" : `${asking.length} runs ask`;
    asks.href = `#/run/${asking[0].run}`;
  }
  document.title = asking.length ? `(${asking.length}) Lamassu asks` : "Lamassu console";
}

function notice(question) {
  if (document.visibilityState === "visible" && document.hasFocus()) return;
  if (!("Notification" in window) || Notification.permission !== "granted") return;
  const shown = new Notification("Lamassu asks", { body: question.line.slice(0, 200), tag: question.id });
  shown.onclick = () => {
    window.focus();
    location.hash = `#/run/${question.run}`;
  };
}

listen(message => {
  const link = document.getElementById("link");
  switch (message.kind) {
    case "connected": case "anew":
      link.textContent = "";
      link.className = "link";
      break;
    case "disconnected":
      link.textContent = "reconnecting …";
      link.className = "link warn";
      break;
    case "outside":
      link.textContent = "closed";
      main.replaceChildren(el("h1", {}, "The console does not know you any more"), el("p", {}, "Open it by the link that was printed when it started."));
      break;
    case "question": notice(message.question); break;
    case "answered":
      if (message.by !== known.user) say(`${message.by} ${message.word}`);
      break;
  }
  banner();
});

document.getElementById("notify").addEventListener("click", async event => {
  const allowed = "Notification" in window && await Notification.requestPermission() === "granted";
  event.target.textContent = allowed ? "You will be notified" : "This browser allows no notifications here";
});
document.getElementById("invite").addEventListener("click", async () => {
  const place = document.getElementById("invited");
  try {
    const { path } = await post("/api/links");
    place.replaceChildren("Opens once: ", el("code", {}, `${location.origin}${path}`));
  } catch (problem) {
    place.textContent = problem.message;
  }
});
document.addEventListener("click", event => {
  const menu = document.getElementById("menu");
  if (menu.open && !menu.contains(event.target)) menu.open = false;
});
document.addEventListener("keydown", event => {
  if (event.key === "/" && !typing(event.target)) {
    const search = document.getElementById("search");
    if (search) {
      event.preventDefault();
      search.focus();
    }
  }
});
window.addEventListener("hashchange", go);

begin().then(() => {
  document.getElementById("who").textContent = known.user;
  banner();
  go();
}, problem => main.replaceChildren(el("h1", {}, "The console cannot be reached"), el("p", {}, problem.message)));
