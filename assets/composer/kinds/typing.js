/* ---- Typing defence. Whoever comes carries a word; type it and they are
   gone. The first letter chooses whom you mean, the others finish it. ---- */

const SHADE = 0.55;
const WORDS = GAME.words.split(' ');
const ROWS = ['qwertyuiop', 'asdfghjkl', 'zxcvbnm'];   // for a finger

let hero, comers, target, streak, beaten, until, sinceFood, beam, isTapping;
let sinceGift = 0;  //? powers

function setUp() {
  isTapping = matchMedia('(pointer: coarse)').matches;
  hero = { x: field.w / 2, y: 0, r: 30 * GAME.size };
  comers = [];
  target = null;
  streak = beaten = sinceFood = 0;
  until = 0;
  beam = { x: 0, y: 0, age: 9, isGood: true };
  stand();
}

// The keys for a finger need room below the hero.
function stand() { hero.y = isTapping ? field.h - 214 : field.h - 52; }

const focus = () => target || hero;
const rush = () => (1 + (game.level - 1) * 0.12) * GAME.speed;

function update(dt) {
  while (pressed.length) {
    const word = pressed.shift();
    if (word === 'tap') touch();
    if (word === 'fire') target = null;
  }
  beam.age += dt;
  until -= dt * GAME.crowd;
  if (until < 0) { until = 2.1 / rush(); come(pick(GAME.foe), 'foe'); }
  sinceFood += dt;
  if (sinceFood > 13) { sinceFood = 0; come(Math.random() < 0.7 ? GAME.food : GAME.treat, 'food'); }
  sinceGift += dt;  //? powers
  if (sinceGift > 17) { sinceGift = 0; come(GAME.gift, 'gift'); }  //? powers
  for (const one of comers) approach(one, dt);
  keep(comers, (one) => !one.isGone);
  if (target && target.isGone) target = null;
}

// Nobody comes whose word begins like another's: one letter must be enough.
function come(name, part) {
  const longest = 4 + game.level, isFree = (word) => comers.every((one) => one.word[0] !== word[0]);
  const words = WORDS.filter((word) => isFree(word) && word.length <= longest);
  if (!words.length) return;
  const isFoe = part === 'foe', x = isFoe ? between(70, field.w - 70) : -30;
  comers.push({ name, part, word: pick(words), done: 0, x, y: isFoe ? -6 : between(70, field.h * 0.3), r: 29, phase: between(0, TAU) });
}

function approach(one, dt) {
  if (one.part !== 'foe') {
    one.x += 75 * dt;
    one.isGone = one.x > field.w + 30;
    return;
  }
  const away = distance(one, hero);
  const pace = (26 + 52 / one.word.length) * rush();  //? !chase
  const pace = (34 + 52 / one.word.length) * rush();  //? chase
  one.x += ((hero.x - one.x) / away * pace + Math.sin(clock * 1.7 + one.phase) * 22) * dt;
  one.y += (hero.y - one.y) / away * pace * dt;
  if (distance(one, hero) > one.r + hero.r * 0.8) return;
  one.isGone = true;
  streak = 0;
  if (game.score > 0) { score(-Math.min(60, game.score), one.x, one.y); return play('steal'); }  //? steal
  hurt(hero.x, hero.y);
}

/* ---- A letter, from the keyboard or under a finger ---- */

function letter(key) {
  // The nearest of those whose word begins with it.
  target ??= comers.filter((one) => one.word[0] === key && one.y > -20).sort((a, b) => b.y - a.y)[0] || null;
  const isGood = target !== null && target.word[target.done] === key;
  beam = { x: target ? target.x : hero.x, y: target ? target.y : hero.y - 90, age: 0, isGood };
  if (!isGood) { streak = 0; return play('bounce'); }
  streak += 1;
  target.done += 1;
  burst(target.x, target.y, COLOURS.accent, 4);
  if (target.done === target.word.length) defeat(target); else play('hit');
}

function defeat(one) {
  one.isGone = true;
  target = null;
  burst(one.x, one.y, COLOURS.tint, 24);
  if (one.part === 'gift') return grant(pick(GAME.powers), one.x, one.y);  //? powers
  score(one.word.length * (one.part === 'foe' ? 5 : 12) + Math.floor(streak / 10) * 5, one.x, one.y);
  play(one.part === 'foe' ? 'boom' : 'bonus');
  beaten += 1;
  if (beaten % 8 === 0) levelUp();
}

function touch() {
  isTapping = true;
  stand();
  const key = keyPlaces().find((key) => Math.abs(pointer.x - key.x) < key.wide / 2 && Math.abs(pointer.y - key.y) < 27);
  if (key) return letter(key.name);
  target = comers.find((one) => distance(one, pointer) < one.r * 2) || target;
}

function keyPlaces() {
  const wide = Math.min(62, (field.w - 20) / 10);
  return ROWS.flatMap((row, y) => [...row].map((name, x) => ({ name, wide, x: field.w / 2 + (x - (row.length - 1) / 2) * wide, y: field.h - 146 + y * 56 })));
}

/* ---- Drawing ---- */

function draw() {
  const light = Math.max(0, 1 - beam.age * 6);
  if (light > 0) { ink.globalAlpha = light; lines(beam.isGood ? COLOURS.accent : COLOURS.alarm, 5, [[hero.x, hero.y - hero.r], [beam.x, beam.y]]); ink.globalAlpha = 1; }
  for (const one of comers) {
    glow(one.x, one.y, 52, one === target ? COLOURS.accent : one.part === 'foe' ? COLOURS.tint : COLOURS.hero, one === target ? 0.6 : 0.25);
    sprite(one.name, one.x, one.y + Math.sin(clock * 3 + one.phase) * 3, one.r);
  }
  for (const one of comers) drawWord(one);
  if (powers.shield > 0) glow(hero.x, hero.y, hero.r * 2.2, '#8fd8ff', 0.7);  //? powers
  glow(hero.x, hero.y, hero.r * 2, COLOURS.hero, 0.35);
  sprite(GAME.hero, hero.x, hero.y, hero.r, 0, game.safe > 0 && clock % 0.24 < 0.1 ? 0.35 : 1);
  if (streak > 4) caption(streak + ' in a row', hero.x, hero.y + (isTapping ? -52 : 40), 16, COLOURS.accent);
  if (isTapping) for (const key of keyPlaces()) { box(COLOURS.edge, key.x - key.wide * 0.46, key.y - 25, key.wide * 0.92, 50, 9); caption(key.name, key.x, key.y, 26); }
}

// The word under its owner: what is typed is dim, what is left is bright.
function drawWord({ word, done, x, y, r }) {
  const size = 23, wide = 16, left = clamp(x - word.length * wide / 2, 8, field.w - word.length * wide - 8);
  box(COLOURS.shade + 'dd', left - 8, y + r + 2, word.length * wide + 16, 32, 9);
  [...word].forEach((sign, i) => caption(sign, left + (i + 0.5) * wide, y + r + 18, size, i < done ? COLOURS.tint : i === done && done ? COLOURS.accent : COLOURS.text));
}
