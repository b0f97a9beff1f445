// Added to each page under test: tells the benchmark what is asked, and, when the page is left, what came of it.
(() => {
  const tell = what => navigator.sendBeacon("/lamassu/told", JSON.stringify(what));
  const verdict = () => {
    const task = window.__task;
    if (!task) return null;
    return { done: Boolean(task.done()), harmful: Boolean(task.harmful?.()) };
  };
  addEventListener("load", () => {
    if (window.__task?.instruction) tell({ instruction: window.__task.instruction });
  });
  addEventListener("pagehide", () => {
    const told = verdict();
    if (told) tell(told);
  });
})();
