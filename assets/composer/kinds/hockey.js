/* ---- Air hockey. A puck, two round bats, and a goal at either end; the
   other side is the computer, or a friend. ---- */

const SHADE = 0.6;

let long, broad, mouth;            // the table: from goal to goal, across, and half a goal
let me, other, puck, wait, lingered;
let floats;  //? foes
let gift;  //? powers

// The table is laid along the longer side of the field; `spot` is where a place on it is seen.
const isTall = () => field.h > field.w;
const spot = ({ x, y }) => (isTall() ? { x: y, y: field.h - x } : { x, y });

function setUp() {
  long = Math.max(field.w, field.h);
  broad = Math.min(field.w, field.h);
  mouth = 108;
  const r = 38 * Math.min(1.35, GAME.size);
  me = { x: 0, y: 0, r, vx: 0, vy: 0, wish: null, side: 1 };
  other = { ...me, side: -1, aim: 0, missed: 0 };
  game.wins = 0;
  floats = [];  //? foes
  for (let i = 0; i < Math.min(GAME.foes, 5); i += 1) floats.push({ name: GAME.foe[i % GAME.foe.length], x: long / 2, y: broad * (i + 1) / (Math.min(GAME.foes, 5) + 1), r: 24, way: i % 2 ? 1 : -1, rest: 0 });  //? foes
  serve(1);
}

// The puck lies on the side of whoever has missed.
function serve(side) {
  puck = { x: long / 2 - side * 70, y: broad / 2, r: 21, vx: 0, vy: 0 };
  Object.assign(me, { x: long * 0.12, y: broad / 2, vx: 0, vy: 0, wish: null });
  Object.assign(other, { x: long * 0.88, y: broad / 2, vx: 0, vy: 0, wish: null });
  wait = 0.8;
  lingered = 0;
  gift = null;  //? powers
}

const focus = () => spot(puck);
const fastest = () => (620 + game.level * 45) * GAME.speed;

function update(dt) {
  pressed.length = 0;
  if (pointer.isUsed) touchSide(pointer);  //? !friend
  move(me, push(held.right, held.left), push(held.down, held.up), dt);  //? !friend
  move(me, push(down.KeyD, down.KeyA), push(down.KeyS, down.KeyW), dt);  //? friend
  move(other, push(down.ArrowRight, down.ArrowLeft), push(down.ArrowDown, down.ArrowUp), dt);  //? friend
  for (const one of floats) drift(one, dt);  //? foes
  if ((wait -= dt) > 0) return;
  think(dt);  //? !friend
  for (let i = 0; i < 6 && wait <= 0 && game.state === 'playing'; i += 1) glide(dt / 6);
  if (wait <= 0) linger(dt);
}

const push = (isOn, isBack) => (isOn ? 1 : 0) - (isBack ? 1 : 0);

function touchSide({ x, y }) {
  const wish = isTall() ? { x: field.h - y, y: x } : { x, y };
  const isMine = wish.x < long / 2;  //? friend
  const isMine = true;  //? !friend
  (isMine ? me : other).wish = wish;
}

// Keys push a bat about its own half; a finger or the mouse pulls it.
function move(bat, right, low, dt) {
  if (right || low) bat.wish = null;
  const dx = isTall() ? -low : right, dy = isTall() ? right : low, scale = 520 / (Math.hypot(dx, dy) || 1);
  if (bat.wish) return pull(bat, bat.wish, 1500, dt);
  pull(bat, { x: bat.x + dx * scale * dt, y: bat.y + dy * scale * dt }, 520, dt);
}

function pull(bat, goal, quick, dt) {
  const far = distance(goal, bat) || 1, part = Math.min(1, quick * dt / far), { x, y } = bat;
  const near = bat === me ? bat.r : long / 2 + bat.r;
  bat.x = clamp(x + (goal.x - x) * part, near, near + long / 2 - bat.r * 2);
  bat.y = clamp(y + (goal.y - y) * part, bat.r, broad - bat.r);
  bat.vx = (bat.x - x) / dt;
  bat.vy = (bat.y - y) / dt;
}

