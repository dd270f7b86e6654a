/* ---- Tower defence. They walk along the road to your door; towers beside
   it shoot. Every beaten one pays for the next tower. ---- */

const SHADE = 0.55;

// What can be built: its cost, its reach in cells, its blow and the pause after it.
const PLANS = [
  { name: 'Bolt', face: GAME.ball, cost: 40, reach: 2.4, blow: 10, pause: 0.5, colour: 0 },
  { name: 'Chill', face: GAME.treat, cost: 60, reach: 2, blow: 3, pause: 0.7, slow: 1.6, colour: 4 },
  { name: 'Blast', face: GAME.stone, cost: 90, reach: 2.7, blow: 16, pause: 1.5, wide: 1.1, colour: 2 },
];

let road, towers, walkers, shots, coins, plan, wave, beaten;

function setUp() {
  layBoard(field.w > field.h ? 14 : 9, field.w > field.h ? 8 : 12, 12, 78);   // the plans lie below
  road = layRoad(seeded(GAME.seed * 7 + 1));
  towers = [];
  walkers = [];
  shots = [];
  coins = 120;
  plan = 0;
  beaten = 0;
  wave = { left: 0, until: 0, rest: 3 };
  Object.assign(cursor, { x: Math.floor(board.columns / 2), y: Math.floor(board.rows / 2) });
}

// From the left edge to the right one, up and down in between, never beside itself.
function layRoad(random) {
  const cells = [];
  let y = 1 + Math.floor(random() * (board.rows - 2));
  for (let x = 0; x < board.columns; x += 1) {
    cells.push([x, y]);
    if (x % 3 !== 1 || x > board.columns - 3) continue;
    const goal = y < board.rows / 2 ? board.rows - 1 - Math.floor(random() * 3) : Math.floor(random() * 3);
    while (y !== goal) { y += Math.sign(goal - y); cells.push([x, y]); }
  }
  return cells;
}

const isRoad = (x, y) => road.some((cell) => cell[0] === x && cell[1] === y);
const focus = () => middle(cursor.x, cursor.y);
const price = (tower) => Math.round(PLANS[tower.plan].cost * (0.8 + tower.rank * 0.5));

function update(dt) {
  if (pressed.includes('tap')) choosePlan();
  steerCursor(build, () => { plan = (plan + 1) % PLANS.length; play('bounce'); });
  march(dt);
  for (const one of walkers) walk(one, dt);
  for (const tower of towers) watch(tower, dt);
  for (const shot of shots) fly(shot, dt);
  keep(shots, (shot) => !shot.isGone);
  keep(walkers, (one) => !one.isGone);
}

/* ---- Building ---- */

const planPlace = (i) => ({ x: field.w / 2 + (i - 1) * 150, y: field.h - 44 });

function choosePlan() {
  const found = PLANS.findIndex((_, i) => Math.abs(pointer.x - planPlace(i).x) < 70 && Math.abs(pointer.y - planPlace(i).y) < 34);
  if (found < 0) return;
  plan = found;
  pressed.length = 0;
}

// A new tower on free ground, or a better one where one stands.
function build(x, y) {
  const at = middle(x, y), old = towers.find((tower) => tower.x === x && tower.y === y);
  const cost = old ? price(old) : PLANS[plan].cost;
  const why = isRoad(x, y) ? 'Keep the road free' : old?.rank === 3 ? 'Best there is' : coins < cost && cost + ' needed';
  if (why) { labels.push({ ...at, text: why, age: 0.2 }); return play('bounce'); }
  coins -= cost;
  if (old) old.rank += 1; else towers.push({ x, y, plan, rank: 1, wait: 0, turn: 0 });
  play('power');
}

/* ---- Those who come ---- */

function march(dt) {
  if (wave.left === 0 && walkers.length > 0) return;
  if (wave.left === 0) {
    wave.rest -= dt;
    if (wave.rest > 0) return;
    wave = { left: Math.round((5 + game.level * 2) * GAME.crowd), until: 0, rest: 5, number: game.level };
  }
  wave.until -= dt;
  if (wave.until > 0) return;
  wave.until = Math.max(0.45, 1.25 - game.level * 0.05) / GAME.speed;
  wave.left -= 1;
  // The last of every third wave is a big one.  //? !boss
  const isBig = wave.left === 0 && game.level % 3 === 0;  //? !boss
  const isBig = wave.left === 0;  //? boss
  const health = 15 * 1.23 ** game.level * (isBig ? 6 : 1);
  walkers.push({ name: GAME.foe[wave.left % GAME.foe.length], step: 0, health, whole: health, isBig, chill: 0, pace: between(0.9, 1.15) * (isBig ? 0.6 : 1) });
}

function walk(one, dt) {
  one.chill = Math.max(0, one.chill - dt);
  one.step += dt * 1.25 * one.pace * GAME.speed * (one.chill > 0 ? 0.45 : 1);
  const i = Math.floor(one.step), last = road.length - 1, from = road[Math.min(i, last)], to = road[Math.min(i + 1, last)], t = one.step - i;
  Object.assign(one, middle(from[0] + (to[0] - from[0]) * t, from[1] + (to[1] - from[1]) * t));
  if (i < last) return;
  one.isGone = true;
  game.safe = 0;
  hurt(one.x, one.y);
  next();
}

