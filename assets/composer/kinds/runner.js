/* ---- Runner. The ground comes at you; jump, jump again in the air, or duck.
   The longer you hold the key, the higher you fly. ---- */

const SHADE = 0.3;

let hero, things, run, until, ground;

function setUp() {
  ground = field.h * 0.8;
  hero = { x: field.w * 0.2, y: ground, r: 25 * GAME.size, speed: 0, jumps: 0, isLow: false };
  things = [];
  run = 0;
  until = 420;
}

const focus = () => ({ x: hero.x, y: hero.y - hero.r });
const pace = () => (270 + game.level * 26) * GAME.speed;

function update(dt) {
  const isJump = pressed.some((word) => word === 'fire' || word === 'up' || word === 'tap');
  pressed.length = 0;
  if (isJump && hero.jumps < 2) { hero.speed = hero.jumps ? -520 : -640; hero.jumps += 1; play('jump'); burst(hero.x, hero.y, COLOURS.text, 4); }
  const isHeld = held.fire || held.up || swipe;
  hero.isLow = held.down && hero.jumps === 0;
  hero.speed += (held.down ? 3600 : isHeld && hero.speed < 0 ? 1350 : 2300) * dt;
  hero.y += hero.speed * dt;
  if (hero.y >= ground) { hero.y = ground; hero.speed = 0; hero.jumps = 0; }
  run += pace() * dt;
  if (run / 300 > game.level * 8) levelUp();
  until -= pace() * dt;
  if (until <= 0) place();
  for (const thing of things) meet(thing, dt);
  keep(things, (thing) => !thing.isGone && thing.x > -60);
}

// What comes next: a stone, two, someone on the ground or in the air.
function place() {
  const x = field.w + 60, dice = Math.random();
  if (dice < 0.5) for (let i = 0; i <= Math.floor(between(0, Math.min(game.level, 3) * 0.7)); i += 1) things.push({ name: GAME.stone, isFoe: true, x: x + i * 40, y: ground - 24, r: 25 });
  else if (dice < 0.78) things.push({ name: pick(GAME.foe), isFoe: true, isAlive: true, x, y: ground - 22, r: 22, pace: 60 });
  else things.push({ name: pick(GAME.foe), isFoe: true, isAlive: true, x, y: ground - 74, r: 20, pace: 90, bob: 8 });
  for (let i = 0; i < 4 && dice < 0.7; i += 1) things.push({ name: i === 2 && dice < 0.12 ? GAME.treat : GAME.food, x: x - 54 + i * 36, y: ground - 130 - Math.sin((i + 0.5) / 4 * Math.PI) * 44, r: 14 });
  if (Math.random() < 0.16) things.push({ name: GAME.gift, power: pick(GAME.powers), x: x + 150, y: ground - 110, r: 17 });  //? powers
  until = between(300, 520) + pace() * 0.22 - (GAME.crowd - 1) * 90;
}

function meet(thing, dt) {
  thing.x -= (pace() + (thing.pace || 0) * GAME.speed) * dt;
  const tall = hero.isLow ? 0.5 : 1, body = { x: hero.x, y: hero.y - hero.r * tall };
  const isDrawn = !thing.isFoe && distance(thing, body) < 220;  //? magnet
  if (isDrawn) { thing.x += clamp(body.x - thing.x, -1, 1) * 300 * dt; thing.y += clamp(body.y - thing.y, -1, 1) * 420 * dt; }  //? magnet
  if (thing.isFoe && !thing.isPassed && thing.x < hero.x - 40) { thing.isPassed = true; score(5); }
  if (distance(thing, body) > thing.r * 0.8 + hero.r * 0.75 * tall) return;
  if (!thing.isFoe) {
    thing.isGone = true;
    if (thing.power) return grant(thing.power, thing.x, thing.y);  //? powers
    score(thing.name === GAME.treat ? 50 : 10, thing.x, thing.y);
    burst(thing.x, thing.y, COLOURS.accent, 10);
    return play(thing.name === GAME.treat ? 'bonus' : 'eat');
  }
  // Whoever lives can be jumped upon.
  if (thing.isAlive && hero.speed > 120 && hero.y < thing.y + 6) {
    thing.isGone = true;
    hero.speed = -480;
    hero.jumps = 1;
    score(30, thing.x, thing.y);
    burst(thing.x, thing.y, COLOURS.tint, 18);
    return play('boom');
  }
  if (game.safe > 0) return;
  thing.isGone = thing.isAlive;
  if (GAME.rule === 'steal' && thing.isAlive && game.score > 0) { score(-Math.min(40, game.score), hero.x, hero.y - 60); game.safe = 0.8; play('steal'); } else hurt(hero.x, hero.y - hero.r);
}

function draw() {
  box(COLOURS.outline, 0, ground, field.w, field.h - ground);
  box(COLOURS.bricks[3], 0, ground, field.w, 9);
  for (let i = 0; i < 26; i += 1) {
    const x = field.w + 40 - (run + i * 83) % (field.w + 80);
    box(COLOURS.bricks[(i % 2) + 3] + '88', x, ground + 18 + (i * 37) % Math.max(10, field.h - ground - 30), 26, 7, 3);
  }
  for (const thing of things) {
    if (!thing.isFoe) glow(thing.x, thing.y, 30, COLOURS.accent, 0.35);
    sprite(thing.name, thing.x, thing.y + Math.sin(clock * 6 + thing.x / 40) * (thing.bob || 0), thing.r);
  }
  const flat = hero.isLow ? 0.6 : 1, y = hero.y - hero.r * flat, hop = hero.jumps ? 0 : Math.abs(Math.sin(run / 34)) * 6;
  if (powers.shield > 0) glow(hero.x, y, hero.r * 2.2, '#8fd8ff', 0.7);  //? powers
  disc('#00000044', hero.x, ground + 5, hero.r * (1 - Math.min(0.6, (ground - hero.y) / 300)), 5);
  ink.save();
  ink.translate(hero.x, y - hop);
  ink.scale(1 / flat ** 0.5, flat);
  sprite(GAME.hero, 0, 0, hero.r, hero.jumps === 2 ? hero.speed / 700 : 0.06, game.safe > 0 && clock % 0.24 < 0.1 ? 0.35 : 1);
  ink.restore();
}
