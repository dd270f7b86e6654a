// The page around a game: keeps it in focus, loads it anew when a new version lands, and offers
// to start it again where it has walked away.
(function () {
  'use strict';
  const frame = document.querySelector('iframe'), note = document.getElementById('note');
  const left = document.getElementById('left'), again = left.querySelector('button');
  let number = Number(document.body.dataset.number), quiet = 0, late = 0, heard = false, ended = false;
  const say = (text) => {
    note.textContent = text;
    note.classList.add('on');
    clearTimeout(quiet);
    quiet = setTimeout(() => note.classList.remove('on'), 4000);
  };
  const focus = () => (left.hidden ? frame : again).focus();
  // Another address, or the browser would keep where the old version had scrolled to.
  const start = () => {
    left.hidden = true;
    frame.src = 'game?' + number;
    if (!frame.isConnected) document.body.prepend(frame);
  };
  const stop = () => {
    left.querySelector('p').textContent = ended
      ? 'codeagent has ended: start it again, and play on at the address that it says then.'
      : 'The game tried to leave for another address, which it may not. It was stopped.';
    again.hidden = ended;
    left.hidden = false;
    // Hidden alone, it might keep the keys.
    frame.remove();
    focus();
  };
  addEventListener('message', (event) => {
    if (event.source === frame.contentWindow && event.data === 'codeagent: game') heard = true;
  });
  // A refused navigation loads a page of the browser's own, which says nothing. What a game says
  // may come a little later than the news that it has loaded.
  frame.addEventListener('load', () => {
    // What is in focus already would not be given the keys again, and another process draws it now.
    frame.blur();
    focus();
    clearTimeout(late);
    if (!heard) late = setTimeout(() => { if (!heard) stop(); heard = false; }, 300);
    heard = false;
  });
  addEventListener('focus', focus);
  again.addEventListener('click', start);
  // Not before somebody listens.
  start();

  const events = new EventSource('events');
  events.addEventListener('version', (event) => {
    const version = JSON.parse(event.data);
    if (version.number === number) return;
    number = version.number;
    document.title = frame.title = version.title;
    start();
    say(version.note);
  });
  // Asking again would go to whoever gets the port next.
  events.addEventListener('error', () => {
    events.close();
    ended = true;
    say('codeagent has ended: no new versions');
  });
})();
