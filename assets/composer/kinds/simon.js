/* ---- Simon. Watch which pads light up, and play them after. Each round adds
   one; a wrong pad costs a life, and the row is shown again. ---- */

const SHADE = 0.6;
const TUNES = ['eat', 'jump', 'hit', 'bounce'];
const WAYS = ['up', 'right', 'down', 'left'];

let order, at, phase, wait, lit, rounds, poked;

function setUp() {
  order = [];
  rounds = 0;
  lit = { pad: -1, left: 0 };
  poked = { pad: -1, left: 0 };
  grow();
}

const pace = () => Math.max(0.24, (0.62 - rounds * 0.022) / GAME.speed);

function grow() {
  order.push(Math.floor(Math.random() * 4));
  showRow(0.9);
}

function showRow(pause) {
  phase = 'watch';
  at = 0;
  wait = pause;
}

const middleOf = () => ({ x: field.w / 2, y: field.h / 2 });
const focus = middleOf;
const reach = () => Math.min(field.w, field.h) * 0.3;
function padAt(pad) {
  const angle = pad * TAU / 4 - TAU / 4, { x, y } = middleOf();
  return { x: x + Math.cos(angle) * reach(), y: y + Math.sin(angle) * reach() };
}

function update(dt) {
  lit.left -= dt;
  poked.left -= dt;
  wait -= dt;
  while (pressed.length) press(pressed.shift());
  if (phase === 'watch' && wait <= 0) watch();
  // Who thinks for too long has forgotten.
  if (phase === 'play' && wait <= 0) miss();
}

function watch() {
  if (at === order.length) {
    phase = 'play';
    at = 0;
    wait = 6;
    return;
  }
  light(order[at]);
  at += 1;
  wait = pace() + 0.14;
}

function light(pad) {
  lit = { pad, left: pace() * 0.8 };
  play(TUNES[pad]);
}

function press(word) {
  const pad = word === 'tap' ? [0, 1, 2, 3].find((one) => distance(padAt(one), pointer) < reach() * 0.62) : WAYS.indexOf(word);
  if (pad === undefined || pad < 0) return;
  // A pad that is pressed too early is felt, but does not count.
  poked = { pad, left: 0.25 };
  if (phase === 'play') answer(pad);
}

function answer(pad) {
  light(pad);
  const { x, y } = padAt(pad);
  if (pad !== order[at]) return miss();
  burst(x, y, COLOURS.bricks[pad], 8);
  at += 1;
  wait = 6;
  if (at < order.length) return;
  rounds += 1;
  score(rounds * 10, field.w / 2, field.h / 2);
  if (rounds % 3 === 0) levelUp();
  grow();
}

function miss() {
  const { x, y } = padAt(order[at]);
  if (stumble(x, y)) showRow(1.3);
}

function draw() {
  const centre = middleOf(), r = reach();
  disc(COLOURS.outline, centre.x, centre.y, r * 1.68);
  disc(COLOURS.panel, centre.x, centre.y, r * 1.64);
  for (let pad = 0; pad < 4; pad += 1) drawPad(pad, r * 0.6);
  caption(phase === 'watch' ? 'Watch' : at + ' / ' + order.length, centre.x, centre.y, 32, phase === 'watch' ? COLOURS.dim : COLOURS.accent);
  if (phase === 'play' && game.state === 'playing') lines(COLOURS.accent, 5, [[centre.x - 44, centre.y + 30], [centre.x - 44 + 88 * clamp(wait / 6, 0.01, 1), centre.y + 30]]);
}

function drawPad(pad, r) {
  const { x, y } = padAt(pad), isLit = lit.pad === pad && lit.left > 0, faces = [GAME.hero, GAME.food, GAME.treat, GAME.foe[0]];
  if (isLit) glow(x, y, r * 2, COLOURS.bricks[pad], 0.9);
  disc(COLOURS.outline, x, y + 5, r * 1.04);
  disc(COLOURS.bricks[pad], x, y, r);
  if (!isLit) disc('#00000066', x, y, r);
  else disc('#ffffff44', x, y, r);
  if (poked.pad === pad && poked.left > 0) { ink.strokeStyle = COLOURS.text; ink.lineWidth = 6; ink.beginPath(); ink.arc(x, y, r * 0.96, 0, TAU); ink.stroke(); }
  sprite(faces[pad], x, y, r * 0.56, 0, isLit ? 1 : 0.75);
}
