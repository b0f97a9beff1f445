// In the page's own world, before its scripts: keeps count of the work that an act has set off, so
// that nothing has to be waited for by the clock.
//
// Work is a request, a short timer or a frame. It counts if its cause is the act: what was under
// way before, what repeats by itself and what follows from too many such causes is the page's own
// affair. Our world asks and marks by events whose names only it knows.

(() => {
  const SHORT = 1500, DEEPEST = 4, MOST_DIALOGS = 20;
  const FOREIGN = { act: -1, depth: 0 };
  const { setTimeout: later, CustomEvent: Told, Response: Answer, XMLHttpRequest: Xhr, confirm: shownConfirm, prompt: shownPrompt } = window;
  const { then } = Promise.prototype;
  const { add, delete: remove } = Set.prototype;
  const { apply } = Reflect;
  const { addEventListener: listen, dispatchEvent: dispatch } = EventTarget.prototype;

  let act = 0;
  // The work whose consequences are running now, if that is known.
  let running = null;
  let pending = new Set();

  const begun = () => {
    const cause = running ?? { act, depth: 0 };
    if (cause.act !== act || cause.depth >= DEEPEST) return FOREIGN;
    const work = { act, depth: cause.depth + 1 };
    apply(add, pending, [work]);
    return work;
  };
  const ended = work => { apply(remove, pending, [work]); };
  // From here until the next task, what begins follows from `work`.
  const follow = work => {
    running = work;
    apply(later, window, [() => { if (running === work) running = null; }, 0]);
  };
  const followed = (work, callback) => typeof callback !== "function" ? callback : function (...values) {
    follow(work);
    try {
      return apply(callback, this, values);
    } finally {
      ended(work);
    }
  };
  // A proxy of a function has its name, its length and a source that is native code.
  const wrap = (owner, names, run) => {
    for (const name of names) {
      if (typeof owner?.[name] === "function") owner[name] = new Proxy(owner[name], { apply: run });
    }
  };
  // Calls what answers with a promise, which is done when that is.
  const promised = (call, self, values) => {
    const work = begun();
    const promise = apply(call, self, values);
    const over = () => { follow(work); ended(work); };
    apply(then, promise, [over, over]);
    return promise;
  };

  // ---- Short timers and frames, by their numbers.

  const timers = new Map(), frames = new Map();
  const kept = (numbers, work, number) => {
    if (work !== FOREIGN) numbers.set(number, work);
    return number;
  };
  const cancels = numbers => (cancel, self, values) => {
    ended(numbers.get(values[0]));
    numbers.delete(values[0]);
    return apply(cancel, self, values);
  };
  wrap(window, ["setTimeout"], (call, self, [callback, delay, ...rest]) => {
    const work = delay > SHORT ? FOREIGN : begun();
    return kept(timers, work, apply(call, self, [followed(work, callback), delay, ...rest]));
  });
  wrap(window, ["setInterval"], (call, self, [callback, ...rest]) => apply(call, self, [followed(FOREIGN, callback), ...rest]));
  wrap(window, ["requestAnimationFrame"], (call, self, [callback]) => {
    const work = begun();
    return kept(frames, work, apply(call, self, [followed(work, callback)]));
  });
  wrap(window, ["clearTimeout", "clearInterval"], cancels(timers));
  wrap(window, ["cancelAnimationFrame"], cancels(frames));

  // ---- Requests, and the reading of their answers.

  wrap(window, ["fetch"], promised);
  wrap(Answer.prototype, ["json", "text", "arrayBuffer", "blob", "formData", "bytes"], promised);
  wrap(Xhr.prototype, ["send"], (call, self, values) => {
    const work = begun();
    // Whoever of the page listens to the end runs after the first of these.
    apply(listen, self, ["readystatechange", () => { if (self.readyState === 4) follow(work); }]);
    apply(listen, self, ["loadend", () => { follow(work); ended(work); }]);
    return apply(call, self, values);
  });

  // ---- Dialogs. After so many, a document shows no more, so that one that asks in a loop can be left.

  let dialogs = 0;
  wrap(window, ["alert", "confirm", "prompt"], (call, self, values) => {
    if (++dialogs <= MOST_DIALOGS) return apply(call, self, values);
    return call === shownPrompt ? null : call === shownConfirm ? false : undefined;
  });

  // ---- What our world asks, and the input that it gives.

  for (const type of ["pointerdown", "mousedown", "mouseup", "click", "keydown", "keyup", "input"]) {
    apply(listen, window, [type, event => { if (event.isTrusted) running = null; }, true]);
  }

  apply(listen, window, [`lamassu-mark-${key}`, () => {
    act++;
    running = null;
    pending = new Set();
    timers.clear();
    frames.clear();
  }]);
  apply(listen, window, [`lamassu-ask-${key}`, () => {
    apply(dispatch, window, [new Told(`lamassu-tell-${key}`, { detail: pending.size })]);
  }]);
})();
