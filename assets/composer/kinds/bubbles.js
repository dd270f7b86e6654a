/* ---- Bubbles. Three of a colour pop, and what hangs on nothing falls. Some of
   the bubbles hold a captive: free them all before the ceiling is down. ---- */

const SHADE = 0.6;
const BESIDE = [[[0, -1], [0, 1], [-1, -1], [-1, 0], [1, -1], [1, 0]], [[0, -1], [0, 1], [-1, 0], [-1, 1], [1, 0], [1, 1]]];
const CORNERS = [[3, 1], [4, 1], [5, 0.45], [4, 0.36], [6, 1], [12, 1]];

let radius, across, deep, ceiling, bubbles, falling, shot, loaded, next;
let angle, shots, hurry, isAiming, floor;

function setUp() {
  across = clamp(Math.round(field.w / (58 * GAME.size)), 7, 22);
  radius = field.w / across / 2;
  floor = field.h - 96;
  deep = Math.floor((floor - radius * 2) / (radius * 1.732));
  ceiling = 0;
  bubbles = [];
  falling = [];
  shots = angle = 0;
  isAiming = false;
  const rows = Math.min(Math.floor(deep * 0.55), Math.max(4, Math.floor(deep * 0.4)) + Math.floor(game.level / 3));
  for (let row = 0; row < rows; row += 1) for (let column = 0; column < across - row % 2; column += 1) bubbles.push({ row, column, colour: Math.random() < 0.42 && column ? bubbles[bubbles.length - 1].colour : colourOf() });
  const inner = bubbles.filter(({ row }) => row > 0 && row < rows - 1);
  for (let i = 0; i < 3 + Math.min(game.level, 5); i += 1) Object.assign(pick(inner), { colour: -1, captive: GAME.food });
  const prize = pick(inner.filter((one) => !one.captive));  //? powers
  if (prize) Object.assign(prize, { colour: -1, captive: GAME.gift });  //? powers
  next = choose();
  load();
}

const colours = () => Math.min(6, 3 + Math.ceil(game.level / 2));  //? !count
const colours = () => GAME.count;  //? count
const colourOf = () => Math.floor(Math.random() * colours());
const muzzle = () => ({ x: field.w / 2, y: field.h - 44 });
const focus = () => shot || muzzle();
const at = (row, column) => bubbles.find((one) => one.row === row && one.column === column);
const place = ({ row, column }) => ({ x: (column * 2 + 1 + row % 2) * radius, y: ceiling + radius + row * radius * 1.732 });
const around = ({ row, column }) => BESIDE[row % 2].map(([down, right]) => at(row + down, column + right)).filter(Boolean);

// Only colours that still hang there are worth a shot.
function choose() {
  const left = bubbles.map((one) => one.colour).filter((colour) => colour >= 0);
  return left.length ? pick(left) : colourOf();
}

function load() {
  shot = null;
  loaded = bubbles.some((one) => one.colour === next) ? next : choose();
  next = choose();
  hurry = 6 / GAME.speed ** 0.5;
}

function update(dt) {
  for (const one of falling) { one.vy += 1100 * dt; one.y += one.vy * dt; }
  keep(falling, (one) => one.y < field.h + 40);
  angle = clamp(angle + ((held.right ? 1 : 0) - (held.left ? 1 : 0)) * 1.5 * dt, -1.35, 1.35);
  const from = muzzle();
  if (pointer.isUsed && pointer.y < from.y) angle = clamp(Math.atan2(pointer.x - from.x, from.y - pointer.y), -1.35, 1.35);
  let isFired = false;
  while (pressed.length) { const word = pressed.shift(); if (word === 'fire') isFired = true; if (word === 'tap') isAiming = true; }
  // A finger aims as long as it is down, and fires when it is lifted.
  if (isAiming && !swipe) { isAiming = false; isFired = true; }
  if (!shot) {
    hurry -= dt;
    if (!isFired && hurry < 0) ceiling += radius * 1.732;   // who waits too long brings it down
    if (isFired || hurry < 0) fire();
  }
  for (let i = 0; i < 6 && shot; i += 1) fly(dt / 6);
}

function fire() {
  const pace = 820 * GAME.speed ** 0.4;
  shot = { ...muzzle(), vx: Math.sin(angle) * pace, vy: -Math.cos(angle) * pace, colour: loaded };
  play('shoot');
}

function fly(dt) {
  shot.x += shot.vx * dt;
  shot.y += shot.vy * dt;
  if (shot.x < radius || shot.x > field.w - radius) { shot.vx = Math.abs(shot.vx) * (shot.x < radius ? 1 : -1); shot.x = clamp(shot.x, radius, field.w - radius); play('bounce'); }
  if (shot.y < ceiling + radius || bubbles.some((one) => distance(place(one), shot) < radius * 1.75)) settle();
}

// Into the nearest free cell that touches another bubble or the ceiling.
function settle() {
  const near = clamp(Math.round((shot.y - ceiling - radius) / (radius * 1.732)), 0, deep + 2), free = [];
  for (let row = Math.max(0, near - 1); row <= near + 1; row += 1) for (let column = 0; column < across - row % 2; column += 1) {
    const cell = { row, column, colour: shot.colour };
    if (!at(row, column) && distance(place(cell), shot) < radius * 3 && (row === 0 || around(cell).length)) free.push(cell);
  }
  const cell = free.sort((a, b) => distance(place(a), shot) - distance(place(b), shot))[0];
  if (cell) { bubbles.push(cell); pop(cell); }
  shots += 1;
  load();
  const rest = Math.max(5, 9 - Math.floor(game.level / 2));
  if (shots % rest === 0) { ceiling += radius * 1.732; play('boom'); }
  if (!bubbles.some((one) => one.captive === GAME.food)) return win();
  if (bubbles.some((one) => place(one).y + radius * 0.7 > floor)) overflow();
}

