/* ---- Fishing. The hook goes down as long as you let it, and comes up with what
   hangs on it. Foes bite through the line, and hunger does not wait. ---- */

const SHADE = 0.4;

let surface, boat, hook, fish, foes, hunger, landed, bubbles;
let gift;  //? powers

function setUp() {
  surface = field.h * 0.2;
  boat = { x: field.w / 2, vx: 0 };
  hook = { y: surface + 24, load: [] };
  fish = [];
  foes = [];
  landed = 0;
  hunger = full();
  while (fish.length < many()) addFish(true);
  for (let i = 0; i < GAME.foes * GAME.crowd; i += 1) addFoe(i);  //? foes
  bubbles = Array.from({ length: 16 }, () => ({ x: between(0, field.w), y: between(surface, field.h), r: between(2, 5) }));
  gift = null;  //? powers
}

const full = () => Math.max(9, 13.5 - game.level * 0.5) / GAME.speed ** 0.3;
const many = () => Math.round(7 * field.w / 800 * field.h / 600) + 3;
const wanted = () => 5 + game.level;
const tip = () => ({ x: boat.x, y: hook.y });
const focus = tip;

// The deeper, the quicker, and the more it is worth.
function addFish(isAnywhere) {
  const isRare = Math.random() < 0.16, depth = isRare ? between(0.7, 1) : between(0, 1), way = pick([-1, 1]);
  const r = (isRare ? 19 : 17) * Math.sqrt(GAME.size);
  const x = isAnywhere ? between(0, field.w) : way > 0 ? -30 : field.w + 30;
  const y = surface + 70 + depth * (field.h - surface - 130);
  fish.push({ name: isRare ? GAME.treat : GAME.food, isRare, r, x, y, v: way * (38 + depth * 50 + game.level * 4) * GAME.speed, worth: isRare ? 50 : 10 + Math.round(depth * 4) * 5, phase: between(0, TAU) });
}

function addFoe(i) {
  foes.push({ name: GAME.foe[i % GAME.foe.length], r: 25, x: i % 2 ? field.w + 60 + i * 70 : -60 - i * 70, y: surface + 110 + i * 83 % (field.h - surface - 180), v: (i % 2 ? -1 : 1) * (50 + i * 17 % 40 + game.level * 5) * GAME.speed, rest: 2 });
}

function update(dt) {
  pressed.length = 0;
  steer(dt);
  for (const one of fish) swim(one, dt);
  for (const one of foes) prowl(one, dt);  //? foes
  for (const one of bubbles) { one.y -= one.r * 9 * dt; if (one.y < surface) Object.assign(one, { x: between(0, field.w), y: field.h }); }
  drop(dt);  //? powers
  keep(fish, (one) => !one.isGone);
  while (fish.length < many()) addFish(false);
  if ((hunger -= dt) < 0) { lose('Hungry!'); hunger = full(); }
}

// The mouse or a finger leads the boat; pressed, it lets the line out.
function steer(dt) {
  const push = (held.right ? 1 : 0) - (held.left ? 1 : 0);
  const wish = push || (pointer.isUsed ? clamp((pointer.x - boat.x) / 50, -1, 1) : 0);
  boat.vx += (wish * 330 - boat.vx) * Math.min(1, dt * 6);
  boat.x = clamp(boat.x + boat.vx * dt, 60, field.w - 60);
  const isDown = held.down || held.fire || Boolean(swipe), high = surface + 24;
  const pace = isDown && hook.load.length < 3 ? 300 : -310 + hook.load.length * 35;
  hook.y = clamp(hook.y + pace * GAME.speed ** 0.5 * dt, high, field.h - 26);
  if (hook.y === high && hook.load.length) land();
}

function swim(one, dt) {
  const at = hook.load.indexOf(one), { x, y } = tip();
  if (at >= 0) { one.x += (x + (at - 1) * 13 - one.x) * Math.min(1, dt * 14); one.y = y + 16 + at * 7; return; }
  one.x += one.v * dt;
  one.y += Math.sin(clock * 2 + one.phase) * 10 * dt;
  if (one.x < -50 || one.x > field.w + 50) one.isGone = true;
  if (hook.load.length > 2 || y < surface + 40 || Math.hypot(one.x - x, one.y - y) > one.r + 9) return;
  hook.load.push(one);
  burst(x, y, COLOURS.accent, 8);
  play('hit');
}

// Three at once are worth more than one by one.
function land() {
  const sum = hook.load.reduce((all, one) => all + one.worth, 0) * (hook.load.length > 2 ? 1.5 : 1);
  score(Math.round(sum), boat.x, surface - 60);
  for (const one of hook.load) one.isGone = true;
  burst(boat.x, surface, COLOURS.accent, 10 + hook.load.length * 8);
  play(hook.load.length > 1 || hook.load[0].isRare ? 'bonus' : 'eat');
  hunger = Math.min(full(), hunger + hook.load.length * 3.5);
  landed += hook.load.length;
  hook.load = [];
  if (landed < wanted()) return;
  landed = 0;
  levelUp();
  score(100);
  hunger = full();
  if (foes.length < 9) addFoe(foes.length);  //? foes
}

