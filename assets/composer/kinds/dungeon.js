/* ---- Dungeon. Each step of yours is one of theirs. Rooms and corridors are dug
   anew on every floor; what was seen once stays on the map. ---- */

const SHADE = 0.72;
const WAYS = { left: [-1, 0], right: [1, 0], up: [0, -1], down: [0, 1] };
const VIGOUR = 6;                          // blows that a life can take
const SIGHT = 4.4;                         // cells

let floor, seen, things, foes, hero, stairs, route, rest, idle;

function setUp() {
  const wide = field.w > field.h, long = clamp(Math.round(19 / GAME.size), 15, 23), short = clamp(Math.round(12 / GAME.size), 10, 15);
  layBoard(wide ? long : short, wide ? short : long, 8);
  const rooms = dig(Math.random);
  floor = new Set(rooms.cells);
  seen = new Set();
  things = [];
  foes = [];
  route = [];
  rest = idle = 0;
  const [start, ...others] = rooms.list;
  hero = { ...heart(start), vigour: hero && game.level > 1 ? hero.vigour : VIGOUR };
  settle(hero);
  stairs = heart(others[others.length - 1]);
  for (const room of others) furnish(room);
  look();
}

/* ---- A floor ---- */

const key = (x, y) => x + ',' + y;
const heart = ({ x, y, w, h }) => ({ x: x + (w >> 1), y: y + (h >> 1) });

function dig(random) {
  const within = (from, to) => from + Math.floor(random() * (to - from + 1)), list = [], cells = new Set();
  for (let tries = 0; tries < 90 && list.length < 7; tries += 1) {
    const w = within(3, 5), h = within(2, 4), x = within(1, board.columns - w - 1), y = within(1, board.rows - h - 1);
    if (list.some((room) => x <= room.x + room.w && room.x <= x + w && y <= room.y + room.h && room.y <= y + h)) continue;
    list.push({ x, y, w, h });
    for (let i = 0; i < w * h; i += 1) cells.add(key(x + i % w, y + Math.floor(i / w)));
  }
  // A corridor from each room to the next: first along, then up or down.
  for (let i = 1; i < list.length; i += 1) {
    const to = heart(list[i]), at = heart(list[i - 1]);
    while (at.x !== to.x) { at.x += Math.sign(to.x - at.x); cells.add(key(at.x, at.y)); }
    while (at.y !== to.y) { at.y += Math.sign(to.y - at.y); cells.add(key(at.x, at.y)); }
  }
  return { list, cells };
}

function furnish(room) {
  const free = () => ({ x: room.x + Math.floor(Math.random() * room.w), y: room.y + Math.floor(Math.random() * room.h) });
  const put = (name, kind) => { const at = free(); if (!isTaken(at)) things.push({ ...at, name, kind }); };
  const many = (0.7 + game.level * 0.22) * GAME.crowd * (GAME.foes ? 0.8 + GAME.foes * 0.2 : 0);
  for (let i = Math.random(); i < many; i += 1) {
    const at = free();
    if (!isTaken(at)) foes.push(settle({ ...at, name: GAME.foe[foes.length % GAME.foe.length], left: 1 + Math.ceil(game.level / 3), isAwake: GAME.rule === 'chase' }));
  }
  put(GAME.food, 'food');
  if (Math.random() < 0.6) put(GAME.food, 'food');
  if (Math.random() < 0.4) put(GAME.treat, 'treat');
  if (Math.random() < 0.3) put(GAME.gift, pick(GAME.powers));  //? powers
}

const settle = (one) => Object.assign(one, { from: { x: one.x, y: one.y }, slid: 1 });
const isTaken = (at) => [stairs, hero, ...foes, ...things].some((one) => one.x === at.x && one.y === at.y);
const far = (a, b) => Math.abs(a.x - b.x) + Math.abs(a.y - b.y);
const focus = () => place(hero);

function place(one) {
  const t = one.slid;
  return middle(one.from.x + (one.x - one.from.x) * t, one.from.y + (one.y - one.from.y) * t);
}

