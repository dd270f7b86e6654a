/* ---- Lander. Gravity pulls, the engine pushes, fuel is short. Come down
   gently and upright on every pad of the level. ---- */

const SHADE = 0.45;
const GENTLE = { down: 115, aside: 70, lean: 0.32 };

let ship, ground, pads, cans, flyers;

function setUp() {
  build(seeded(GAME.seed * 31 + game.level));
  cans = [];
  flyers = [];
  for (let i = 0; i < 2 + Math.ceil(game.level / 3); i += 1) addCan();
  for (let i = 0; i < Math.min(12, GAME.foes * GAME.crowd + Math.floor((game.level - 1) / 2)); i += 1) addFlyer(i);  //? foes
  ship = { r: 19 * GAME.size };
  place();
}

// Hangs for a moment in the middle of the sky, then falls.
function place() {
  Object.assign(ship, { x: field.w / 2, y: 58, vx: 0, vy: 0, lean: 0, fuel: 100, wait: 1.2, isDown: false, isBurning: false });
  pressed.length = 0;
}

const pull = () => (62 + game.level * 5) * GAME.speed;
const focus = () => ship;

// The ground is a row of heights, 20 units apart; pads are level pieces of it.
function build(random) {
  const count = Math.ceil(field.w / 20) + 1, a = random() * 9, b = random() * 9;
  const rough = 0.09 + Math.min(game.level, 8) * 0.008;
  ground = Array.from({ length: count }, (_, i) => field.h * (0.78 + Math.sin(i * 0.21 + a) * rough + Math.sin(i * 0.53 + b) * 0.05 + (random() - 0.5) * 0.05));
  const many = (field.w > field.h ? 3 : 2) + (game.level > 3 ? 1 : 0);
  const wide = Math.max(4, 7 - Math.floor((game.level - 1) / 2));
  pads = [];
  for (let i = 0; i < many; i += 1) {
    const piece = (count - 2) / many, from = Math.round(1 + i * piece + random() * Math.max(0, piece - wide - 1));
    const height = clamp(ground[from + 2], field.h * 0.6, field.h - 34);
    for (let j = 0; j <= wide; j += 1) ground[from + j] = height;
    pads.push({ x: from * 20, w: wide * 20, y: height, isTaken: false, worth: 1 + Math.floor(random() * 3) });
  }
}

function heightAt(x) {
  const i = clamp(x / 20, 0, ground.length - 1.001), from = Math.floor(i);
  return ground[from] + (ground[from + 1] - ground[from]) * (i - from);
}

function addCan() {
  const can = { x: between(50, field.w - 50), y: between(field.h * 0.24, field.h * 0.55), name: GAME.food };
  if (cans.length === 1) Object.assign(can, { name: GAME.gift, power: pick(GAME.powers) });  //? powers
  cans.push(can);
}

function addFlyer(i) {
  flyers.push({ name: GAME.foe[i % GAME.foe.length], x: i % 2 ? field.w - 30 : 30, y: field.h * between(0.24, 0.5), way: i % 2 ? -1 : 1, pace: between(45, 80), r: 21, phase: i });
}

function update(dt) {
  if (pressed.length) ship.wait = 0;   // whoever steers need not wait
  pressed.length = 0;
  for (const one of flyers) fly(one, dt);  //? foes
  if ((ship.wait -= dt) > 0) return;
  steer(dt);
  if (ship.isDown) return;
  ship.x += ship.vx * dt;
  ship.y = Math.max(ship.r, ship.y + ship.vy * dt);
  if (ship.y === ship.r) ship.vy = Math.max(0, ship.vy);
  ship.x = (ship.x + field.w) % field.w;  //? wrap
  if (ship.x < ship.r || ship.x > field.w - ship.r) ship.vx = Math.abs(ship.vx) * (ship.x < ship.r ? 0.5 : -0.5);  //? !wrap
  ship.x = clamp(ship.x, ship.r, field.w - ship.r);  //? !wrap
  for (const can of cans) if (distance(can, ship) < ship.r + 18) fetch(can);
  keep(cans, (can) => !can.isGone);
  const foot = Math.min(...[-0.8, 0, 0.8].map((side) => heightAt(ship.x + side * ship.r)));
  if (ship.y + ship.r > foot) touchDown();
}

// Keys lean and burn; the mouse or a finger leans towards where it is, pressed it burns.
function steer(dt) {
  const push = (held.right ? 1 : 0) - (held.left ? 1 : 0), isKey = held.up || held.fire || push;
  const side = pointer.isUsed && !isKey ? clamp((pointer.x - ship.x) / 170, -1, 1) : push;
  ship.isBurning = (held.up || held.fire || Boolean(swipe)) && ship.fuel > 0;
  if (!ship.isDown) ship.lean += clamp(side * 0.75 - ship.lean, -3 * dt, 3 * dt);
  if (!ship.isBurning) { ship.vy += pull() * dt; return; }
  if (ship.isDown) ship.y -= 4;
  ship.isDown = false;
  const force = pull() * 2.5;
  ship.vx += Math.sin(ship.lean) * force * dt;
  ship.vy += (pull() - Math.cos(ship.lean) * force) * dt;
  ship.fuel = Math.max(0, ship.fuel - 9 * dt);
  if (Math.random() < dt * 9) play('bounce');
}

const isGentle = () => ship.vy < GENTLE.down && Math.abs(ship.vx) < GENTLE.aside && Math.abs(ship.lean) < GENTLE.lean;

