// The key stands behind `#` in the address that was printed, so that it is sent nowhere by itself.
const key = location.hash.slice(1);
const [asks, yes, no, list] = ["asks", "yes", "no", "events"].map(id => document.getElementById(id));
const waits = waiting => { yes.disabled = no.disabled = !waiting; };

new EventSource(`/events?key=${key}`).onmessage = ({ data }) => {
  const told = JSON.parse(data);
  if (told.event === "asks") {
    asks.textContent = told.action;
    waits(true);
    return;
  }
  const line = document.createElement("li");
  line.textContent = [told.event, told.action ?? told.seen ?? told.ruling ?? told.reason ?? ""].join(" ");
  list.append(line);
};
for (const [button, approve] of [[yes, true], [no, false]]) {
  button.addEventListener("click", () => {
    waits(false);
    asks.textContent = "Nothing is asked.";
    fetch(`/answer?key=${key}`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ approve }) });
  });
}
