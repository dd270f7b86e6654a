// Put before a game while it is tried: time and chance come from here, so that two runs of the
// same game differ only by what the player did. Nobody sees it outside of a play-test.
(() => {
  'use strict';
  const FRAME = 1000 / 60, DAY = Date.UTC(2026, 0, 1, 12);
  const real = performance.now.bind(performance), drawn = requestAnimationFrame.bind(window), page = document;
  const state = { now: 0, reads: 0, nested: 0, longest: 0 };

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
  let last = 0, nextFrame = FRAME;
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
    if (queue.length) return queue.shift();
    let first = null;
    for (const timer of timers.values()) if (!first || timer.at < first.at) first = timer;
    if (first && first.at <= until && first.at < nextFrame) {
      if (first.span) first.at = Math.max(state.now, first.at) + first.span;
      else timers.delete(first.id);
      return { at: first.span ? first.at - first.span : first.at, nested: first.nested, run: () => first.run(...first.all) };
    }
    if (nextFrame > until) return null;
    const at = nextFrame;
    nextFrame = Math.max(nextFrame + FRAME, Math.ceil((state.now + 0.001) / FRAME) * FRAME);
    const called = [...frames.values()];
    frames.clear();
    for (const run of called) queue.push({ at, nested: 0, run: () => run(state.now) });
    return { at, nested: 0, run: animate };
  };
  const channel = new MessageChannel();
  let until = 0, done = null, from = 0;
  const turn = () => {
    if (from) state.longest = Math.max(state.longest, real() - from);
    from = 0;
    const task = due(until);
    if (!task) {
      state.now = Math.max(state.now, until);
      const answer = { now: state.now, longest: state.longest };
      state.longest = 0;
      const tell = done;
      done = null;
      tell(answer);
      return;
    }
    channel.port2.postMessage(0);
    state.now = Math.max(state.now, task.at);
    state.reads = 0;
    state.nested = task.nested;
    from = real();
    task.run();
  };
  channel.port1.onmessage = turn;

  // Neither the place of the keyboard's focus, nor a caret, nor what is marked or scrolled is an answer of the game.
  const scrolled = new Set();
  addEventListener('scroll', (event) => scrolled.add(event.target), true);
  const quiet = () => {
    if (!quiet.sheet) {
      quiet.sheet = new CSSStyleSheet();
      quiet.sheet.replaceSync('*:focus, *:focus-visible { outline: none !important } * { caret-color: transparent !important } ::selection { background: transparent !important; color: inherit !important }');
    }
    if (!page.adoptedStyleSheets.includes(quiet.sheet)) page.adoptedStyleSheets = [...page.adoptedStyleSheets, quiet.sheet];
    for (const one of [page, ...scrolled]) {
      const box = one === page ? page.scrollingElement : one;
      if (box && (box.scrollTop || box.scrollLeft)) box.scrollTo({ left: 0, top: 0, behavior: 'instant' });
    }
    for (const svg of page.querySelectorAll('svg')) {
      if (svg.setCurrentTime && svg.animationsPaused) {
        svg.pauseAnimations();
        svg.setCurrentTime(state.now / 1000);
      }
    }
  };

  // What somebody who wants to begin would look for.
  const START = /\b(start|play|begin|new game|go|continue|ready|launch|enter|ok|next|yes|tap|click|press|los|spielen|neues spiel|jouer|jugar|inizia|starten)\b|[▶►⏵▷]|play\b/i;
  const OTHER = /\b(mute|sound|music|pause|help|settings?|options?|share|close|quit|exit|about|credits?|fullscreen|reset scores?|how to play|instructions?|back|cancel)\b|[🔇🔊🔈🎵⏸×✕?]/iu;
  const box = (one) => {
    const it = one.getBoundingClientRect(), style = getComputedStyle(one);
    const x = it.x + it.width / 2, y = it.y + it.height / 2;
    const seen = it.width > 3 && it.height > 3 && x >= 0 && y >= 0 && x < innerWidth && y < innerHeight && style.visibility === 'visible' && Number(style.opacity) > 0.05;
    if (!seen || one.disabled) return null;
    const top = page.elementFromPoint(x, y);
    return top && (one.contains(top) || top.contains(one)) ? { x, y } : null;
  };
  const fields = () => {
    const all = [...page.querySelectorAll('input:not([type]), input[type=text], input[type=search], input[type=email], input[type=number], textarea')];
    return all.filter((one) => !one.value && !one.readOnly).map((one) => ({ at: box(one), text: one.type === 'number' ? '3' : 'Ada' })).filter((one) => one.at).map((one) => ({ ...one.at, text: one.text }));
  };
  const starts = () => {
    const named = (one) => `${one.innerText || one.value || ''} ${one.getAttribute('aria-label') || ''} ${one.title || ''}`.trim();
    const all = [...page.querySelectorAll('button, input[type=button], input[type=submit], [role=button], a, summary, .btn, .button, [class*=start], [id*=start], [class*=play], [id*=play]')];
    const seen = all.filter((one) => one.children.length < 4).map((one) => ({ at: box(one), name: named(one).slice(0, 80), id: `${one.id} ${one.className}`, plain: one.matches('button, input') })).filter((one) => one.at);
    const wanted = seen.filter((one) => START.test(one.name) && !OTHER.test(one.name));
    const marked = seen.filter((one) => /start|play|begin/i.test(one.id) && one.plain && !OTHER.test(one.name));
    const buttons = seen.filter((one) => one.plain && !OTHER.test(one.name));
    const best = wanted.find((one) => one.plain) || wanted[0] || marked[0] || (buttons.length === 1 ? buttons[0] : null);
    return best ? best.at : null;
  };
  const targets = () => {
    const all = [...page.querySelectorAll('button, input[type=button], [role=button], [draggable=true], [onclick], td, li, div, span, svg *, img')];
    const likes = all.filter((one) => one.children.length < 3 && (one.matches('button, input, [role=button], [draggable=true]') || /pointer|grab|move/.test(getComputedStyle(one).cursor)) && !OTHER.test(`${one.innerText || ''} ${one.id}`));
    const found = likes.slice(0, 60).map(box).filter(Boolean);
    return found.filter((_, i) => i % Math.ceil(found.length / 6) === 0);
  };
  const canvas = () => {
    const all = [...page.querySelectorAll('canvas')].map((one) => ({ one, area: one.clientWidth * one.clientHeight }));
    all.sort((a, b) => b.area - a.area);
    const found = all[0] && box(all[0].one);
    if (!found) return null;
    if (!page.activeElement || page.activeElement === page.body) all[0].one.focus({ preventScroll: true });
    return found;
  };

  Object.defineProperty(window, '__codeagent', {
    value: Object.freeze({
      run: (to) => new Promise((tell) => {
        until = to;
        done = tell;
        channel.port2.postMessage(0);
      }),
      quiet, fields, starts, targets, canvas,
      rest: () => new Promise((tell) => { const wait = new MessageChannel(); wait.port1.onmessage = tell; wait.port2.postMessage(0); }),
      settle: () => new Promise((tell) => drawn(tell)),
      blur: () => { const on = page.activeElement; if (on && on.matches('input, textarea, select, button, a')) on.blur(); },
    }),
  });
})();
//# sourceURL=codeagent-clock.js
