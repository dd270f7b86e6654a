/* ---- Frogger. Over the road between the traffic, over the river from raft to
   raft, and into a free home at the top. ---- */

const SHADE = 0.5;
const HOPS = { left: [-1, 0], right: [1, 0], up: [0, 1], down: [0, -1] };

let cell, rows, middleRow, lanes, homes, hero;
let patience, farthest, age, touch, food;

// Rows count from the bank at the bottom; a row is as high as a hop is wide.
function setUp() {
  rows = clamp(Math.round((field.w > field.h ? 12 : 14) / GAME.size), 9, 15);
  cell = field.h / rows;
  middleRow = Math.ceil((rows - 1) / 2);
  age = 0;
  touch = '';
  lanes = [];
  for (let row = 1; row < rows - 1; row += 1) if (row !== middleRow) lanes[row] = row < middleRow ? road(row) : river(row);
  const count = field.w > field.h ? 5 : 3;
  homes = Array.from({ length: count }, (_, i) => ({ x: (i + 0.5) * field.w / count, isTaken: false }));
  layFood();
  place();
}

function place() {
  hero = { x: field.w / 2, row: 0, fromX: field.w / 2, fromRow: 0, hop: 0, r: cell * 0.36 };
  farthest = 0;
  patience = most();
  pressed.length = 0;
}

const most = () => 11 / GAME.speed ** 0.5;
const height = (row) => field.h - (row + 0.5) * cell;
const focus = () => spot();

// Where the hero is seen: between two cells while it hops.
function spot() {
  const t = 1 - clamp(hero.hop / 0.11, 0, 1);
  return { x: hero.fromX + (hero.x - hero.fromX) * t, y: height(hero.fromRow + (hero.row - hero.fromRow) * t) - Math.sin(t * Math.PI) * cell * 0.25 };
}

/* ---- The lanes: things that go round and round ---- */

function layLane(row, pace, half, gap, limit) {
  const span = field.w + half * 2 + cell, count = Math.min(limit, Math.floor(span / (half * 2 + gap)));
  const shift = Math.random() * span;
  const things = Array.from({ length: count }, (_, i) => ({ x: (shift + (i + between(-0.1, 0.1)) * span / count) % span - half - cell / 2, half, phase: i * 1.7 }));
  return { things, span, v: (row % 2 ? 1 : -1) * pace * GAME.speed };
}

function road(row) {
  const names = GAME.foes ? GAME.foe : [GAME.stone];
  const many = Math.floor(((GAME.foes || 12) * GAME.crowd + (game.level - 1) * 2 + row - 1) / (middleRow - 1));
  const made = layLane(row, 52 + row * 29 % 60 + game.level * 7, cell * 0.42, cell * 2.1, many);
  made.things.forEach((thing, i) => { thing.name = names[(row + i) % names.length]; });
  return made;
}

function river(row) {
  const long = 2 + (row * 2 + game.level) % 3, isStony = game.level > 1 && row === middleRow + 2;
  const made = layLane(row, 34 + row * 23 % 46 + game.level * 4, long * cell / 2, cell * Math.min(2.6, 1.3 + game.level * 0.15), 9);
  // Stones dive; planks never do.
  made.things.forEach((raft) => Object.assign(raft, { long, isStony, load: Math.random() < 0.16 ? GAME.treat : null }));
  return made;
}

const dive = (raft) => (raft.isStony ? clamp(((age + raft.phase) % 8 - 5.4) * 1.2, 0, 1) : 0);

function layFood() {
  food = { x: between(cell, field.w - cell), row: pick([1, 2, middleRow, middleRow]), name: GAME.food, wait: 0 };
  if (Math.random() < 0.3) food.name = GAME.gift;  //? powers
}

function update(dt) {
  age += dt;
  lanes.forEach((lane, row) => lane.things.forEach((thing) => roll(thing, row, lane, dt)));
  hero.hop -= dt;
  while (pressed.length && hero.hop <= 0) read(pressed.shift());
  // A press that was no swipe is a hop towards where it was.
  if (!swipe && !pressed.length) { if (touch === 'down' && hero.hop <= 0) hopTo(pointer); touch = ''; }
  if ((food.wait -= dt) < 0 && !food.name) layFood();
  if ((patience -= dt) < 0) return fail();
  stand(dt);
}

