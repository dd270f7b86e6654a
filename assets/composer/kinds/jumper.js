/* ---- Jumper. Who lands on a platform bounces by itself; steer to the next one
   up. The sides are joined, and the bottom of the screen follows. ---- */

const SHADE = 0.5;
const LEAP = 760;
const WEIGHT = 1500;

let hero, steps, things, camera, summit, chain, since, climbed;

// Heights grow upwards here; `camera` is the height of the bottom edge.
function setUp() {
  steps = [{ x: field.w / 2, y: 50, half: field.w * 0.3, kind: 'plain' }];
  things = [];
  camera = since = climbed = 0;
  summit = 50;
  chain = field.w / 2;
  hero = { x: field.w / 2, y: 50, vx: 0, vy: LEAP, way: 1, r: 20 * GAME.size, wind: 0 };
  grow();
}

const seen = (y) => field.h - (y - camera);
const focus = () => ({ x: hero.x, y: seen(hero.y) - hero.r });
const aside = (x) => (x + field.w) % field.w;

// New platforms above the edge. One of each row is sound and can be reached from the one below.
function grow() {
  while (summit < camera + field.h + 120) {
    const hard = Math.min(1, game.level / 9);
    summit += between(66, 88 + hard * 52);
    chain = aside(chain + between(-1, 1) * Math.min(field.w * 0.45, 250));
    const isMoving = summit > 500 && Math.random() < 0.08 + hard * 0.4;
    addStep(chain, summit, isMoving ? 'moving' : 'plain');
    const more = Math.round(field.w / 420 - Math.random() * (0.4 + hard));
    for (let i = 0; i < more; i += 1) addStep(aside(chain + field.w * (i + 1) / (more + 1) + between(-50, 50)), summit + between(-22, 22), Math.random() < 0.2 + hard * 0.5 ? 'brittle' : 'plain');
    const alive = things.filter((thing) => thing.isFoe).length;  //? foes
    if (summit > 620 && alive < Math.min(8, GAME.foes * GAME.crowd + Math.floor(game.level / 3)) && Math.random() < 0.3) addFoe();  //? foes
  }
}

function addStep(x, y, kind) {
  const half = Math.max(34, 54 - game.level * 1.5) * Math.sqrt(GAME.size), dice = Math.random();
  const step = { x: clamp(x, half, field.w - half), y, half, kind, way: pick([-1, 1]), fall: 0 };
  steps.push(step);
  if (kind === 'plain' && dice < 0.1) step.hasSpring = true;
  else if (dice < 0.34) things.push({ name: dice < 0.15 ? GAME.treat : GAME.food, step, x: step.x, y: y + 22, r: 15 });
  else if (dice < 0.38) things.push({ name: GAME.gift, isGift: true, step, x: step.x, y: y + 22, r: 16 });  //? powers
}

// Halfway between two rows, on the other side of the way up.
function addFoe() {
  things.push({ isFoe: true, name: GAME.foe[things.length % GAME.foe.length], x: aside(chain + field.w / 2), y: summit + 30, r: 22, way: pick([-1, 1]), phase: summit });
}

function update(dt) {
  pressed.length = 0;
  dt *= GAME.speed ** 0.6;
  since += dt;
  steer(dt);
  const before = hero.y;
  hero.vy = Math.max(-900, hero.vy - WEIGHT * dt);
  hero.y += hero.vy * dt;
  for (const step of steps) shift(step, dt);
  if (hero.vy < 0) { const step = steps.find((one) => !one.isBroken && before >= one.y && hero.y <= one.y && gap(one.x) < one.half + hero.r * 0.6); if (step) bounce(step); }
  for (const thing of things) meet(thing, dt);
  climb(dt);
  if (hero.y < camera - 30) fall();
}

// How far it is to there, the shorter way round.
function gap(x) {
  const far = Math.abs(x - hero.x);
  return Math.min(far, field.w - far);
}

function steer(dt) {
  const push = (held.right ? 1 : 0) - (held.left ? 1 : 0), far = pointer.x - hero.x;
  const wish = push || (pointer.isUsed ? clamp(far / 60, -1, 1) : 0);
  if (wish) hero.way = Math.sign(wish);
  hero.vx += (wish * 440 - hero.vx) * Math.min(1, dt * 9);
  hero.x = aside(hero.x + hero.vx * dt);
}

function bounce(step) {
  hero.y = step.y;
  hero.vy = step.hasSpring ? LEAP * 1.65 : LEAP;
  hero.wind = 0.16;
  play(step.hasSpring ? 'power' : 'jump');
  burst(hero.x, seen(hero.y), step.hasSpring ? COLOURS.accent : COLOURS.text, step.hasSpring ? 18 : 4);
  if (step.kind === 'brittle') { step.isBroken = true; play('hit'); }
}

function shift(step, dt) {
  if (step.isBroken) { step.fall += 700 * dt; step.y -= step.fall * dt; }
  if (step.kind !== 'moving') return;
  step.x += step.way * (50 + game.level * 7) * dt;
  if (step.x < step.half) step.way = 1;
  if (step.x > field.w - step.half) step.way = -1;
}

// The picture follows the hero up, and never stands still for long.
function climb(dt) {
  const creep = since > 2 ? field.h / 28 + game.level * 4 : 0;
  camera = Math.max(camera + creep * dt, hero.y - field.h * 0.52);
  hero.wind -= dt;
  const height = Math.floor(camera / 50);
  if (height > climbed) { score(height - climbed); climbed = height; }
  if (camera > game.level * 4000) { levelUp(); score(50); }
  grow();
  keep(steps, (step) => step.y > camera - 60);
  keep(things, (thing) => !thing.isGone && thing.y > camera - 60);
}

