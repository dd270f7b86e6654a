// Around a game that is served: loads it anew when a new version lands.
const note = document.getElementById('note');
let number = Number(document.body.dataset.number), quiet = 0;
const say = (text) => {
  note.textContent = text;
  note.classList.add('on');
  clearTimeout(quiet);
  quiet = setTimeout(() => note.classList.remove('on'), 4000);
};
// Another address, or the browser would keep where the old version had scrolled to.
const load = () => { frame.src = 'game?' + number; };
// Not before somebody listens.
start(load);

const events = new EventSource('events');
events.addEventListener('version', (event) => {
  const version = JSON.parse(event.data);
  if (version.number === number) return;
  number = version.number;
  document.title = frame.title = version.title;
  start(load);
  say(version.note);
});
// Asking again would go to whoever gets the port next.
events.addEventListener('error', () => {
  events.close();
  why = 'codeagent has ended: start it again, and play on at the address that it says then.';
  say('codeagent has ended: no new versions');
});
