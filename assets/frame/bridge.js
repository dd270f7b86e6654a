// What the page around a game does for it: it has the keys from the first moment, its scores are
// kept here, and a file that it made is saved. What it says is not believed.
const frame = document.querySelector('iframe'), left = document.getElementById('left');
const areas = ['localStorage', 'sessionStorage'], loose = navigator.userActivation;
const own = 'codeagent:' + document.documentElement.dataset.game + ':';
let late = 0, heard = false, why = 'The game tried to leave and was stopped. Load the page again to start over.';
const kept = (area) => {
  const all = [];
  try {
    for (const [key, value] of Object.entries(window[area])) if (key.startsWith(own)) all.push([key.slice(own.length), value]);
  } catch {}
  return all;
};
const keep = ({ area, key, value }) => {
  if (!areas.includes(area) || typeof key !== 'string') return;
  const size = kept(area).reduce((sum, [name, old]) => sum + (name === key ? 0 : name.length + old.length), 0);
  try {
    if (typeof value !== 'string') window[area].removeItem(own + key);
    else if (size + key.length + value.length <= 2e6) window[area].setItem(own + key, value);
  } catch {}
};
const save = ({ name, data }) => {
  const link = document.createElement('a'), isBlob = data instanceof Blob;
  if ((loose && !loose.isActive) || !(isBlob || /^data:/.test(data))) return;
  link.href = isBlob ? URL.createObjectURL(data) : data;
  link.download = name || 'game';
  link.click();
};
const focus = () => frame.focus();
// The game finds what is kept in the frame's name, before its first script.
const start = (load) => {
  left.hidden = true;
  frame.remove();
  frame.name = JSON.stringify({ codeagent: 1, localStorage: kept('localStorage'), sessionStorage: kept('sessionStorage') });
  load();
  document.body.prepend(frame);
  focus();
};
const stop = () => {
  left.textContent = why;
  left.hidden = false;
  // Hidden alone, it might keep the keys.
  frame.remove();
};
addEventListener('message', ({ source, data }) => {
  if (source !== frame.contentWindow || !data) return;
  if (data.ask === 'ready') heard = true;
  if (data.ask === 'store') keep(data);
  if (data.ask === 'save') save(data);
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