function lose(why) {
  const { x, y } = tip();
  labels.push({ x, y: y - 20, text: why, age: -0.5 });
  hook.load = [];
  if (stumble(x, y)) hook.y = surface + 24;
}

function prowl(one, dt) {
  one.rest -= dt;
  one.x += one.v * dt;
  if (hook.y > surface + 60) one.y += clamp(hook.y - one.y, -30, 30) * dt * GAME.speed;  //? chase
  if (one.x < -60 && one.v < 0 || one.x > field.w + 60 && one.v > 0) { one.v *= -1; one.y = between(surface + 100, field.h - 70); }
  // Anywhere between the boat and the hook the line can be bitten.
  if (one.rest > 0 || game.safe > 0 || Math.abs(one.x - boat.x) > one.r * 0.7 || one.y - one.r * 0.6 > hook.y) return;
  one.rest = 2;
  if (hook.load.length) { const prey = hook.load.pop(); prey.isGone = true; burst(one.x, one.y, COLOURS.tint, 14); labels.push({ x: one.x, y: one.y, text: 'Stolen!', age: 0 }); return play('steal'); }  //? steal
  lose('Snap!');
}

function drop(dt) {
  if (!gift) { if (Math.random() < dt / 9) gift = { x: between(60, field.w - 60), y: field.h }; return; }
  gift.y -= 42 * dt;
  if (gift.y < surface) { gift = null; return; }
  if (distance(gift, tip()) > 32) return;
  grant(pick(GAME.powers), gift.x, gift.y);
  gift = null;
}

/* ---- Drawing ---- */

function draw() {
  const waves = [];
  for (let x = 0; x < field.w + 25; x += 25) waves.push([x, surface + Math.sin(x * 0.03 + clock * 1.8) * 5]);
  for (const [deep, colour] of [[0, COLOURS.bricks[5] + '77'], [0.3, '#00000026'], [0.62, '#00000026']]) poly(colour, [[0, field.h], ...waves.map(([x, y]) => [x, y + deep * field.h]), [field.w + 25, field.h]]);
  lines('#ffffff99', 3, waves);
  for (let i = 0; i < field.w / 110; i += 1) { disc('#00000044', i * 110 + 40, field.h, 74, 24); if (i % 2) sprite(GAME.stone, i * 110 + 40, field.h - 24, 22, 0, 0.8); }
  for (const { x, y, r } of bubbles) disc('#ffffff33', x, y, r);
  const { x, y } = tip();
  lines(COLOURS.text, 2.5, [[x, surface - 34], [x, y]]);
  for (const one of fish) drawFish(one);
  for (const one of foes) { disc(COLOURS.alarm + '55', one.x, one.y, one.r * 1.2); sprite(one.name, one.x, one.y, one.r, 0, one.rest > 0 ? 0.5 : 1); }  //? foes
  if (gift) { glow(gift.x, gift.y, 40, COLOURS.accent, 0.5); sprite(GAME.gift, gift.x, gift.y, 18); }  //? powers
  glow(x, y, 34, COLOURS.accent, 0.5);
  shapeHook(x, y);
  drawBoat(x, surface + Math.sin(clock * 1.8 + x * 0.03) * 4);
  const wide = Math.min(260, field.w * 0.36);
  box('#00000066', 18, 18, wide, 14, 7);
  box(hunger < 4 ? COLOURS.alarm : COLOURS.accent, 18, 18, Math.max(8, wide * hunger / full()), 14, 7);
  sprite(GAME.food, field.w - 92, 28, 15);
  caption(landed + ' / ' + wanted(), field.w - 46, 28, 20);
}

function shapeHook(x, y) {
  ink.strokeStyle = COLOURS.accent;
  ink.lineWidth = 4;
  ink.beginPath();
  ink.moveTo(x, y - 12);
  ink.lineTo(x, y + 4);
  ink.arc(x - 7, y + 4, 7, 0, Math.PI);
  ink.stroke();
}

function drawFish({ name, x, y, r, isRare, v }) {
  disc(isRare ? COLOURS.accent + '55' : '#ffffff38', x, y, r * 1.2);
  sprite(name, x, y, r, Math.sin(clock * 5 + y) * 0.12 * Math.sign(v));
}

function drawBoat(x, y) {
  if (powers.shield > 0) glow(x, y - 10, 90, '#8fd8ff', 0.7);  //? powers
  glow(x, y - 36, 60, COLOURS.hero, 0.4);
  disc('#ffffff33', x - 14, y - 38, 29);
  sprite(GAME.hero, x - 14, y - 38, 27, boat.vx / 2600, game.safe > 0 && clock % 0.24 < 0.1 ? 0.35 : 1);
  lines(COLOURS.text, 4, [[x - 4, y - 24], [x, surface - 56], [x, surface - 34]]);
  poly(COLOURS.outline, [[x - 62, y - 18], [x + 62, y - 18], [x + 42, y + 17], [x - 44, y + 17]]);
  poly(COLOURS.bricks[2], [[x - 57, y - 15], [x + 57, y - 15], [x + 40, y + 14], [x - 42, y + 14]]);
  box('#ffffff55', x - 56, y - 15, 112, 6, 3);
}
