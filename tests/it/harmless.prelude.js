// Makes a page the same each time: its clock, its chance, its frames and its dialogs are ours.
(() => {
  try { localStorage.clear(); } catch { /* a frame may have none */ }
  let now = 1_000_000, seed = 7, last = 0;
  const said = (globalThis.__said = []);
  const waiting = new Map();
  const add = (due, run, every) => { waiting.set(++last, { due, run, every, id: last }); return last; };
  const say = (kind) => (...words) => said.push([kind, ...words.map(String)].join(' '));
  Math.random = () => (seed = (seed * 16807) % 2147483647) / 2147483647;
  Date.now = () => now;
  performance.now = () => now - 1_000_000;
  const call = (run, list) => (typeof run === 'function' ? run.call(globalThis, ...list) : (0, eval)(run));
  const plan = (run, wait, list, every) => add(now + Math.max(1, wait), () => call(run, list), every);
  globalThis.setTimeout = (run, wait = 0, ...list) => plan(run, wait, list);
  globalThis.setInterval = (run, wait = 0, ...list) => plan(run, wait, list, Math.max(1, wait));
  globalThis.clearTimeout = globalThis.clearInterval = (id) => waiting.delete(id);
  globalThis.requestAnimationFrame = (run) => add(now + 16, () => run(now - 1_000_000));
  globalThis.cancelAnimationFrame = (id) => waiting.delete(id);
  globalThis.alert = say('alert');
  globalThis.confirm = (text) => { say('confirm')(text); return true; };
  globalThis.prompt = (text, usual) => { say('prompt')(text); return usual ?? 'x'; };
  for (const kind of ['log', 'info', 'warn', 'error']) console[kind] = say(kind);
  addEventListener('error', (event) => said.push('error ' + event.message));
  addEventListener('unhandledrejection', (event) => said.push('rejected ' + event.reason));
  // Lives through so many milliseconds; what a page awaits goes on in between.
  globalThis.__live = async (time) => {
    for (const end = now + time; now < end; now += 8) {
      const due = [...waiting.values()].filter((task) => task.due <= now);
      for (const task of due.sort((a, b) => a.due - b.due || a.id - b.id)) {
        if (!waiting.has(task.id)) continue;
        if (task.every) task.due += task.every; else waiting.delete(task.id);
        try { task.run(); } catch (error) { said.push('threw ' + error.message); }
      }
      await null;
    }
  };
})();