// Back onto a sound platform in the lower half, away from whoever waits there.
function fall() {
  if (!stumble(hero.x, field.h - 20)) return;
  const sound = steps.filter((step) => step.kind === 'plain' && step.y > camera + 110);
  const step = sound.sort((a, b) => a.y - b.y)[0] || { x: field.w / 2, y: camera + 160, half: 70, kind: 'plain' };
  if (!steps.includes(step)) steps.push(step);
  Object.assign(hero, { x: step.x, y: step.y + 1, vx: 0, vy: LEAP });
  keep(things, (thing) => !thing.isFoe || distance(thing, hero) > 130);
  pointer.isUsed = false;
  since = 0;
}

function meet(thing, dt) {
  if (thing.step) thing.x = thing.step.x;
  if (thing.isFoe) hover(thing, dt);
  if (Math.hypot(gap(thing.x), thing.y - hero.y - hero.r) > thing.r + hero.r - 4) return;
  const y = seen(thing.y);
  if (thing.isFoe) return collide(thing, y);
  thing.isGone = true;
  burst(thing.x, y, COLOURS.accent, 14);
  if (thing.isGift) return grant(pick(GAME.powers), thing.x, y);  //? powers
  score(thing.name === GAME.treat ? 50 : 10, thing.x, y);
  play(thing.name === GAME.treat ? 'bonus' : 'eat');
}

function hover(foe, dt) {
  foe.x += foe.way * (34 + game.level * 5) * dt;
  if (seen(foe.y) > 0) foe.x += Math.sign(hero.x - foe.x) * (46 + game.level * 5) * dt;  //? chase
  if (foe.x < foe.r) foe.way = 1;
  if (foe.x > field.w - foe.r) foe.way = -1;
}

function collide(foe, y) {
  // From above it is a platform like any other.
  if (hero.vy < 0 && hero.y > foe.y) {
    foe.isGone = true;
    hero.vy = LEAP * 1.1;
    score(30, foe.x, y);
    burst(foe.x, y, COLOURS.tint, 22);
    return play('boom');
  }
  if (game.safe > 0) return;
  if (game.score > 0) { game.safe = 1; score(-Math.min(40, game.score), foe.x, y); return play('steal'); }  //? steal
  if (hurt(foe.x, y)) hero.vy = Math.min(hero.vy, 120);
}

/* ---- Drawing ---- */

function draw() {
  for (let i = 0; i < 9; i += 1) { const y = seen(Math.ceil(camera / 100) * 100 + i * 100); box('#ffffff18', 0, y, 18, 3); box('#ffffff18', field.w - 18, y, 18, 3); }
  for (const step of steps) drawStep(step);
  for (const thing of things) drawThing(thing);
  const x = hero.x, y = seen(hero.y) - hero.r, squash = Math.max(0, hero.wind);
  if (powers.shield > 0) glow(x, y, hero.r * 2.4, '#8fd8ff', 0.8);  //? powers
  glow(x, y, hero.r * 2.3, COLOURS.hero, 0.5);
  for (const at of [x - field.w, x, x + field.w]) {
    if (at < -40 || at > field.w + 40) continue;
    disc('#ffffff33', at, y, hero.r * 1.12);
    sprite(GAME.hero, at, y + squash * 22, hero.r * (1.1 - squash * 0.6), hero.vx / 2600, game.safe > 0 && clock % 0.24 < 0.1 ? 0.35 : 1);
  }
  ink.globalAlpha = 0.5;
  for (let i = 0; i < field.w / 24; i += 1) poly(COLOURS.alarm, [[i * 24, field.h], [i * 24 + 12, field.h - 9], [i * 24 + 24, field.h]]);
  ink.globalAlpha = 1;
}

function drawStep({ x, y, half, kind, hasSpring, isBroken }) {
  const at = seen(y);
  if (at < -30 || at > field.h + 30) return;
  const colour = COLOURS.bricks[{ plain: 4, moving: 5, brittle: 2 }[kind]];
  if (hasSpring) { lines(COLOURS.text, 3, [[x - 9, at], [x + 9, at - 5], [x - 9, at - 10], [x + 9, at - 15]]); box(COLOURS.accent, x - 14, at - 20, 28, 6, 3); }
  box(COLOURS.outline, x - half - 2, at - 2, half * 2 + 4, 18, 9);
  box(colour, x - half, at, half * 2, 14, 7);
  box('#ffffff55', x - half + 6, at + 2, half * 2 - 12, 4, 2);
  if (kind === 'brittle') lines(COLOURS.outline, 3, isBroken ? [[x - 8, at - 4], [x + 8, at + 18]] : [[x - 4, at + 1], [x + 3, at + 6], [x - 3, at + 9], [x + 4, at + 14]]);
  if (kind === 'moving') for (const side of [-1, 1]) poly(COLOURS.outline, [[x + side * half * 0.7, at + 3], [x + side * half * 0.85, at + 7], [x + side * half * 0.7, at + 11]]);
}

function drawThing({ name, isFoe, x, y, r, phase }) {
  const at = seen(y) + (isFoe ? Math.sin(clock * 3 + phase) * 4 : 0);
  if (at < -40) return;
  disc(isFoe ? COLOURS.alarm + '44' : '#ffffff2e', x, at, r * 1.25);
  sprite(name, x, at, r);
}