function roll(thing, row, { v, span }, dt) {
  if (row === hero.row && row < middleRow && (hero.x - thing.x) * v > 0) dt *= 1.45;  //? chase
  const low = -thing.half - cell / 2;
  thing.x += v * dt;
  if (thing.x < low) thing.x += span;
  if (thing.x > low + span) thing.x -= span;
}

function read(word) {
  if (word === 'tap') touch = 'down';
  if (word === 'fire') word = 'up';
  if (!HOPS[word] || touch === 'done') return;   // one swipe is one hop
  if (touch) touch = 'done';
  hop(...HOPS[word]);
}

function hopTo({ x, y }) {
  const at = spot(), dx = x - at.x, dy = at.y - y;
  if (Math.abs(dx) > Math.abs(dy)) hop(Math.sign(dx), 0); else hop(0, Math.sign(dy) || 1);
}

function hop(dx, dy) {
  const x = clamp(hero.x + dx * cell, hero.r, field.w - hero.r), row = Math.max(0, hero.row + dy);
  const home = row === rows - 1 && homes.find((one) => !one.isTaken && Math.abs(one.x - x) < cell * 0.85);
  if (row === rows - 1 && !home) return play('bounce');
  Object.assign(hero, { fromX: hero.x, fromRow: hero.row, x, row, hop: 0.11 });
  play('jump');
  if (home) return arrive(home);
  if (row <= farthest) return;
  farthest = row;
  patience = Math.min(most(), patience + 2.5);
  score(10);
}

function arrive(home) {
  home.isTaken = true;
  score(50 + Math.ceil(patience) * 5, home.x, cell);
  burst(home.x, cell / 2, COLOURS.accent, 26);
  play('bonus');
  if (!homes.every((one) => one.isTaken)) return place();
  levelUp();
  score(100);
  setUp();
}

// What is under the feet, and what drives over them.
function stand(dt) {
  const at = spot();
  if (food.name && food.row === hero.row && Math.abs(food.x - at.x) < cell * 0.75) eat(food, at);
  if (!lanes[hero.row]) return;
  const { things, v } = lanes[hero.row];
  if (hero.row < middleRow) {
    if (things.some((thing) => distance({ x: thing.x, y: height(hero.row) }, at) < thing.half * 0.8 + hero.r * 0.75)) collide(at);
    return;
  }
  if (hero.hop > 0) return;
  const raft = things.find((one) => Math.abs(one.x - hero.x) < one.half + cell * 0.1 && dive(one) < 1);
  if (!raft) { burst(at.x, at.y, COLOURS.tint, 20); return fail(); }
  hero.x += v * dt;
  hero.fromX = hero.x;
  if (raft.load && Math.abs(raft.x - hero.x) < cell * 0.7) { eat({ name: raft.load }, at); raft.load = null; }
  if (hero.x < -hero.r || hero.x > field.w + hero.r) fail();
}

function eat(thing, { x, y }) {
  const name = thing.name;
  Object.assign(thing, { name: null, wait: 5 });
  burst(x, y, COLOURS.accent, 14);
  if (name === GAME.gift) return grant(pick(GAME.powers), x, y);  //? powers
  score(name === GAME.treat ? 40 : 20, x, y - 20);
  play(name === GAME.treat ? 'bonus' : 'eat');
}

function collide({ x, y }) {
  if (game.safe > 0) return;
  if (GAME.foes && game.score > 0) { game.safe = 1.2; score(-Math.min(50, game.score), x, y); return play('steal'); }  //? steal
  fail();
}

function fail() {
  const at = spot();
  if (stumble(at.x, clamp(at.y, 20, field.h - 20))) place();
}

/* ---- Drawing ---- */

