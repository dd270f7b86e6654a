/* ---- Dodge the falling things. Bad ones cost a life, good ones are points;
   what gets past without touching is a small reward. ---- */

const SHADE = 0.32;

let hero, falling;
let sinceFoe, sinceTreat, sinceLevel;
let sinceGift = 0;  //? powers

function setUp() {
  hero = { x: field.w / 2, y: field.h - 44, r: 27 * GAME.size, speed: 0, lean: 0 };
  falling = [];
  sinceFoe = sinceTreat = sinceLevel = 0;
}

const focus = () => hero;

function update(dt) {
  moveHero(dt);
  spawn(dt);
  for (const thing of falling) fall(thing, dt);
  for (const thing of falling) meet(thing);
  keep(falling, (thing) => !thing.isGone);
  sinceLevel += dt;
  if (sinceLevel > 14) { sinceLevel = 0; levelUp(); }
  pressed.length = 0;
}

// Keys push the hero; the mouse or a finger pulls it.
function moveHero(dt) {
  const push = (held.right ? 1 : 0) - (held.left ? 1 : 0);
  const pull = pointer.isUsed ? clamp((pointer.x - hero.x) / 60, -1, 1) : 0;
  const wish = (push || pull) * 560;
  const lift = (held.down ? 1 : 0) - (held.up ? 1 : 0) || (pointer.isUsed ? clamp((pointer.y - hero.y) / 60, -1, 1) : 0);  //? free
  hero.y = clamp(hero.y + lift * 420 * dt, hero.r, field.h - 44);  //? free
  hero.speed += (wish - hero.speed) * Math.min(1, dt * 14);
  hero.x = clamp(hero.x + hero.speed * dt, hero.r, field.w - hero.r);
  hero.lean = hero.speed / 560 * 0.25;
}

/* ---- What falls ---- */

function spawn(dt) {
  const rush = GAME.speed * (1 + (game.level - 1) * 0.16);
  sinceFoe += dt;
  sinceTreat += dt;
  if (sinceFoe > 0.95 / rush / GAME.crowd * (600 / field.w + 0.4)) { sinceFoe = between(0, 0.2); drop(pick(GAME.foe), true, rush); }
  if (sinceTreat > 2.1) { sinceTreat = between(0, 0.6); drop(Math.random() < 0.7 ? GAME.food : GAME.treat, false, rush); }
  sinceGift += dt;  //? powers
  if (sinceGift > 11) { sinceGift = 0; drop(GAME.gift, false, rush).power = pick(GAME.powers); }  //? powers
}

function drop(name, isFoe, rush) {
  const r = (isFoe ? between(19, 31) * GAME.size : 19);
  const thing = { name, isFoe, r, x: between(r, field.w - r), y: -r, speed: between(130, 215) * rush, sway: between(0, 46), phase: between(0, TAU), spin: isFoe ? between(-0.5, 0.5) : 0, age: 0 };
  thing.home = thing.x;
  falling.push(thing);
  return thing;
}

function fall(thing, dt) {
  thing.age += dt;
  thing.y += thing.speed * dt;
  if (thing.isFoe) thing.home += clamp(hero.x - thing.home, -1, 1) * 70 * GAME.speed * dt;  //? chase
  if (!thing.isFoe && distance(thing, hero) < 230) thing.home += clamp(hero.x - thing.home, -1, 1) * 420 * dt;  //? magnet
  thing.x = clamp(thing.home + Math.sin(thing.age * 2.4 + thing.phase) * thing.sway, thing.r, field.w - thing.r);
}

function meet(thing) {
  if (distance(thing, hero) < thing.r * 0.78 + hero.r * 0.8) {
    thing.isGone = true;
    if (thing.power) grant(thing.power, thing.x, thing.y); else  //? powers
    if (thing.isFoe) strike(thing);
    else collect(thing);
  } else if (thing.y > field.h + thing.r) {
    thing.isGone = true;
    if (thing.isFoe) score(1);
  }
}

function strike(thing) {
  hurt(hero.x, hero.y);  //? !steal
  // Thieves take points; from those who have none they take a life.  //? steal
  const loot = Math.min(game.score, 30);  //? steal
  if (loot === 0) return hurt(hero.x, hero.y);  //? steal
  score(-loot, thing.x, thing.y);  //? steal
  burst(thing.x, thing.y, COLOURS.alarm, 18);  //? steal
  play('steal');  //? steal
}

function collect(thing) {
  score(thing.name === GAME.treat ? 25 : 10, thing.x, thing.y);
  burst(thing.x, thing.y, COLOURS.accent, 16);
  play(thing.name === GAME.treat ? 'bonus' : 'eat');
}

/* ---- Drawing ---- */

function draw() {
  box(COLOURS.outline, 0, field.h - 20, field.w, 20);
  for (const thing of falling) drawFalling(thing);
  if (powers.shield > 0) glow(hero.x, hero.y, hero.r * 2.2, '#8fd8ff', 0.7);  //? powers
  glow(hero.x, hero.y, hero.r * 2, COLOURS.hero, 0.28);
  disc('rgba(0, 0, 0, 0.45)', hero.x, field.h - 17, hero.r * 0.9, 5);
  const isBlinking = game.safe > 0 && clock % 0.24 < 0.1;
  const hop = Math.abs(Math.sin(clock * 9)) * Math.min(1, Math.abs(hero.speed) / 200) * 5;
  sprite(GAME.hero, hero.x, hero.y - hop, hero.r, hero.lean, isBlinking ? 0.35 : 1);
}

function drawFalling(thing) {
  glow(thing.x, thing.y, thing.r * 1.9, thing.isFoe ? COLOURS.tint : COLOURS.accent, 0.25);
  sprite(thing.name, thing.x, thing.y, thing.r, Math.sin(thing.age * 2) * thing.spin);
}
