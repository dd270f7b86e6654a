
// The user clicks on something in the game, and the prompt in codeagent names it. The game gets no
// say in when: the click is on a sheet in front of it.
const sheet = document.getElementById('sheet'), picture = document.getElementById('picture');
const describe = (x, y) => new Promise((done) => {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = ({ data }) => done(data);
  // A game that hangs says nothing; its place is known all the same.
  setTimeout(done, 500, {});
  frame.contentWindow.postMessage({ ask: 'describe', x, y }, '*', [port2]);
});
const send = async (x, y) => {
  const { name, id, classes, text, canvas } = await describe(x, y);
  const element = name ? { name, id, classes, text, canvas } : null;
  const shown = (canvas || {}).picture;
  const place = [x / frame.clientWidth, y / frame.clientHeight];
  if (canvas) delete canvas.picture;
  try {
    const sent = await fetch('pointed', { method: 'POST', body: JSON.stringify({ place, element }) });
    if (!sent.ok) throw sent.status;
    say('Now in the prompt: ' + await sent.text());
    picture.hidden = !/^data:image\/png;/.test(shown);
    if (!picture.hidden) picture.src = shown;
  } catch { say('codeagent did not take it: is it still running?'); }
};
if (sheet) {
  const close = () => { sheet.hidden = true; focus(); };
  document.getElementById('point').addEventListener('click', () => {
    if (!left.hidden) return;
    picture.hidden = true;
    sheet.hidden = false;
    sheet.focus();
    say('Click on what the next prompt is about. Esc goes back to the game.');
  });
  addEventListener('keydown', (event) => { if (event.key === 'Escape' && !sheet.hidden) close(); });
  sheet.addEventListener('click', (event) => {
    if (!event.isTrusted) return;
    close();
    send(event.clientX, event.clientY);
  });
}
