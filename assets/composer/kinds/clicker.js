/* ---- Clicker. Collect by hand, spend it on what collects by itself, and drive
   the thieves away before they reach the treasure: each that does costs a life. ---- */

const SHADE = 0.5;
// What can be bought: the first price, and what one more of it brings.
const OFFERS = [
  { name: 'Stronger hand', price: 15, hand: 1, each: 0 },
  { name: 'A helper', price: 40, hand: 0, each: 1 },
  { name: 'A whole team', price: 260, hand: 0, each: 8 },
];

let coins, owned, part, squash, thieves, nextThief, goal;

function setUp() {
  coins = 0;
  part = 0;
  owned = OFFERS.map(() => 0);
  squash = 0;
  thieves = [];
  nextThief = 9 / GAME.crowd;
  goal = 60;
  layShop();
}

// The offers lie side by side below the treasure.
function layShop() {
  layBoard(3, 1, 12);
  const size = Math.min((field.w - 40) / 3, 250);
  Object.assign(board, { size, x: (field.w - size * 3) / 2, y: field.h - 118 });
}

const treasure = () => ({ x: field.w / 2, y: (field.h - 130) * 0.52 });
const focus = treasure;
const price = (at) => Math.ceil(OFFERS[at].price * 1.32 ** owned[at]);
const income = () => OFFERS.reduce((sum, one, at) => sum + one.each * owned[at], 0);
const hand = () => 1 + owned[0];

function update(dt) {
  squash = Math.max(0, squash - dt * 5);
  part += income() * dt;
  if (part >= 1) { gain(Math.floor(part)); part %= 1; }
  nextThief -= dt;
  if (nextThief <= 0) sneak();
  for (const one of thieves) creep(one, dt);
  keep(thieves, (one) => !one.isGone);
  while (pressed.length && game.state === 'playing') act(pressed.shift());
}

function act(word) {
  if (word === 'left' || word === 'right') { cursor.x = clamp(cursor.x + (word === 'left' ? -1 : 1), 0, 2); cursor.isShown = true; return; }
  if (word === 'down') return buy(cursor.x);
  if (word === 'up') return chase(nearest());
  if (word === 'fire') return collect();
  if (word !== 'tap') return;
  const thief = thieves.find((one) => distance(one, pointer) < 46), at = Math.floor((pointer.x - board.x) / board.size);
  cursor.isShown = false;
  if (thief) chase(thief);
  else if (pointer.y > board.y && at >= 0 && at < 3) buy(at);
  else if (distance(treasure(), pointer) < 150) collect();
}

function gain(count, x, y) {
  coins += count;
  score(count, x, y);
  if (game.score < goal) return;
  goal = Math.ceil(goal * 3.2);
  levelUp();
}

function collect() {
  const { x, y } = treasure();
  squash = 1;
  gain(hand(), x + between(-60, 60), y - 80);
  burst(x, y, COLOURS.accent, 5);
  play('eat');
}

function buy(at) {
  if (coins < price(at)) return play('bounce');
  coins -= price(at);
  owned[at] += 1;
  play('power');
  burst(board.x + board.size * (at + 0.5), board.y + 30, COLOURS.hero, 14);
}

/* ---- Thieves ---- */

function sneak() {
  const angle = between(Math.PI * 0.95, Math.PI * 2.05), { x, y } = treasure(), away = Math.max(field.w, field.h) * 0.62;
  thieves.push({ name: pick(GAME.foe), x: x + Math.cos(angle) * away, y: y + Math.sin(angle) * away * 0.6, blows: Math.min(3, 1 + Math.floor(game.level / 4)) });
  nextThief = Math.max(1.4, (7.5 - game.level * 0.6) / (GAME.crowd * GAME.speed)) + between(0, 1.5);
  play('steal');
}

function creep(one, dt) {
  const to = treasure(), away = distance(one, to), pace = (62 + game.level * 7) * GAME.speed;
  one.x += (to.x - one.x) / away * pace * dt;
  one.y += (to.y - one.y) / away * pace * dt;
  if (away > 92) return;
  one.isGone = true;
  const lost = Math.floor(coins / 4);
  coins -= lost;
  if (lost) labels.push({ x: to.x, y: to.y - 100, text: '−' + lost, age: 0 });
  stumble(one.x, one.y);
}

function nearest() {
  return [...thieves].sort((a, b) => distance(a, treasure()) - distance(b, treasure()))[0];
}

function chase(one) {
  if (!one) return play('bounce');
  burst(one.x, one.y, COLOURS.alarm, 14);
  play('boom');
  one.blows -= 1;
  if (one.blows > 0) return;
  one.isGone = true;
  gain(2 + game.level, one.x, one.y);
}

/* ---- The picture ---- */

function draw() {
  const { x, y } = treasure(), r = 84 - squash * 9;
  glow(x, y, 180, COLOURS.accent, 0.45);
  disc(COLOURS.outline, x, y + 5, r * 1.2);
  disc(COLOURS.panel, x, y, r * 1.17);
  sprite(GAME.food, x, y, r * 0.92, Math.sin(clock * 2) * 0.08);
  for (let i = 0; i < Math.min(12, owned[1] + owned[2] * 2); i += 1) { const angle = clock * 0.6 + i * TAU / Math.min(12, owned[1] + owned[2] * 2); sprite(GAME.hero, x + Math.cos(angle) * 135, y + Math.sin(angle) * 112, 22); }
  for (const one of thieves) { glow(one.x, one.y, 54, COLOURS.alarm, 0.45); sprite(one.name, one.x, one.y, 32); }
  caption(coins + ' in hand' + (income() ? ' · ' + income() + ' a second' : ''), field.w / 2, board.y - 24, 26, COLOURS.text);
  OFFERS.forEach(drawOffer);
}

function drawOffer(one, at) {
  const x = board.x + board.size * at, wide = board.size - 10, canBuy = coins >= price(at);
  box(cursor.isShown && cursor.x === at ? COLOURS.accent : COLOURS.outline, x + 3, board.y - 2, wide + 4, 100, 14);
  box(COLOURS.bricks[at + 2], x + 6, board.y + 1, wide - 2, 94, 12);
  box(canBuy ? '#00000055' : '#000000aa', x + 6, board.y + 1, wide - 2, 94, 12);
  caption(one.name, x + wide / 2 + 5, board.y + 28, Math.min(21, board.size / 9), canBuy ? '#ffffff' : '#ffffff99');
  caption(price(at) + (owned[at] ? '  ·  ×' + owned[at] : ''), x + wide / 2 + 5, board.y + 64, 22, canBuy ? '#ffffff' : '#ffffff99');
}
