// What is asked of the server, and what it tells.

export const known = { user: "", proof: "", packs: [], runs: new Map() };

const hearers = new Set();
let source = null, after = "", watched = null, lostSince = 0;

export async function get(path) {
  return answered(await fetch(path, { headers: { accept: "application/json" } }));
}

export async function post(path, body = {}) {
  const headers = { "content-type": "application/json", "x-lamassu-proof": known.proof };
  return answered(await fetch(path, { method: "POST", headers, body: JSON.stringify(body) }));
}

async function answered(response) {
  const said = await response.json().catch(() => ({ error: response.statusText || `status ${response.status}` }));
  if (!response.ok) throw Object.assign(new Error(said.error ?? "it was not done"), { status: response.status });
  return said;
}

// `hear(message)` is called with each; what comes back ends that.
export function listen(hear) {
  hearers.add(hear);
  return () => hearers.delete(hear);
}

const tell = message => { for (const hear of [...hearers]) hear(message); };

// Asks how things stand, then hears what changes.
export async function begin() {
  const state = await get("/api/state");
  Object.assign(known, { user: state.user, proof: state.proof, packs: state.packs });
  after = state.after;
  known.runs = new Map(state.live.filter(one => one.run).map(one => [one.run, one]));
  tell({ kind: "state" });
}

// Hears of everything, and sees the page of `run` if one is named.
export function watch(run = null) {
  if (source && watched === run && source.readyState !== EventSource.CLOSED) return;
  source?.close();
  watched = run;
  const query = new URLSearchParams({ after });
  if (run) query.set("watch", run);
  source = new EventSource(`/api/events?${query}`);
  source.onopen = () => {
    lostSince = 0;
    tell({ kind: "connected" });
  };
  source.onmessage = event => {
    if (event.lastEventId) after = event.lastEventId;
    const message = JSON.parse(event.data);
    if (message.kind === "lost") begin().then(() => tell({ kind: "anew" }), () => {});
    else take(message);
  };
  source.onerror = () => {
    if (!lostSince) lostSince = Date.now();
    tell({ kind: "disconnected", since: lostSince });
    const own = source;
    own.close();
    setTimeout(() => { if (source === own) again(run); }, 700);
  };
}

// A server that was started anew numbers its messages anew.
async function again(run) {
  try {
    await begin();
    watch(run);
    tell({ kind: "anew" });
  } catch (problem) {
    if (problem.status === 401) tell({ kind: "outside" });
    else setTimeout(() => { if (source?.readyState === EventSource.CLOSED) again(run); }, 1000);
  }
}

// Keeps what is known of runs up to date, then tells.
function take(message) {
  const { kind, run } = message;
  if (run && !known.runs.has(run)) known.runs.set(run, { run, gait: "go", question: null, live: { status: "starting", deciders: {} } });
  const one = known.runs.get(run);
  if (kind === "question") one.question = message.question;
  if ((kind === "answered" || kind === "void") && one?.question?.id === message.id) one.question = null;
  if (kind === "pull") one.gait = message.gait;
  if (kind === "hand") one.hand = message.hand;
  if (kind === "event") change(one, message);
  tell(message);
}

function change(one, { event, more }) {
  const { live } = one;
  Object.assign(live, more);
  switch (event.event) {
    case "began": Object.assign(live, { status: "running", goal: event.goal, planner: event.planner, reason: "" }); break;
    case "spent": live.used = event.used; break;
    case "paused": live.status = "paused"; break;
    case "went_on": live.status = "running"; break;
    case "proposed": Object.assign(live, { doing: event.proposal, why: event.why }); break;
    case "judged": Object.assign(live, { step: event.step, doing: event.action }); break;
    case "acted": live.target = null; break;
    case "ended":
      Object.assign(live, { status: { budget_spent: "budget spent", in_doubt: "in doubt", waiting: "waiting for a person" }[event.status] ?? event.status, reason: event.reason });
      break;
  }
}

export const under_way = one => Boolean(one) && ["starting", "running", "paused"].includes(one.live.status);