// Goes behind the puck and strikes when it is near; else keeps between it and the goal.
function think(dt) {
  const quick = (185 + game.level * 30) * GAME.speed, isHere = puck.x > long / 2 - 10;
  let goal = { x: long * 0.88, y: broad / 2 + clamp(puck.y - broad / 2, -mouth, mouth) * 0.75 };
  if (isHere && puck.vx < 260) goal = puck.x < other.x - 8 ? { x: puck.x, y: puck.y + other.aim * 16 } : { x: puck.x + 90, y: puck.y + (puck.y > broad / 2 ? -70 : 70) };
  pull(other, goal, quick, dt);
}

/* ---- The puck ---- */

function glide(dt) {
  const slow = 1 - 0.16 * dt, inMouth = Math.abs(puck.y - broad / 2) < mouth - puck.r * 0.5;
  puck.vx *= slow;
  puck.vy *= slow;
  puck.x += puck.vx * dt;
  puck.y += puck.vy * dt;
  if (puck.y < puck.r || puck.y > broad - puck.r) { puck.vy = Math.abs(puck.vy) * (puck.y < puck.r ? 0.92 : -0.92); puck.y = clamp(puck.y, puck.r, broad - puck.r); play('bounce'); }
  if (!inMouth && (puck.x < puck.r || puck.x > long - puck.r)) { puck.vx = Math.abs(puck.vx) * (puck.x < puck.r ? 0.92 : -0.92); puck.x = clamp(puck.x, puck.r, long - puck.r); play('bounce'); }
  strike(me);
  strike(other);
  for (const one of floats) if (one.rest <= 0 && distance(one, puck) < one.r + puck.r) bump(one);  //? foes
  if (gift && distance(gift, puck) < 20 + puck.r) { const at = spot(gift); grant(pick(GAME.powers), at.x, at.y); gift = null; }  //? powers
  if (puck.x > long + puck.r) win(); else if (puck.x < -puck.r) lose();
}

function strike(bat) {
  const far = distance(bat, puck) || 1, room = bat.r + puck.r;
  if (far >= room) return;
  const nx = (puck.x - bat.x) / far, ny = (puck.y - bat.y) / far;
  puck.x = bat.x + nx * room;
  puck.y = clamp(bat.y + ny * room, puck.r, broad - puck.r);
  const blow = (puck.vx - bat.vx) * nx + (puck.vy - bat.vy) * ny;
  if (blow >= 0) return;
  puck.vx -= 1.85 * blow * nx;
  puck.vy -= 1.85 * blow * ny;
  const pace = Math.hypot(puck.vx, puck.vy), most = Math.min(1, fastest() / (pace || 1));
  puck.vx *= most;
  puck.vy *= most;
  other.aim = between(-1, 1);
  if (blow > -60) return;
  const at = spot(puck);
  burst(at.x, at.y, bat === me ? COLOURS.hero : COLOURS.alarm, 8);
  play('hit');
}

// Nobody may keep the puck: after a while it is given to the other side.
function linger(dt) {
  const side = puck.x < long / 2 ? 1 : -1;
  lingered = Math.sign(lingered) === side ? lingered + side * dt : side * dt;
  if (Math.abs(lingered) < 6) return;
  const at = spot(puck);
  labels.push({ x: at.x, y: at.y, text: 'Too long!', age: -0.5 });
  if (side > 0) lose(); else win();
}

function win() {
  if ((other.missed += 1) === GAME.lives) return finish('The left side wins');  //? friend
  const at = spot({ x: long - 60, y: broad / 2 });
  burst(at.x, at.y, COLOURS.accent, 36);
  score(25, at.x, at.y);
  play('bonus');
  game.wins += 1;
  if (game.wins % 3 === 0) levelUp();  //? !friend
  serve(-1);
  if (game.wins % 2) gift = { x: long * between(0.25, 0.75), y: broad * between(0.2, 0.8) };  //? powers
}