// All that can be reached from here through bubbles that pass the test.
function reach(starts, test) {
  const found = new Set(starts);
  for (const one of found) for (const other of around(one)) if (test(other)) found.add(other);
  return found;
}

function pop(cell) {
  const group = reach([cell], (one) => one.colour === cell.colour);
  play('hit');
  if (group.size < 3) return;
  // A group frees the captives beside it.
  for (const one of [...group]) for (const other of around(one)) if (other.captive) group.add(other);
  keep(bubbles, (one) => !group.has(one));
  for (const one of group) free(one, 10);
  const held = reach(bubbles.filter((one) => one.row === 0), () => true);
  for (const one of bubbles) if (!held.has(one)) { free(one, 15); falling.push({ ...one, ...place(one), vy: -60 }); }
  keep(bubbles, (one) => held.has(one));
  play(group.size > 4 ? 'bonus' : 'eat');
}

function free(one, points) {
  const { x, y } = place(one);
  burst(x, y, one.captive ? COLOURS.accent : COLOURS.bricks[one.colour], one.captive ? 22 : 9);
  if (one.captive === GAME.gift) return grant(pick(GAME.powers), x, y);  //? powers
  score(one.captive ? 40 : points, x, y);
}

function win() {
  score(100 + bubbles.length * 2);
  for (const one of bubbles) { const { x, y } = place(one); burst(x, y, COLOURS.bricks[Math.max(0, one.colour)], 3); }
  levelUp();
  setUp();
}

// Over the line: a life is lost, and the lowest rows go.
function overflow() {
  if (!stumble(field.w / 2, floor)) return;
  ceiling = 0;
  const last = Math.max(2, Math.floor(deep * 0.45));
  keep(bubbles, (one) => one.row < last || (falling.push({ ...one, ...place(one), vy: 0 }), false));
  shots = 0;
  if (!bubbles.some((one) => one.captive === GAME.food)) win();
}

/* ---- Drawing ---- */

function draw() {
  if (ceiling) { box(COLOURS.outline, 0, 0, field.w, ceiling); box(COLOURS.edge, 0, ceiling - 7, field.w, 7); }
  for (let x = 6; x < field.w; x += 26) box(COLOURS.alarm, x, floor - 2, 13, 4, 2);
  for (const one of bubbles) { const { x, y } = place(one); drawBubble(x, y, radius, one); }
  for (const one of falling) drawBubble(one.x, one.y, radius, one);
  const from = muzzle(), shaky = !shot && hurry < 2.5 ? Math.sin(clock * 40) * 2 : 0;
  if (powers.shield > 0) box('#8fd8ff', 0, floor - 4, field.w, 8);  //? powers
  if (!shot) drawAim(from);
  glow(from.x, from.y, radius * 2.4, COLOURS.accent, 0.4);
  box('#ffffff22', from.x - 150, field.h - 18, 300, 12, 6);
  ink.save();
  ink.translate(from.x, from.y);
  ink.rotate(angle);
  poly(COLOURS.hero, [[0, -radius * 1.9], [-radius * 0.4, -radius * 1.3], [radius * 0.4, -radius * 1.3]]);
  ink.restore();
  if (shot) drawBubble(shot.x, shot.y, radius, shot); else drawBubble(from.x + shaky, from.y, radius, { colour: loaded });
  drawBubble(from.x + 96, from.y + 8, radius * 0.66, { colour: next });
  disc('#ffffff33', from.x - 96, from.y + 2, 36);
  sprite(GAME.hero, from.x - 96, from.y + 2, 33, 0, game.safe > 0 && clock % 0.24 < 0.1 ? 0.35 : 1);
}

// Where the bubble will fly, and off which wall it bounces.
function drawAim({ x, y }) {
  let vx = Math.sin(angle) * 26;
  for (let i = 0; i < 26; i += 1) {
    x += vx;
    y -= Math.cos(angle) * 26;
    if (x < radius || x > field.w - radius) { vx = -vx; x = clamp(x, radius, field.w - radius); }
    if (y < ceiling + radius || bubbles.some((one) => distance(place(one), { x, y }) < radius * 1.6)) return;
    if (i > 1) disc(COLOURS.text + '99', x, y, 3.6 - i * 0.06);
  }
}

function drawBubble(x, y, r, { colour, captive }) {
  disc(COLOURS.outline, x, y, r * 0.97);
  if (captive) { disc('#ffffffb0', x, y, r * 0.9); sprite(captive, x, y, r * 0.66); return; }
  disc(COLOURS.bricks[colour], x, y, r * 0.9);
  const [count, waist] = CORNERS[colour];
  shape('#ffffffb8', () => {
    for (let i = 0; i < count * 2; i += 1) {
      const far = r * 0.44 * (i % 2 ? Math.min(waist, Math.cos(Math.PI / count)) : 1), turn = i * Math.PI / count - Math.PI / 2;
      ink.lineTo(x + Math.cos(turn) * far, y + Math.sin(turn) * far);
    }
  });
  disc('#ffffff77', x - r * 0.42, y - r * 0.5, r * 0.2, r * 0.12, -0.7);
}
