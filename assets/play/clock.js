// Put before a game while it is tried: time and chance come from here, so that two runs of the
// same game differ only by what the player did. Nobody sees it outside of a play-test.
(() => {
  'use strict';
  const FRAME = 1000 / 60, MOST = 300, DAY = Date.UTC(2026, 0, 1, 12);
  const real = performance.now.bind(performance), drawn = requestAnimationFrame.bind(window), page = document;
  const state = { now: 0, reads: 0, nested: 0, longest: 0, before: 0 };

  // A game that waits in a loop for time to pass must see it pass.
  const read = () => {
    state.reads += 1;
    if (state.reads > 300) state.now += 0.25;
    return state.now;
  };

  // Chance: mulberry32, the same numbers in each run.
  let seed = SEED;
  const random = () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  Math.random = random;
  const fill = (into) => {
    const bytes = new Uint8Array(into.buffer, into.byteOffset, into.byteLength);
    for (let i = 0; i < bytes.length; i += 1) bytes[i] = Math.floor(random() * 256);
    return into;
  };
  const put = (on, name, value) => {
    try { Object.defineProperty(on, name, { value, writable: true, configurable: true }); } catch { /* it stays */ }
  };
  const show = (on, name, get) => {
    try { Object.defineProperty(on, name, { get, configurable: true }); } catch { /* it stays */ }
  };
  put(Crypto.prototype, 'getRandomValues', fill);
  put(Crypto.prototype, 'randomUUID', () => {
    const hex = Array.from(fill(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`;
  });

  // What is compared by chance, as decks are shuffled, would come out in another order as soon as the
  // engine has made the loop fast: it sorts short lists in two ways. This one way is stable, too.
  const { sort: sortFast } = Array.prototype;
  const merge = (list, compare) => {
    if (list.length < 2) return list;
    const half = list.length >> 1, left = merge(list.slice(0, half), compare), right = merge(list.slice(half), compare);
    const merged = [];
    let i = 0, j = 0;
    while (i < left.length && j < right.length) merged.push(compare(left[i], right[j]) > 0 ? right[j++] : left[i++]);
    while (i < left.length) merged.push(left[i++]);
    while (j < right.length) merged.push(right[j++]);
    return merged;
  };
  const sort = function sort(compare) {
    if (typeof compare !== 'function' || !Array.isArray(this)) return sortFast.call(this, compare);
    const there = [];
    for (let i = 0; i < this.length; i += 1) if (i in this) there.push(this[i]);
    const sorted = merge(there.filter((item) => item !== undefined), compare);
    for (let i = 0; i < there.length; i += 1) this[i] = sorted[i];
    for (let i = there.length; i < this.length; i += 1) delete this[i];
    return this;
  };
  put(Array.prototype, 'sort', sort);
  put(Array.prototype, 'toSorted', function toSorted(compare) { return sort.call(Array.from(this), compare); });

  // Time.
  const TrueDate = Date;
  window.Date = new Proxy(TrueDate, {
    construct: (type, all, made) => Reflect.construct(type, all.length ? all : [DAY + Math.floor(read())], made),
    apply: () => new TrueDate(DAY + Math.floor(state.now)).toString(),
    get: (type, key) => (key === 'now' ? () => DAY + Math.floor(read()) : Reflect.get(type, key)),
  });
  TrueDate.prototype.constructor = window.Date;
  put(Performance.prototype, 'now', read);
  show(Performance.prototype, 'timeOrigin', () => DAY);
  show(Event.prototype, 'timeStamp', () => state.now);
  if (window.BaseAudioContext) show(BaseAudioContext.prototype, 'currentTime', () => state.now / 1000);

  // Timers and frames wait here until their time is come.
  const timers = new Map(), frames = new Map();
  let last = 0, frame = FRAME, nextFrame = FRAME;
  const later = (run, wait, every, all) => {
    if (typeof run !== 'function') return 0;
    const least = state.nested >= 5 ? 4 : 1, span = Math.max(Number(wait) || 0, least);
    last += 1;
    timers.set(last, { id: last, at: state.now + span, span: every ? span : 0, run, all, nested: state.nested + 1 });
    return last;
  };
  window.setTimeout = (run, wait, ...all) => later(run, wait, false, all);
  window.setInterval = (run, wait, ...all) => later(run, wait, true, all);
  window.clearTimeout = window.clearInterval = (id) => { timers.delete(Number(id)); };
  window.requestAnimationFrame = (run) => {
    last += 1;
    frames.set(last, run);
    return last;
  };
  window.cancelAnimationFrame = (id) => { frames.delete(id); };
  window.webkitRequestAnimationFrame = window.requestAnimationFrame;
  window.webkitCancelAnimationFrame = window.cancelAnimationFrame;
  window.requestIdleCallback = (run) => later(() => run({ didTimeout: false, timeRemaining: () => 10 }), 1, false, []);
  window.cancelIdleCallback = window.clearTimeout;

  // What styles move, moves with the same clock.
  const began = new WeakMap(), { pause, finish } = Animation.prototype;
  const animate = () => {
    for (const one of page.getAnimations()) {
      const start = began.get(one);
      if (start === undefined) {
        if (one.playState !== 'running') continue;
        began.set(one, state.now);
        pause.call(one);
        one.currentTime = 0;
      } else if (one.playState === 'paused') {
        const end = one.effect ? one.effect.getComputedTiming().endTime : 0;
        if (state.now - start < end) one.currentTime = state.now - start;
        else finish.call(one);
      }
    }
  };

  // Each callback is a task of its own, so that promises settle between them and an error in one
  // reaches the browser like any other and stops nothing else.
  const queue = [];
  const due = (until) => {
    while (!queue.length) {
      let first = null;
      for (const timer of timers.values()) if (!first || timer.at < first.at) first = timer;
      if (first && first.at <= until && first.at < nextFrame) {
        if (first.span) first.at = Math.max(state.now, first.at) + first.span;
        else timers.delete(first.id);
        return { at: first.span ? first.at - first.span : first.at, nested: first.nested, run: () => first.run(...first.all) };
      }
      if (nextFrame > until) return null;
      const at = nextFrame;
      state.now = Math.max(state.now, at);
      nextFrame = Math.max(nextFrame + frame, Math.ceil((state.now + 0.001) / frame) * frame);
      for (const run of frames.values()) queue.push({ at, nested: 0, run: () => run(state.now) });
      frames.clear();
      animate();
    }
    return queue.shift();
  };
  // In a message's handler `event` would be that message, and in a frame or a timer there is none: a
  // task of the scheduler has no event. What throws there would only be a promise that is broken, so
  // the callback is what a microtask calls: its error is reported as that of a timer is.
  const { queueMicrotask: call } = window, next = scheduler.postTask.bind(scheduler);
  const hop = () => { next(turn, { priority: 'user-blocking' }); };
  let until = 0, done = null, from = 0, spent = 0;
  const measure = () => {
    if (!from) return;
    const took = real() - from;
    if (took > state.longest) {
      state.longest = took;
      state.before = spent;
    }
    spent += took;
    from = 0;
  };
  const answer = (rests) => {
    const tell = done, { longest, before } = state;
    done = null;
    state.longest = state.before = 0;
    tell({ now: state.now, longest, before, rests });
  };
  const turn = () => {
    measure();
    if (!done) return;
    // What took long is told at once, so that its work can be measured alone.
    if (spent > MOST) return answer(false);
    const task = due(until);
    if (!task) {
      state.now = Math.max(state.now, until);
      return answer(true);
    }
    hop();
    state.now = Math.max(state.now, task.at);
    state.reads = 0;
    state.nested = task.nested;
    from = real();
    call(task.run);
  };

  // No answer of the game: the place of the keyboard's focus, a caret, what a finger lit up, what is
  // marked, scrolled or written into a field, and the controls that the browser itself sets.
  const RULES = `*:focus, *:focus-visible { outline: none !important }
    * { caret-color: transparent !important; -webkit-tap-highlight-color: transparent !important }
    ::selection { background: transparent !important; color: inherit !important }
    input:read-write, textarea:read-write { color: transparent !important; -webkit-text-fill-color: transparent !important }
    ::placeholder { color: transparent !important }
    input[type=checkbox], input[type=radio], input[type=range], input[type=color], select, progress:indeterminate { opacity: 0 !important }`;
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(RULES);
  const dress = () => {
    if (!page.adoptedStyleSheets.includes(sheet)) page.adoptedStyleSheets = [...page.adoptedStyleSheets, sheet];
  };
  dress();
  const scrolled = new Set();
  addEventListener('scroll', (event) => scrolled.add(event.target), true);
  // Ready for a picture, with so much of the page above the window.
  const quiet = (above) => {
    dress();
    for (const one of scrolled) {
      if (one !== page && (one.scrollTop || one.scrollLeft)) one.scrollTo({ left: 0, top: 0, behavior: 'instant' });
    }
    const box = page.scrollingElement;
    if (box && (box.scrollTop !== above || box.scrollLeft)) box.scrollTo({ left: 0, top: above, behavior: 'instant' });
    for (const svg of page.querySelectorAll('svg')) {
      if (svg.setCurrentTime && svg.animationsPaused) {
        svg.pauseAnimations();
        svg.setCurrentTime(state.now / 1000);
      }
    }
  };

  Object.defineProperty(window, '__codeagent', {
    value: Object.freeze({
      // Goes on until that time, with frames that are so many milliseconds apart.
      run: (to, apart) => new Promise((tell) => {
        until = to;
        done = tell;
        spent = 0;
        if (apart !== frame) {
          frame = apart;
          nextFrame = Math.min(nextFrame, state.now + frame);
        }
        hop();
      }),
      // The same chance again as at the start of the page.
      reseed: () => { seed = SEED; },
      quiet, now: () => state.now,
      rest: () => new Promise((tell) => { const wait = new MessageChannel(); wait.port1.onmessage = tell; wait.port2.postMessage(0); }),
      settle: () => new Promise((tell) => drawn(tell)),
    }),
  });
})();
//# sourceURL=codeagent-clock.js
