/* ---- Sokoban. Crates are pushed onto marks and can never be pulled. A room is
   made by playing backwards from its solution, so every one can be solved. ---- */

const SHADE = 0.7;
const WAYS = { left: [-1, 0], right: [1, 0], up: [0, -1], down: [0, 1] };

let room, hero, crates, past, route, stepsLeft, rest, asked, solved, dice;
let games = 0;

function setUp() {
  if (game.level === 1) games += 1;
  dice = seeded(GAME.seed * 31 + game.level + games * 500);
  room = null;
  for (let tries = 0; !room || (tries < 6 && room.pulls < aim() * 0.8); tries += 1) {
    const made = unsolve(dig());
    if (made && (!room || made.pulls > room.pulls)) room = made;
  }
  layBoard(room.wide, room.high, 10, 62);
  place();
}

function place() {
  hero = { at: room.at, from: room.at, slid: 1 };
  crates = room.crates.map((at) => ({ at, from: at, slid: 1 }));
  // Undone steps stay spent, so there is room for mistakes, but not for ever.
  stepsLeft = Math.round(room.steps + (room.steps + 50) / GAME.speed);
  past = [];
  route = [];
  rest = 0;
  asked = 0;
  solved = 0;
}

const aim = () => Math.min(5 + game.level * 3, 50);
const spot = (at) => middle(at % room.wide, Math.floor(at / room.wide));
const focus = () => slidTo(hero);
const buttons = () => [['Undo', undo, 0.16], ['Start over', again, 0.82]].map(([text, act, x]) => ({ text, act, x: field.w * x, y: field.h - 34 }));

/* ---- Making a room ---- */

// A walk with a broad or a narrow brush.
function dig() {
  const long = clamp(Math.round((6.6 + game.level * 0.4) * GAME.size), 6, 11), short = clamp(Math.round((5.8 + game.level * 0.25) * GAME.size), 6, 8);
  const wide = field.w > field.h ? long + 1 : short, high = field.w > field.h ? short : long + 1;
  const floor = new Array(wide * high).fill(false), wanted = (wide - 2) * (high - 2) * 0.62;
  let x = Math.floor(wide / 2) - 1, y = Math.floor(high / 2) - 1;
  while (floor.filter(Boolean).length < wanted) {
    const brush = dice() < 0.6 ? [0, 1, wide, wide + 1] : [0];
    for (const by of brush) floor[x + y * wide + by] = true;
    const [dx, dy] = Object.values(WAYS)[Math.floor(dice() * 4)];
    x = clamp(x + dx, 1, wide - 3);
    y = clamp(y + dy, 1, high - 3);
  }
  const free = shuffle(floor.map((isOpen, at) => (isOpen ? at : -1)).filter((at) => at >= 0), dice);
  const count = clamp(Math.round((1.5 + game.level * 0.4) * GAME.crowd), 1, 6);
  // It shall fill the board.
  if (![1, wide - 2].every((x) => free.some((at) => at % wide === x)) || ![1, high - 2].every((y) => free.some((at) => Math.floor(at / wide) === y))) return dig();
  return { wide, high, floor, free, marks: free.slice(0, count), by: [-1, 1, -wide, wide] };
}

// The number of steps to every cell that can be walked to.
function reach(plan, taken, start) {
  const far = { [start]: 0 }, todo = [start];
  for (const at of todo) for (const by of plan.by) if (plan.floor[at + by] && far[at + by] === undefined && !taken.includes(at + by)) { far[at + by] = far[at] + 1; todo.push(at + by); }
  return far;
}

// Pulls the crates off their marks, and takes whatever needs the most pulls.
function unsolve(plan) {
  const seen = new Set();
  let best = null, wave = plan.free.slice(plan.marks.length).map((at) => ({ crates: plan.marks, at, pulls: 0, steps: 0 }));
  for (let depth = 0; depth <= aim() && wave.length; depth += 1) {
    const next = [];
    for (const one of shuffle(wave, dice)) {
      if (next.length > 300) break;
      const far = reach(plan, one.crates, one.at), key = [...one.crates].sort((a, b) => a - b) + ':' + Object.keys(far)[0];
      if (seen.has(key)) continue;
      seen.add(key);
      if (depth && (!best || depth > best.pulls) && !one.crates.some((at) => plan.marks.includes(at))) best = one;
      for (const crate of one.crates) for (const by of plan.by) {
        const stand = crate + by, to = stand + by;
        if (far[stand] === undefined || !plan.floor[to] || one.crates.includes(to)) continue;
        next.push({ crates: one.crates.map((at) => (at === crate ? stand : at)), at: to, pulls: depth + 1, steps: one.steps + far[stand] + 1 });
      }
    }
    wave = next;
  }
  return best && { ...plan, ...best };
}

/* ---- Playing ---- */

function update(dt) {
  for (const one of [hero, ...crates]) one.slid = Math.min(1, one.slid + dt * 10);
  rest -= dt;
  asked -= dt;
  if (solved) {
    pressed.length = 0;
    if ((solved -= dt) <= 0) { levelUp(); setUp(); }
    return;
  }
  while (pressed.length && !solved && game.state === 'playing') obey(pressed.shift());
  if (rest > 0 || solved || game.state !== 'playing') return;
  const word = route.length ? route.shift() : Object.keys(WAYS).find((word) => held[word]);
  if (word) stride(word, 0.11);
}

function obey(word) {
  if (WAYS[word]) { route = []; stride(word, 0.24); }
  if (word === 'mark') undo();
  if (word === 'fire') again();
  if (word !== 'tap') return;
  const button = buttons().find((one) => Math.abs(pointer.x - one.x) < 84 && Math.abs(pointer.y - one.y) < 30);
  if (button) return button.act();
  const cell = under(pointer);
  if (isOnBoard(cell.x, cell.y)) walk(cell.x + cell.y * room.wide);
}

