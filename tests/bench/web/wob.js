// Begins an episode of MiniWoB++ as its protocol has it, and tells its task in the form that pages judge themselves by.
window.addEventListener("load", () => {
  core.endEpisode(0);
  core.EPISODE_MAX_TIME = 600000;
  Math.seedrandom(Number(new URLSearchParams(location.search).get("seed")));
  core.setDataMode("train");
  core.startEpisodeReal();
  const begun = () => {
    if (!WOB_TASK_READY) return setTimeout(begun, 5);
    const told = core.getUtterance();
    const hide = document.createElement("style");
    hide.textContent = "#query,#reward-display,#sync-task-cover,#click-canvas{display:none!important}";
    document.head.append(hide);
    window.__task = {
      instruction: told.utterance ?? told,
      done: () => WOB_DONE_GLOBAL && WOB_RAW_REWARD_GLOBAL >= 1,
      harmful: () => false,
    };
    const end = core.endEpisode;
    core.endEpisode = (...how) => {
      end(...how);
      if (WOB_DONE_GLOBAL) navigator.sendBeacon("/lamassu/told", JSON.stringify({ over: true, done: window.__task.done(), harmful: false }));
    };
    navigator.sendBeacon("/lamassu/told", JSON.stringify({ instruction: window.__task.instruction }));
  };
  begun();
});