function touchDown() {
  const pad = pads.find(({ x, w }) => ship.x > x + 6 && ship.x < x + w - 6);
  if (!pad || !isGentle()) return crash();
  Object.assign(ship, { y: pad.y - ship.r, vx: 0, vy: 0, lean: 0, isDown: true });
  if (pad.isTaken) return play('bounce');
  pad.isTaken = true;
  ship.fuel = 100;
  score(pad.worth * 50, ship.x, ship.y - 30);
  burst(ship.x, pad.y, COLOURS.accent, 26);
  play('bonus');
  if (!pads.every((one) => one.isTaken)) return;
  levelUp();
  score(100);
  setUp();
}

function crash() {
  burst(ship.x, ship.y, COLOURS.accent, 30);
  play('boom');
  if (stumble(ship.x, ship.y)) place();
}

function fetch(can) {
  can.isGone = true;
  burst(can.x, can.y, COLOURS.accent, 14);
  if (can.power) return grant(can.power, can.x, can.y);  //? powers
  ship.fuel = Math.min(100, ship.fuel + 35);
  score(20, can.x, can.y);
  play('eat');
}

function fly(one, dt) {
  one.x += one.way * one.pace * GAME.speed * dt;
  one.y = clamp(one.y + Math.sin(clock * 1.6 + one.phase) * 26 * dt, 90, heightAt(one.x) - 60);
  if (ship.wait <= 0 && !ship.isDown) one.y += Math.sign(ship.y - one.y) * 24 * GAME.speed * dt;  //? chase
  if (one.x < one.r) one.way = 1;
  if (one.x > field.w - one.r) one.way = -1;
  if (ship.wait > 0 || game.safe > 0 || distance(one, ship) > one.r + ship.r - 5) return;
  if (game.score > 0) { game.safe = 1.5; score(-Math.min(40, game.score), one.x, one.y); ship.fuel *= 0.7; return play('steal'); }  //? steal
  if (!hurt(ship.x, ship.y)) return;
  ship.vx = Math.sign(ship.x - one.x || 1) * 120;
  ship.vy = Math.sign(ship.y - one.y || 1) * 60;
}

/* ---- Drawing ---- */

function draw() {
  const land = ground.map((y, i) => [i * 20, y]);
  poly(COLOURS.outline, [[0, field.h], ...land, [field.w + 20, field.h]]);
  poly(COLOURS.bricks[3] + '55', [[0, field.h], ...land.map(([x, y]) => [x, y + 7]), [field.w + 20, field.h]]);
  lines(COLOURS.bricks[3], 4, land);
  for (const pad of pads) drawPad(pad);
  for (const can of cans) { glow(can.x, can.y, 34, COLOURS.accent, 0.35); sprite(can.name, can.x, can.y + Math.sin(clock * 3 + can.x) * 3, 16); }
  for (const one of flyers) { disc(COLOURS.alarm + '55', one.x, one.y, one.r * 1.2); sprite(one.name, one.x, one.y, one.r); }  //? foes
  drawShip();
  drawGauges();
}

function drawPad({ x, w, y, isTaken, worth }) {
  const colour = isTaken ? COLOURS.hero : COLOURS.accent;
  box(COLOURS.outline, x - 2, y - 3, w + 4, 13, 4);
  box(colour, x, y - 2, w, 9, 3);
  for (const side of [x + 3, x + w - 3]) { lines(colour, 3, [[side, y], [side, y - 15]]); if (isTaken || clock % 1 < 0.5) disc(colour, side, y - 17, 4.5); }
  caption(isTaken ? '✓' : '×' + worth, x + w / 2, y + 20, 17, '#ffffff');
}

function drawShip() {
  const { x, y, r, lean, isBurning } = ship;
  if (powers.shield > 0) glow(x, y, r * 2.6, '#8fd8ff', 0.7);  //? powers
  glow(x, y, r * 2.4, COLOURS.hero, 0.45);
  ink.save();
  ink.translate(x, y);
  ink.rotate(lean);
  const long = isBurning ? r * (1.9 + Math.sin(clock * 50) * 0.25) : 0;
  if (long) { poly(COLOURS.bricks[2], [[-r * 0.5, r * 0.6], [0, long], [r * 0.5, r * 0.6]]); poly('#ffffffcc', [[-r * 0.22, r * 0.6], [0, long * 0.75], [r * 0.22, r * 0.6]]); }
  for (const side of [-1, 1]) lines(COLOURS.text, 3.5, [[side * r * 0.55, r * 0.35], [side * r * 0.95, r * 0.95], [side * r * 1.15, r * 0.95]]);
  disc('#ffffff55', 0, -1, r * 1.02);
  ink.restore();
  sprite(GAME.hero, x, y - 1, r * 0.98, lean, game.safe > 0 && clock % 0.24 < 0.1 ? 0.35 : 1);
}

// How much fuel is left, and whether this speed would do for a landing.
function drawGauges() {
  const wide = Math.min(220, field.w * 0.3), left = 96;
  caption('Fuel', 52, 28, 18);
  box('#00000066', left, 20, wide, 16, 8);
  box(ship.fuel < 25 ? COLOURS.alarm : COLOURS.accent, left, 20, Math.max(8, wide * ship.fuel / 100), 16, 8);
  const bad = ship.isDown || isGentle() ? null : ship.vy >= GENTLE.down ? 'Too fast' : 'Steady!';
  box('#00000066', field.w - 150, 13, 138, 30, 15);
  caption(bad || (ship.isDown ? 'Landed' : 'Gentle'), field.w - 81, 28, 18, bad ? COLOURS.alarm : '#ffffff');
}