function fall(one) {
  one.isGone = true;
  beaten += 1;
  coins += one.isBig ? 60 : 9;
  score(one.isBig ? 100 : 10, one.x, one.y);
  burst(one.x, one.y, COLOURS.bricks[beaten % 6], 18);
  play('boom');
  if (beaten % 14 === 0) grant(pick(GAME.powers), one.x, one.y);  //? powers
  next();
}

// The wave is over when its last one is gone.
function next() {
  if (wave.left > 0 || walkers.some((one) => !one.isGone) || game.state !== 'playing') return;
  coins += 20 + game.level * 4;
  levelUp();
}

/* ---- Shooting ---- */

// Each tower aims at whoever has come furthest.
function watch(tower, dt) {
  const { reach, pause } = PLANS[tower.plan], at = middle(tower.x, tower.y);
  tower.wait -= dt;
  const near = walkers.filter((one) => !one.isGone && distance(one, at) < (reach + tower.rank * 0.2) * board.size);
  if (!near.length) return;
  const goal = near.reduce((a, b) => (b.step > a.step ? b : a));
  tower.turn = Math.atan2(goal.y - at.y, goal.x - at.x);  //? rich
  if (tower.wait > 0) return;
  tower.wait = pause / (0.8 + tower.rank * 0.2);
  shots.push({ x: at.x, y: at.y, goal, tower });
  play('shoot');
}

function fly(shot, dt) {
  const { goal } = shot, far = distance(shot, goal), step = 620 * dt;
  shot.x += (goal.x - shot.x) / far * step;
  shot.y += (goal.y - shot.y) / far * step;
  if (far > step && !goal.isGone) return;
  shot.isGone = true;
  const { blow, slow, wide, colour } = PLANS[shot.tower.plan];
  burst(shot.x, shot.y, COLOURS.bricks[colour], wide ? 16 : 4);
  for (const one of walkers) {
    if (one.isGone || (one !== goal && !(wide && distance(one, shot) < wide * board.size))) continue;
    one.health -= blow * (0.4 + shot.tower.rank * 0.6);
    if (slow) one.chill = slow;
    if (one.health <= 0) fall(one);
  }
}

/* ---- Drawing ---- */

function draw() {
  const { size } = board, home = middle(...road[road.length - 1]);
  for (let x = 0; x < board.columns; x += 1) for (let y = 0; y < board.rows; y += 1) {
    const at = middle(x, y), isWay = isRoad(x, y);
    ink.globalAlpha = isWay ? 0.38 : (x + y) % 2 ? 0.1 : 0.05;
    box(isWay ? COLOURS.bricks[1] : COLOURS.tint, at.x - size / 2, at.y - size / 2, size + 0.5, size + 0.5, isWay ? 0 : 5);
  }
  ink.globalAlpha = 1;
  for (const tower of towers) drawTower(tower, size);
  glow(home.x, home.y, size, COLOURS.hero, 0.5);
  sprite(GAME.hero, home.x, home.y, size * 0.46, 0, game.safe > 0 && clock % 0.24 < 0.1 ? 0.35 : 1);
  for (const one of walkers) drawWalker(one, size);
  for (const shot of shots) { glow(shot.x, shot.y, 14, COLOURS.bricks[PLANS[shot.tower.plan].colour], 0.9); disc('#ffffff', shot.x, shot.y, 3); }
  drawCursor();
  PLANS.forEach(drawPlan);
}

function drawTower({ x, y, plan: kind, rank, turn }, size) {
  const at = middle(x, y), { face, colour, reach } = PLANS[kind];
  if (cursor.isShown && cursor.x === x && cursor.y === y) disc(COLOURS.tint + '22', at.x, at.y, (reach + rank * 0.2) * size);  //? rich
  box(COLOURS.outline, at.x - size * 0.42, at.y - size * 0.42, size * 0.84, size * 0.84, size * 0.2);
  box(COLOURS.bricks[colour], at.x - size * 0.36, at.y - size * 0.36, size * 0.72, size * 0.72, size * 0.16);
  lines(COLOURS.outline, size * 0.16, [[at.x, at.y], [at.x + Math.cos(turn) * size * 0.46, at.y + Math.sin(turn) * size * 0.46]]);  //? rich
  sprite(face, at.x, at.y, size * 0.25);
  for (let i = 0; i < rank; i += 1) disc('#fff3b0', at.x + (i - (rank - 1) / 2) * size * 0.2, at.y + size * 0.34, size * 0.06);
}

function drawWalker(one, size) {
  if (one.x === undefined) return;
  const r = size * (one.isBig ? 0.5 : 0.34);
  if (one.chill > 0) glow(one.x, one.y, r * 2, '#8fe3ff', 0.7);
  sprite(one.name, one.x, one.y + Math.sin(clock * 9 + one.step) * 2, r);
  if (one.health >= one.whole) return;
  healthBar({ x: one.x, y: one.y, r }, one.health / one.whole);
}

function drawPlan({ name, face, cost, colour }, i) {
  const { x, y } = planPlace(i), isChosen = i === plan;
  ink.globalAlpha = coins >= cost ? 1 : 0.5;
  box(isChosen ? COLOURS.accent : COLOURS.edge, x - 68, y - 30, 136, 60, 14);
  box(COLOURS.outline, x - 65, y - 27, 130, 54, 12);
  box(COLOURS.bricks[colour], x - 58, y - 20, 40, 40, 10);
  sprite(face, x - 38, y, 14);
  caption(name, x + 22, y - 9, 17, '#ffffff');
  caption(cost + ' of ' + coins, x + 22, y + 12, 14, '#ffffffcc');
  ink.globalAlpha = 1;
}
