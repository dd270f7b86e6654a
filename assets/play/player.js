// The page around a game: keeps it in focus, and loads it anew when a new version lands.
(function () {
  'use strict';
  const frame = document.querySelector('iframe'), note = document.getElementById('note');
  let number = Number(document.body.dataset.number), quiet = 0;
  const say = (text) => {
    note.textContent = text;
    note.classList.add('on');
    clearTimeout(quiet);
    quiet = setTimeout(() => note.classList.remove('on'), 4000);
  };
  frame.addEventListener('load', () => frame.focus());
  addEventListener('focus', () => frame.focus());

  const events = new EventSource('events');
  events.addEventListener('version', (event) => {
    const version = JSON.parse(event.data);
    if (version.number === number) return;
    number = version.number;
    document.title = frame.title = version.title;
    // Another address, or the browser would keep where the old version had scrolled to.
    frame.src = 'game?' + number;
    say(version.note);
  });
  // Asking again would go to whoever gets the port next.
  events.addEventListener('error', () => {
    events.close();
    say('codeagent has ended: no new versions');
  });
})();
