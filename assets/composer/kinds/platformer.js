/* ---- Platformer. A level is a grid of ground, laid piece by piece so that
   every jump can be made; at its end stands a flag. ---- */

const SHADE = 0.3;
const TILE = 40;

let ground, things, hero, camera, flag, landing;

function setUp() {
  build(seeded(GAME.seed * 31 + game.level));
  hero = { x: TILE * 2.5, y: 0, r: 17, vx: 0, vy: 0, way: 1, air: 0, wish: 9 };
  landing = hero.x;
  place();
}

// Onto the ground where the hero last stood; also after a fall.
function place() {
  const column = Math.floor(landing / TILE);
  Object.assign(hero, { x: (column + 0.5) * TILE, y: topOf(column) * TILE - hero.r, vx: 0, vy: 0 });
  camera = clamp(hero.x - field.w * 0.4, 0, ground.length * TILE - field.w);
  pressed.length = 0;
}

const focus = () => ({ x: hero.x - camera, y: hero.y });
const topOf = (column) => ground[column].indexOf(true);
const isSolid = (x, y) => { const column = ground[Math.floor(x / TILE)]; return !column || Boolean(column[Math.floor(y / TILE)]); };

/* ---- The level ---- */

function build(random) {
  const rows = Math.ceil(field.h / TILE), low = rows - 2, within = (from, to) => from + Math.floor(random() * (to - from + 1));
  let height = low - 1;
  ground = [];
  things = [];
  const lay = (count, top) => { for (let i = 0; i < count; i += 1) ground.push(Array.from({ length: rows }, (_, y) => y >= top)); };
  lay(8, height);
  while (ground.length < 84 + game.level * 14) {
    const start = ground.length, dice = random();
    if (dice < 0.3) lay(within(2, 3), rows + 1);                               // a gap
    else if (dice < 0.62) height = clamp(height + within(-2, 2), low - 4, low); // a step
    const long = within(4, 8), from = ground.length;
    lay(long, height);
    // A ledge leaves room on both sides, or a step beside it could not be climbed.
    if (random() < 0.5) ledge(from + 1, Math.min(long - 2, 4), height - 3);
    else for (let i = 1; i < Math.min(long, 4); i += 1) put(GAME.food, from + i, height - 1);
    if (long > 5 && random() < 0.4) put(GAME.stone, from + 3, height, { isHard: true });
    else if (long > 4 && start > 10 && random() < 0.35 + 0.1 * GAME.foes + 0.04 * game.level) put(pick(GAME.foe), from + long - 2, height, { isFoe: true, vx: -1 });
  }
  lay(9, height);
  flag = { x: (ground.length - 4) * TILE, y: height * TILE };

  function put(name, column, row, more) {
    things.push({ name, x: (column + 0.5) * TILE, y: row * TILE - 17, r: 16, ...more });
  }
  // A shelf in the air, and something to fetch on it.
  function ledge(from, count, row) {
    for (let i = 0; i < count; i += 1) { ground[from + i][row] = true; put(i === 1 ? GAME.treat : GAME.food, from + i, row); }
    if (random() < 0.4) put(GAME.gift, from, row - 1, { power: pick(GAME.powers) });  //? powers
  }
}

/* ---- Running and jumping ---- */

function update(dt) {
  const reach = pointer.x - (hero.x - camera), isHolding = swipe && !held.left && !held.right;
  const push = (held.right ? 1 : 0) - (held.left ? 1 : 0) || (isHolding && Math.abs(reach) > 30 ? Math.sign(reach) : 0);
  const isJump = pressed.some((word) => word === 'fire' || word === 'up' || (word === 'tap' && pointer.y < hero.y - 20));
  pressed.length = 0;
  hero.wish = isJump ? 0 : hero.wish + dt;
  hero.air += dt;
  if (push) hero.way = push;
  hero.vx += (push * 265 * GAME.speed ** 0.5 - hero.vx) * Math.min(1, dt * (push ? 10 : 16));
  // A jump counts a little before the landing and a little after the edge.
  const isSecond = isJump && hero.air >= 0.1 && !hero.leapt;  //? leaps
  if (isSecond) { hero.vy = -560; hero.leapt = true; hero.wish = 9; play('jump'); burst(hero.x - camera, hero.y + 14, COLOURS.text, 6); }  //? leaps
  if (hero.wish < 0.12 && hero.air < 0.1) { hero.vy = -640; hero.air = hero.wish = 9; play('jump'); burst(hero.x - camera, hero.y + 14, COLOURS.text, 4); }
  const isLong = held.fire || held.up || swipe;
  hero.vy = Math.min(hero.vy + (hero.vy < 0 && isLong ? 1450 : 2300) * dt, 760);
  travel(dt);
  for (const thing of things) meet(thing, dt);
  keep(things, (thing) => !thing.isGone);
  camera += (clamp(hero.x - field.w * 0.4 + hero.way * 40, 0, ground.length * TILE - field.w) - camera) * Math.min(1, dt * 5);
  if (hero.y > field.h + 60) { if (stumble(hero.x - camera, field.h - 30)) place(); } else if (hero.x > flag.x) arrive();
}