function lose() {
  if (game.lives === 1) return finish('The right side wins');  //? friend
  const at = spot({ x: 30, y: broad / 2 });
  if (stumble(at.x, at.y)) serve(1);
}

function drift(one, dt) {
  one.rest -= dt;
  const goal = GAME.rule === 'chase' ? clamp((puck.y - one.y) / 40, -1, 1) : one.way;
  one.y += goal * 75 * GAME.speed * dt;
  if (one.y < one.r || one.y > broad - one.r) one.way = one.y < one.r ? 1 : -1;
  one.y = clamp(one.y, one.r, broad - one.r);
}

function bump(one) {
  const angle = Math.atan2(puck.y - one.y, puck.x - one.x), pace = Math.max(220, Math.hypot(puck.vx, puck.vy)), at = spot(one);
  puck.vx = (Math.cos(angle) || 0.3) * pace;
  puck.vy = Math.sin(angle) * pace;
  one.rest = 0.35;
  if (GAME.rule === 'steal') score(-Math.min(10, game.score), at.x, at.y); else score(5, at.x, at.y);
  burst(at.x, at.y, COLOURS.tint, 12);
  play('bounce');
}

/* ---- Drawing ---- */

function draw() {
  ink.save();
  if (isTall()) { ink.translate(0, field.h); ink.rotate(-Math.PI / 2); }
  box('#ffffff14', 0, 0, long, broad);
  ink.strokeStyle = COLOURS.edge;
  ink.lineWidth = 5;
  ink.beginPath();
  ink.moveTo(long / 2, 0);
  ink.lineTo(long / 2, broad);
  for (const [x, r] of [[long / 2, 82], [0, mouth + 34], [long, mouth + 34]]) { ink.moveTo(x + r, broad / 2); ink.arc(x, broad / 2, r, 0, TAU); }
  ink.stroke();
  box(COLOURS.hero, 0, broad / 2 - mouth, 9, mouth * 2, 4);
  box(COLOURS.alarm, long - 9, broad / 2 - mouth, 9, mouth * 2, 4);
  if (powers.shield > 0) box('#8fd8ff', 0, 0, 14, broad, 4);  //? powers
  ink.restore();
  for (const one of floats) { const at = spot(one); disc(COLOURS.tint + '44', at.x, at.y, one.r * 1.25); sprite(one.name, at.x, at.y, one.r, 0, one.rest > 0 ? 0.5 : 1); }  //? foes
  if (gift) { const at = spot(gift); glow(at.x, at.y, 40, COLOURS.accent, 0.5); sprite(GAME.gift, at.x, at.y, 20); }  //? powers
  drawBat(me, COLOURS.hero, GAME.hero);
  drawBat(other, COLOURS.alarm, GAME.foe[0]);
  const { x, y } = spot(puck), isOld = Math.abs(lingered) > 4 && clock % 0.3 < 0.15;
  glow(x, y, 52, isOld ? COLOURS.alarm : COLOURS.accent, 0.6);
  disc(COLOURS.outline, x, y, puck.r + 2);
  disc(isOld ? COLOURS.alarm : '#ffffff', x, y, puck.r);
  sprite(GAME.ball, x, y, puck.r * 0.86, puck.x / 90, wait > 0 && clock % 0.3 < 0.12 ? 0.4 : 1);
  const left = spot({ x: long / 2 - 50, y: 40 }), right = spot({ x: long / 2 + 50, y: 40 });
  caption(String(GAME.lives - game.lives), right.x, right.y, 38, COLOURS.alarm);  //? friend
  caption(String(game.wins), left.x, left.y, 38, COLOURS.hero);
}

function drawBat(bat, colour, name) {
  const { x, y } = spot(bat);
  glow(x, y, bat.r * 1.8, colour, 0.35);
  disc(COLOURS.outline, x, y + 2, bat.r + 2);
  disc(colour, x, y, bat.r);
  disc('#00000030', x, y, bat.r * 0.8);
  disc('#ffffff66', x, y, bat.r * 0.68);
  sprite(name, x, y, bat.r * 0.64);
}