function draw() {
  const top = (row) => field.h - (row + 1) * cell;
  box(COLOURS.outline + 'dd', 0, top(middleRow - 1), field.w, cell * (middleRow - 1));
  box(COLOURS.bricks[5] + '88', 0, cell, field.w, cell * (rows - 2 - middleRow));
  for (const row of [0, middleRow]) { box(COLOURS.bricks[3] + 'aa', 0, top(row), field.w, cell); box('#ffffff33', 0, top(row), field.w, 4); }
  for (let row = 1; row < middleRow - 1; row += 1) for (let x = cell * 0.3; x < field.w; x += cell * 1.5) box('#ffffff44', x, top(row) - 2, cell * 0.7, 4, 2);
  for (let i = 0; i < 40; i += 1) box('#ffffff2a', i * 0.618 % 1 * field.w + Math.sin(clock + i) * 8, cell * (1.1 + i * 0.77 % (rows - 2.2 - middleRow)), cell * 0.6, 3, 2);
  drawHomes();
  lanes.forEach(({ things }, row) => things.forEach((thing) => (row < middleRow ? drawFoe(thing, row) : drawRaft(thing, height(row)))));
  if (food.name) { glow(food.x, height(food.row), cell * 0.8, COLOURS.accent, 0.4); sprite(food.name, food.x, height(food.row), cell * (0.32 + Math.sin(clock * 5) * 0.02)); }
  const { x, y } = spot();
  glow(x, y, cell * 0.95, COLOURS.hero, 0.6);
  disc('#ffffff2e', x, y, cell * 0.48);
  if (powers.shield > 0) glow(x, y, cell * 1.1, '#8fd8ff', 0.8);  //? powers
  sprite(GAME.hero, x, y, hero.r * 1.22, 0, game.safe > 0 && clock % 0.24 < 0.1 ? 0.35 : 1);
  box('#00000055', cell * 0.3, field.h - 14, cell * 4, 8, 4);
  box(patience < 4 ? COLOURS.alarm : COLOURS.accent, cell * 0.3, field.h - 14, Math.max(1, cell * 4 * patience / most()), 8, 4);
}

function drawHomes() {
  box(COLOURS.bricks[3], 0, 0, field.w, cell * 0.94, 4);
  box('#00000033', 0, cell * 0.8, field.w, cell * 0.14);
  for (const { x, isTaken } of homes) {
    box(COLOURS.outline, x - cell * 0.7, cell * 0.12, cell * 1.4, cell * 0.9, [cell * 0.4, cell * 0.4, 0, 0]);
    if (isTaken) { disc('#ffffff55', x, cell * 0.58, cell * 0.4); sprite(GAME.hero, x, cell * 0.58, cell * 0.36); }
    else lines(COLOURS.accent, 4, [[x - 9, cell * 0.62], [x, cell * 0.48 + Math.sin(clock * 4) * 3], [x + 9, cell * 0.62]]);
  }
}

function drawFoe({ x, name, half }, row) {
  disc('#ffffff33', x, height(row), half);
  sprite(name, x, height(row) + Math.sin(clock * 9 + x * 0.03) * 1.5, half * 0.98);
}

function drawRaft(raft, y) {
  const { x, half, long, load } = raft, high = cell * 0.38, under = dive(raft);
  ink.globalAlpha = 1 - under * 0.8;
  if (raft.isStony) for (let at = x - half + cell / 2; at < x + half; at += cell) {
    disc('#ffffff44', at, y, cell * 0.46);
    sprite(GAME.stone, at, y + under * 5, cell * 0.42, 0, 1 - under * 0.8);
  } else {
    box(COLOURS.outline, x - half, y - high, half * 2, high * 2, 9);
    box(COLOURS.bricks[2], x - half + 3, y - high + 3, half * 2 - 6, high * 2 - 7, 7);
    for (let i = 1; i < long * 2; i += 1) box('#00000033', x - half + i * cell / 2 - 1, y - high + 4, 2, high * 2 - 9);
  }
  ink.globalAlpha = 1;
  if (load) sprite(load, x, y, cell * 0.3);
}