// One direction after the other, so that a corner does not catch.
function travel(dt) {
  hero.x += hero.vx * dt;
  const side = hero.x + Math.sign(hero.vx) * hero.r;
  if (isSolid(side, hero.y - 10) || isSolid(side, hero.y + 12)) { hero.x -= hero.vx * dt; hero.vx = 0; }
  hero.y += hero.vy * dt;
  const edge = hero.y + Math.sign(hero.vy) * hero.r;
  if (!isSolid(hero.x - 11, edge) && !isSolid(hero.x + 11, edge)) return;
  if (hero.vy > 0) {
    hero.y = Math.floor(edge / TILE) * TILE - hero.r;
    hero.air = 0;
    hero.leapt = false;  //? leaps
    if (isSolid(hero.x, edge)) landing = hero.x;
  } else hero.y -= hero.vy * dt;
  hero.vy = 0;
}

function arrive() {
  score(100);
  burst(flag.x - camera, flag.y - 100, COLOURS.accent, 40);
  levelUp();
  setUp();
}

/* ---- Whoever and whatever is met on the way ---- */

function meet(thing, dt) {
  if (thing.isFoe) wander(thing, dt);
  if (distance(thing, hero) > thing.r + hero.r - 5) return;
  const x = thing.x - camera;
  if (thing.isHard || thing.isFoe) return collide(thing, x);
  thing.isGone = true;
  if (thing.power) return grant(thing.power, x, thing.y);  //? powers
  score(thing.name === GAME.treat ? 40 : 10, x, thing.y);
  burst(x, thing.y, COLOURS.accent, 12);
  play(thing.name === GAME.treat ? 'bonus' : 'eat');
}

// Turns round at an edge and before a wall.
function wander(foe, dt) {
  if (Math.abs(hero.x - foe.x) < 220) foe.vx = Math.sign(hero.x - foe.x);  //? chase
  const ahead = foe.x + foe.vx * 18;
  if (isSolid(ahead, foe.y) || !isSolid(ahead, foe.y + TILE)) { foe.vx *= -1; return; }
  foe.x += foe.vx * (52 + game.level * 6) * GAME.speed * dt;
}

function collide(thing, x) {
  // Whoever lives can be jumped upon.
  if (thing.isFoe && hero.vy > 60 && hero.y < thing.y - 8) {
    thing.isGone = true;
    hero.vy = held.fire || held.up ? -620 : -430;
    score(30, x, thing.y);
    burst(x, thing.y, COLOURS.tint, 20);
    return play('boom');
  }
  if (game.safe > 0) return;
  if (thing.isFoe && game.score > 0) { game.safe = 1; score(-Math.min(40, game.score), x, thing.y); return play('steal'); }  //? steal
  if (hurt(x, thing.y)) { hero.vx = Math.sign(hero.x - thing.x || 1) * 330; hero.vy = -330; }
}

/* ---- Drawing ---- */

function draw() {
  ink.save();
  ink.translate(-camera, 0);
  const first = Math.max(0, Math.floor(camera / TILE)), last = Math.min(ground.length, Math.ceil((camera + field.w) / TILE) + 1);
  for (let x = first; x < last; x += 1) drawColumn(x);
  lines(COLOURS.text, 5, [[flag.x, flag.y], [flag.x, flag.y - 118]]);
  poly(COLOURS.accent, [[flag.x, flag.y - 118], [flag.x + 54, flag.y - 98 + Math.sin(clock * 4) * 4], [flag.x, flag.y - 78]]);
  for (const thing of things) {
    if (thing.x < camera - 40 || thing.x > camera + field.w + 40) continue;
    const isFixed = thing.isFoe || thing.isHard;
    if (!isFixed) glow(thing.x, thing.y, 30, COLOURS.accent, 0.3);
    sprite(thing.name, thing.x, thing.y + (isFixed ? 0 : Math.sin(clock * 4 + thing.x) * 3), thing.isHard ? 19 : thing.isFoe ? 18 : 13);
  }
  if (powers.shield > 0) glow(hero.x, hero.y, 46, '#8fd8ff', 0.7);  //? powers
  glow(hero.x, hero.y, 44, COLOURS.hero, 0.25);
  const hop = hero.air < 0.05 ? Math.abs(Math.sin(clock * 14)) * Math.min(5, Math.abs(hero.vx) / 50) : 0;
  sprite(GAME.hero, hero.x, hero.y - hop, 20 * Math.min(1.15, GAME.size), hero.vx / 2200, game.safe > 0 && clock % 0.24 < 0.1 ? 0.35 : 1);
  ink.restore();
}

function drawColumn(x) {
  ground[x].forEach((isSet, y) => {
    if (!isSet) return;
    const px = x * TILE, py = y * TILE, isTop = !ground[x][y - 1];
    box(COLOURS.outline, px, py, TILE + 1, TILE + 1);
    box(COLOURS.bricks[3] + '55', px + 2, py + 2, TILE - 3, TILE - 3, 6);
    if (!isTop) return;
    box(COLOURS.bricks[2], px, py, TILE + 1, 9, 3);
    box('#ffffff44', px, py, TILE + 1, 3, 2);
  });
}