// To any cell that is free, or one step against the crate beside the hero.
function walk(goal) {
  const words = Object.keys(WAYS), beside = words.find((word, i) => hero.at + room.by[i] === goal);
  route = [];
  if (beside) return stride(beside, 0.11);
  const far = reach(room, crates.map((crate) => crate.at), hero.at);
  while (far[goal] > 0) {
    const i = room.by.findIndex((by) => far[goal - by] === far[goal] - 1);
    route.unshift(words[i]);
    goal -= room.by[i];
  }
}

function stride(word, pause) {
  const by = room.by[Object.keys(WAYS).indexOf(word)], to = hero.at + by, crate = crates.find((one) => one.at === to), { x, y } = spot(to);
  rest = pause;
  const isShut = (at) => !room.floor[at] || crates.some((one) => one.at === at);
  if (!room.floor[to] || (crate && isShut(to + by))) { route = []; return; }
  past.push([hero.at, ...crates.map((one) => one.at)]);
  move(hero, to);
  if (crate) {
    move(crate, to + by);
    const isHome = room.marks.includes(crate.at);
    play(isHome ? 'eat' : 'bounce');
    if (isHome) burst(spot(crate.at).x, spot(crate.at).y, COLOURS.accent, 14);
  }
  stepsLeft -= 1;
  if (crates.every((one) => room.marks.includes(one.at))) {
    solved = 0.9;
    score(40 * crates.length + 10 * game.level + stepsLeft, x, y);
    play('bonus');
  } else if (stepsLeft <= 0) lose(x, y);
}

function move(one, to) { Object.assign(one, { from: one.at, at: to, slid: 0 }); }

function undo() {
  const before = past.pop();
  route = [];
  if (!before) return;
  [hero, ...crates].forEach((one, i) => { if (one.at !== before[i]) move(one, before[i]); });
  play('hit');
}

// A life is dear, so it is asked for twice.
function again() {
  if (asked > 0) { const { x, y } = spot(hero.at); return lose(x, y); }
  asked = 2.5;
  play('hit');
}

function lose(x, y) {
  if (stumble(x, y)) place();
}

/* ---- The picture ---- */

function slidTo({ at, from, slid }) {
  const a = spot(from), b = spot(at);
  return { x: a.x + (b.x - a.x) * slid, y: a.y + (b.y - a.y) * slid };
}

function draw() {
  const size = board.size;
  still([games, game.level], drawRoom);
  for (const at of room.marks) drawMark(spot(at), size);
  for (const crate of crates) drawCrate(crate, slidTo(crate), size * 0.43);
  const { x, y } = slidTo(hero);
  glow(x, y, size * 0.75, '#ffffff', 0.5);
  sprite(GAME.hero, x, y, size * 0.4);
  drawStrip();
}

function tile(colour, x, y, half) {
  box(COLOURS.outline, x - half, y - half, half * 2, half * 2, half * 0.24);
  box(colour, x - half * 0.92, y - half * 0.92, half * 1.84, half * 1.7, half * 0.2);
  box('#ffffff33', x - half * 0.78, y - half * 0.8, half * 1.56, half * 0.2, half * 0.08);
}

function drawMark({ x, y }, size) {
  ink.globalAlpha = 0.35;
  disc(COLOURS.accent, x, y, size * 0.36);
  ink.globalAlpha = 1;
  sprite(GAME.food, x, y, size * 0.24, 0, 0.75);
  lines(COLOURS.accent, 3, Array.from({ length: 25 }, (_, i) => [x + Math.cos(i / 24 * TAU) * size * 0.36, y + Math.sin(i / 24 * TAU) * size * 0.36]));
}

// A crate in a corner will never move again: it turns red, and undoing helps.
function drawCrate({ at }, { x, y }, half) {
  const isHome = room.marks.includes(at), [left, right, up, down] = room.by.map((by) => !room.floor[at + by]);
  if (isHome) glow(x, y, half * 2, COLOURS.accent, 0.55);
  tile(isHome ? COLOURS.accent : (left || right) && (up || down) ? COLOURS.alarm : COLOURS.bricks[1], x, y, half);
  box('#00000033', x - half * 0.7, y - half * 0.6, half * 1.4, half * 1.2, half * 0.2);
  sprite(GAME.stone, x, y, half * 0.58);
}

function drawStrip() {
  for (const { text, act, x, y } of buttons()) {
    box(COLOURS.edge, x - 84, y - 24, 168, 48, 14);
    box(COLOURS.panel, x - 82, y - 22, 164, 44, 12);
    caption(asked > 0 && act === again ? 'A life? Again' : text, x, y, 19);
  }
  caption(stepsLeft + ' steps', field.w * 0.49, field.h - 34, 24, stepsLeft < 15 ? COLOURS.alarm : COLOURS.text);
}

function drawRoom() {
  const size = board.size;
  room.floor.forEach((isOpen, at) => {
    const { x, y } = spot(at), isWall = !isOpen && [-1, 0, 1].some((by) => [at - room.wide, at, at + room.wide].some((row) => room.floor[row + by]));
    if (isWall) tile(COLOURS.bricks[5], x, y, size * 0.5);
    ink.globalAlpha = (at + Math.floor(at / room.wide)) % 2 ? 0.1 : 0.16;
    if (isOpen) box(COLOURS.tint, x - size / 2, y - size / 2, size, size);
    ink.globalAlpha = 1;
  });
}