function look() {
  for (const cell of floor) {
    const [x, y] = cell.split(',').map(Number);
    if (Math.hypot(x - hero.x, y - hero.y) <= SIGHT) seen.add(cell);
  }
}

/* ---- Turns ---- */

function update(dt) {
  for (const one of [hero, ...foes]) one.slid = Math.min(1, one.slid + dt * 9);
  rest -= dt;
  idle += dt;
  while (pressed.length && game.state === 'playing') obey(pressed.shift());
  if (game.state !== 'playing' || rest > 0) return;
  const word = Object.keys(WAYS).find((word) => held[word]);
  if (word) return stride(WAYS[word]);
  if (route.length) return walkOn();
  // Nobody waits for ever.
  if (idle > 2.4 / GAME.speed) turn();
}

function obey(word) {
  if (WAYS[word]) { route = []; stride(WAYS[word]); }
  if (word === 'fire') { if (hero.vigour < VIGOUR && Math.random() < 0.34) hero.vigour += 1; turn(); }
  if (word === 'tap') { const cell = under(pointer); route = wayTo(cell.x, cell.y); }
}

function walkOn() {
  const next = route.shift(), isSeen = foes.some((foe) => far(foe, hero) < SIGHT);
  stride([next.x - hero.x, next.y - hero.y]);
  if (isSeen) route = [];
}

function stride([dx, dy]) {
  const at = { x: hero.x + dx, y: hero.y + dy }, foe = foes.find((one) => one.x === at.x && one.y === at.y);
  rest = 0.15;
  if (foe) return strike(foe);
  if (!floor.has(key(at.x, at.y))) { route = []; return; }
  Object.assign(hero, { from: { x: hero.x, y: hero.y }, slid: 0 }, at);
  look();
  take();
  if (at.x !== stairs.x || at.y !== stairs.y) return turn();
  score(50, place(hero).x, place(hero).y);
  levelUp();
  setUp();
}

function strike(foe) {
  const { x, y } = middle(foe.x, foe.y);
  foe.left -= 1;
  burst(x, y, COLOURS.alarm, 9);
  play('hit');
  if (foe.left <= 0) { keep(foes, (one) => one !== foe); score(20, x, y); burst(x, y, COLOURS.tint, 18); play('boom'); }
  turn();
}

function take() {
  const thing = things.find((one) => one.x === hero.x && one.y === hero.y), at = middle(hero.x, hero.y);
  if (!thing) return;
  keep(things, (one) => one !== thing);
  burst(at.x, at.y, COLOURS.accent, 12);
  if (powers[thing.kind] !== undefined || thing.kind === 'life') return grant(thing.kind, at.x, at.y);  //? powers
  score(thing.kind === 'treat' ? 5 : 10, at.x, at.y);
  if (thing.kind === 'treat') hero.vigour = Math.min(VIGOUR, hero.vigour + 3);
  play(thing.kind === 'treat' ? 'bonus' : 'eat');
}

// Now it is their turn.
function turn() {
  idle = 0;
  const steps = stepsTo(hero);
  for (const foe of foes) {
    foe.isAwake ||= far(foe, hero) < SIGHT + 1 || Math.random() < 0.02;
    if (!foe.isAwake) continue;
    if (far(foe, hero) === 1) { blow(foe); if (game.state !== 'playing') return; continue; }
    const ways = Object.values(WAYS).map(([dx, dy]) => ({ x: foe.x + dx, y: foe.y + dy })).filter((at) => steps[key(at.x, at.y)] < steps[key(foe.x, foe.y)] && !foes.some((one) => !far(one, at)));
    if (ways.length && Math.random() < 0.86) Object.assign(foe, { from: { x: foe.x, y: foe.y }, slid: 0 }, pick(ways));
  }
}

