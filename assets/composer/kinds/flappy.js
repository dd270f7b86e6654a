/* ---- Flappy. One key beats the wings; gravity does the rest. The gates come
   nearer, grow narrower and begin to move. ---- */

const SHADE = 0.28;

let hero, gates, things, passed, until, isWaiting;

function setUp() {
  gates = [];
  things = [];
  passed = 0;
  until = 0;
  perch();
}

// Waits in the air for the first flap, at the start and after a blow.
function perch() {
  hero = { x: field.w * 0.28, y: field.h * 0.42, r: 20 * GAME.size, speed: 0 };
  keep(gates, (gate) => gate.x > field.w * 0.62);
  pressed.length = 0;
  isWaiting = true;
}

const focus = () => hero;
const pace = () => (165 + game.level * 12) * GAME.speed;

function update(dt) {
  const isFlap = pressed.some((word) => word === 'fire' || word === 'up' || word === 'tap');
  pressed.length = 0;
  if (isFlap) { hero.speed = -370; isWaiting = false; play('jump'); burst(hero.x - hero.r, hero.y + 8, COLOURS.text, 3); }
  if (isWaiting) return;
  hero.speed = Math.min(hero.speed + 1080 * dt, 560);
  hero.y += hero.speed * dt;
  until -= pace() * dt;
  if (until <= 0) build();
  for (const gate of gates) slide(gate, dt);
  for (const thing of things) drift(thing, dt);
  keep(gates, (gate) => gate.x > -60);
  keep(things, (thing) => !thing.isGone && thing.x > -40);
  if (hero.y > field.h - hero.r || hero.y < -60) fall();
}

function build() {
  const gap = clamp(215 - game.level * 7, 140, 215) * Math.max(1, GAME.size);  //? !gaps
  const gap = clamp(215 - game.level * 7, 150, 215) * Math.max(1, GAME.size) * between(0.85, 1.3);  //? gaps
  const y = between(gap / 2 + 40, field.h - gap / 2 - 40);
  gates.push({ x: field.w + 40, y, home: y, gap, sway: game.level > 2 ? between(0, 40) : 0, phase: between(0, TAU) });
  gates[gates.length - 1].sway = between(25, 60);  //? gaps
  until = 270;
  if (Math.random() < 0.6) things.push({ name: Math.random() < 0.7 ? GAME.food : GAME.treat, x: field.w + 40, y });
  else things.push({ name: GAME.gift, power: pick(GAME.powers), x: field.w + 40, y });  //? powers
  if (Math.random() < 0.25 * GAME.crowd) things.push({ name: pick(GAME.foe), isFoe: true, x: field.w + 175, y: between(60, field.h - 60) });  //? foes
}

function slide(gate, dt) {
  gate.x -= pace() * dt;
  gate.y = gate.home + Math.sin(clock * 1.5 + gate.phase) * gate.sway;
  const isBeside = Math.abs(gate.x - hero.x) < 34 + hero.r * 0.7;
  if (isBeside && Math.abs(hero.y - gate.y) > gate.gap / 2 - hero.r * 0.75) return fall();
  if (gate.isPassed || gate.x > hero.x) return;
  gate.isPassed = true;
  passed += 1;
  score(10, hero.x, hero.y - 30);
  play('eat');
  if (passed % 8 === 0) levelUp();
}

function drift(thing, dt) {
  thing.x -= pace() * (thing.isFoe ? 1.25 : 1) * dt;
  if (thing.isFoe) thing.y += (GAME.rule === 'chase' ? clamp(hero.y - thing.y, -1, 1) * 55 : Math.sin(clock * 3 + thing.x / 60) * 50) * dt;  //? foes
  if (distance(thing, hero) > hero.r + 14) return;
  thing.isGone = true;
  if (thing.isFoe) return fall();
  if (thing.power) return grant(thing.power, thing.x, thing.y);  //? powers
  score(thing.name === GAME.treat ? 50 : 20, thing.x, thing.y);
  burst(thing.x, thing.y, COLOURS.accent, 14);
  play('bonus');
}

function fall() {
  if (game.safe > 0 && hero.y < field.h - hero.r && hero.y > -60) return;
  if (stumble(hero.x, hero.y)) perch();
}

function draw() {
  for (const gate of gates) { pillar(gate.x, -20, gate.y - gate.gap / 2 + 20); pillar(gate.x, gate.y + gate.gap / 2, field.h - gate.y - gate.gap / 2 + 20); }
  for (const thing of things) { glow(thing.x, thing.y, 36, thing.isFoe ? COLOURS.alarm : COLOURS.accent, 0.3); sprite(thing.name, thing.x, thing.y, 18); }
  if (powers.shield > 0) glow(hero.x, hero.y, hero.r * 2.4, '#8fd8ff', 0.7);  //? powers
  glow(hero.x, hero.y, hero.r * 2, COLOURS.hero, 0.3);
  const isBlinking = game.safe > 0 && clock % 0.24 < 0.1;
  sprite(GAME.hero, hero.x, hero.y + (isWaiting ? Math.sin(clock * 3) * 7 : 0), hero.r + 3, clamp(hero.speed / 900, -0.4, 0.7), isBlinking ? 0.35 : 1);
  if (game.state === 'playing' && isWaiting) labels.length || caption('Space, tap or ↑ to fly', field.w / 2, field.h * 0.66, 20);
}

// A column of bricks with a cap towards the gap.
function pillar(x, y, tall) {
  const cap = y < 0 ? y + tall - 22 : y;
  box(COLOURS.outline, x - 33, y, 66, tall, 4);
  box(COLOURS.bricks[3], x - 30, y, 60, tall, 3);
  box('#ffffff33', x - 24, y, 10, tall);
  box('#00000026', x + 12, y, 18, tall);
  box(COLOURS.outline, x - 42, cap, 84, 22, 6);
  box(COLOURS.bricks[2], x - 39, cap + 2, 78, 18, 5);
}
