// Around a game that is served: loads it anew when a new version lands.
const note = document.getElementById('note');
let number = Number(document.body.dataset.number), quiet = 0;
const say = (text) => {
  note.firstChild.data = text;
  note.classList.add('on');
  clearTimeout(quiet);
  quiet = setTimeout(() => note.classList.remove('on'), 6000);
};
// Another address, or the browser would keep where the old version had scrolled to.
const load = () => { frame.src = 'game?' + number; };
let ended = false;
why = 'The game tried to leave and was stopped. Press Enter, or click here, to start it again.';
const again = () => { if (!left.hidden && !ended) start(load); };
left.addEventListener('click', again);
addEventListener('keydown', (event) => { if (event.key === 'Enter') again(); });
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
  ended = true;
  why = 'codeagent has quit. Start it again, and open the address that it then prints to keep playing.';
  say('codeagent has quit: no new versions');
});