function blow(foe) {
  const at = middle(hero.x, hero.y);
  route = [];
  Object.assign(foe, { from: { x: (foe.x + hero.x) / 2, y: (foe.y + hero.y) / 2 }, slid: 0 });
  if (GAME.rule === 'steal' && game.score > 0) { score(-Math.min(10, game.score), at.x, at.y); return play('steal'); }
  if (powers.shield > 0) { play('shield'); return; }  //? powers
  hero.vigour -= 1;
  burst(at.x, at.y, COLOURS.alarm, 6);
  play('bounce');
  if (hero.vigour > 0) return;
  if (stumble(at.x, at.y)) { hero.vigour = VIGOUR; keep(foes, (one) => far(one, hero) > 2); }
}

// How many steps it is from everywhere to there.
function stepsTo(goal) {
  const steps = { [key(goal.x, goal.y)]: 0 }, todo = [goal];
  for (const at of todo) for (const [dx, dy] of Object.values(WAYS)) {
    const next = key(at.x + dx, at.y + dy);
    if (!floor.has(next) || steps[next] !== undefined) continue;
    steps[next] = steps[key(at.x, at.y)] + 1;
    todo.push({ x: at.x + dx, y: at.y + dy });
  }
  return steps;
}

function wayTo(x, y) {
  const steps = stepsTo({ x, y }), way = [];
  for (let at = hero; floor.has(key(x, y)) && steps[key(at.x, at.y)] > 0;) {
    const [dx, dy] = Object.values(WAYS).find(([dx, dy]) => steps[key(at.x + dx, at.y + dy)] < steps[key(at.x, at.y)]);
    at = { x: at.x + dx, y: at.y + dy };
    way.push(at);
  }
  return way;
}

/* ---- Drawing ---- */

function draw() {
  const { size } = board, isNear = (at) => Math.hypot(at.x - hero.x, at.y - hero.y) <= SIGHT, isKnown = (at) => seen.has(key(at.x, at.y));
  for (const cell of seen) drawCell(...cell.split(',').map(Number), isNear);
  if (isKnown(stairs)) drawStairs(middle(stairs.x, stairs.y), size);
  for (const one of things.filter(isKnown)) { const at = middle(one.x, one.y); glow(at.x, at.y, size * 0.7, COLOURS.accent, 0.3); sprite(one.name, at.x, at.y, size * 0.34); }
  for (const foe of foes.filter(isNear)) {
    const at = place(foe);
    glow(at.x, at.y, size * 0.9, COLOURS.alarm, 0.3);
    sprite(foe.name, at.x, at.y, size * 0.42);
    if (foe.left > 1) healthBar({ x: at.x, y: at.y, r: size * 0.34 }, foe.left / (1 + Math.ceil(game.level / 3)));
  }
  const at = place(hero);
  glow(at.x, at.y, size * 2.4, COLOURS.hero, 0.3);
  if (powers.shield > 0) glow(at.x, at.y, size, '#8fd8ff', 0.7);  //? powers
  sprite(GAME.hero, at.x, at.y, size * 0.44, 0, game.safe > 0 && clock % 0.24 < 0.1 ? 0.35 : 1);
  healthBar({ x: at.x, y: at.y, r: size * 0.42 }, hero.vigour / VIGOUR);
}

function drawCell(x, y, isNear) {
  const at = middle(x, y), half = board.size / 2;
  ink.globalAlpha = isNear({ x, y }) ? 0.7 : 0.3;
  box(COLOURS.outline, at.x - half, at.y - half, half * 2 + 0.5, half * 2 + 0.5);
  box(COLOURS.edge, at.x - half + 1, at.y - half + 1, half * 2 - 2, half * 2 - 2, 5);
  box(COLOURS.bricks[3] + '44', at.x - half + 3, at.y - half + 3, half * 2 - 8, half * 2 - 8, 4);
  ink.globalAlpha = 1;
}

function drawStairs({ x, y }, size) {
  glow(x, y, size, COLOURS.accent, 0.6);
  for (let i = 0; i < 4; i += 1) box(COLOURS.accent, x - size * 0.4, y - size * 0.4 + i * size * 0.2, size * (0.8 - i * 0.2), size * 0.16, 2);
}
