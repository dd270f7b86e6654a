/* ---- Match three. Two neighbours change places if that makes a row of three;
   what is above falls down. A level wants so many of some faces in so many moves. ---- */

const SHADE = 0.55;
const WAYS = { left: [-1, 0], right: [1, 0], up: [0, -1], down: [0, 1] };

let faces, grid, wanted, movesLeft, combo, tried, chosen, grip, idle, hint, isMoved, dice;
let rounds = 0;

function setUp() {
  dice = seeded(GAME.seed * 31 + (rounds += 1) * 57);
  const long = clamp(Math.round(9 * GAME.size), 7, 11), short = clamp(Math.round(7 * GAME.size), 6, 9), isWide = field.w > field.h;
  layBoard(isWide ? long : short, isWide ? short : long, 10, 70);
  const all = [...new Set([GAME.food, GAME.treat, GAME.ball, GAME.gift, GAME.foe[0], GAME.hero])];
  faces = all.slice(0, game.level < 4 ? 5 : 6);  //? !count
  faces = all.slice(0, GAME.count);  //? count
  grid = [];
  for (let y = 0; y < board.rows; y += 1) for (let x = 0; x < board.columns; x += 1) {
    const one = newGem(x, y);
    grid.push(one);
    while (runThrough(x, y)) one.face = roll();
  }
  const count = Math.min(Math.round(10 + game.level * 1.5), 20);
  wanted = shuffle([...faces.keys()], dice).slice(0, game.level < 3 ? 2 : 3).map((face) => ({ face, left: count }));
  movesLeft = Math.max(10, Math.round((game.level < 3 ? 17 : 21) / Math.sqrt(GAME.speed)));
  tried = chosen = grip = hint = null;
  combo = idle = 0;
  isMoved = true;
}

const roll = () => Math.floor(dice() * faces.length);
const newGem = (x, y) => ({ x, y, atX: x, atY: y, speed: 0, face: roll(), isStar: false, gone: 0 });
const gem = (x, y) => (isOnBoard(x, y) ? grid[x + y * board.columns] : undefined);
const isSettled = () => grid.every((one) => one.atX === one.x && one.atY === one.y);
const focus = () => (pointer.isUsed ? pointer : middle(cursor.x, cursor.y));

/* ---- Rows of three ---- */

function runFrom(x, y, dx, dy) {
  const run = [], face = gem(x, y).face;
  for (let one = gem(x, y); one?.face === face; one = gem(x += dx, y += dy)) run.push(one);
  return run;
}

function runThrough(x, y) {
  return runFrom(x, y, -1, 0).length + runFrom(x, y, 1, 0).length > 3 || runFrom(x, y, 0, -1).length + runFrom(x, y, 0, 1).length > 3;
}

function allRuns() {
  const runs = [];
  for (const one of grid) for (const [dx, dy] of [[1, 0], [0, 1]]) {
    if (gem(one.x - dx, one.y - dy)?.face === one.face) continue;
    const run = runFrom(one.x, one.y, dx, dy);
    if (run.length > 2) runs.push(run);
  }
  return runs;
}

function exchange(a, b) {
  [a.x, a.y, b.x, b.y] = [b.x, b.y, a.x, a.y];
  for (const one of [a, b]) { grid[one.x + one.y * board.columns] = one; one.speed = 0; }
}

// A pair whose exchange makes a row, if there is one.
function findMove() {
  for (const a of [...grid]) for (const b of [gem(a.x + 1, a.y), gem(a.x, a.y + 1)]) {
    if (!b) continue;
    exchange(a, b);
    const isGood = runThrough(a.x, a.y) || runThrough(b.x, b.y);
    exchange(a, b);
    if (isGood) return [a, b];
  }
  return null;
}

/* ---- Playing ---- */

function update(dt) {
  idle += dt;
  for (const one of grid) glide(one, dt);
  if (grid.some((one) => one.gone)) {
    for (const one of grid) if (one.gone) one.gone += dt * 5;
    if (grid.some((one) => one.gone > 1)) drop();
  } else if (isSettled()) {
    think();
    if (game.state === 'playing' && isSettled()) return control();
  }
  pressed.length = 0;
}

function glide(one, dt) {
  one.atX += clamp(one.x - one.atX, -dt * 8, dt * 8);
  one.speed = one.atY === one.y ? 0 : one.speed + dt * 32;
  one.atY += clamp(one.y - one.atY, -dt * 8, dt * Math.max(8, one.speed));
}

function think() {
  const runs = allRuns();
  if (tried) {
    if (runs.length) { movesLeft -= 1; isMoved = true; } else { exchange(...tried); play('hit'); }
    if (runs.length === 0) { tried = null; return; }
  }
  if (runs.length) return clear(runs);
  combo = 0;
  if (!isMoved) return;
  isMoved = false;
  const x = field.w / 2, y = field.h / 2;
  if (wanted.every((one) => one.left === 0)) {
    score(50 * game.level + movesLeft * 10, x, y);
    levelUp();
    return setUp();
  }
  if (movesLeft <= 0) { if (stumble(x, y)) setUp(); return; }
  hint = findMove();
  if (!hint) mix();
}

function clear(runs) {
  const going = new Set(runs.flat());
  for (const run of runs) {
    const star = run.find((one) => tried?.includes(one)) || run[1];
    // Four leave a star behind, which takes its whole row and column with it.
    if (run.length > 3 && !star.isStar && runs.filter((other) => other.includes(star)).length === 1) { star.isStar = true; going.delete(star); play('power'); }
  }
  // A set grows while it is walked, so one star sets off the next.
  for (const one of going) if (one.isStar) for (const other of grid) if (other.x === one.x || other.y === one.y) going.add(other);
  combo += 1;
  tried = null;
  for (const one of going) {
    one.gone = 0.01;
    const { x, y } = middle(one.x, one.y), goal = wanted.find((other) => other.face === one.face);
    burst(x, y, COLOURS.bricks[one.face], 5);
    if (goal) goal.left = Math.max(0, goal.left - 1);
  }
  const { x, y } = middle(runs[0][1].x, runs[0][1].y);
  score(going.size * 5 * combo, x, y);
  play(combo > 1 || going.size > 5 ? 'bonus' : 'eat');
  isMoved = true;
}

function drop() {
  for (let x = 0; x < board.columns; x += 1) {
    const stay = grid.filter((one) => one.x === x && !one.gone), fresh = board.rows - stay.length;
    stay.forEach((one, i) => { one.y = fresh + i; });
    const added = Array.from({ length: fresh }, (_, y) => Object.assign(newGem(x, y), { atY: y - fresh - 0.5 }));
    for (const one of [...added, ...stay]) grid[x + one.y * board.columns] = one;
  }
}

// No move is left: all change places until there is one.
function mix() {
  labels.push({ x: field.w / 2, y: field.h / 2, text: 'Shuffle!', age: -0.5, big: true });
  play('jump');
  for (let tries = 0; !hint; tries += 1) {
    for (const one of grid) {
      exchange(one, grid[Math.floor(dice() * grid.length)]);
      if (tries > 60) one.face = roll();
    }
    if (!allRuns().length) hint = findMove();
  }
}

/* ---- Steering: pick one up and name a direction, or drag, or tap two ---- */

function control() {
  while (pressed.length && !tried) {
    const way = WAYS[pressed[0]], held = swipe ? grip : chosen;
    if (way && held) {
      pressed.shift();
      attempt(held, gem(held.x + way[0], held.y + way[1]));
    } else {
      const later = pressed.splice(1);
      steerCursor(choose);
      pressed.push(...later);
    }
  }
}

function choose(x, y) {
  const one = gem(x, y);
  grip = one;
  play('bounce');
  if (chosen && Math.abs(one.x - chosen.x) + Math.abs(one.y - chosen.y) === 1) return attempt(chosen, one);
  chosen = chosen === one ? null : one;
}

function attempt(one, other) {
  chosen = grip = null;
  idle = 0;
  if (!other) return;
  exchange(one, other);
  tried = [one, other];
  Object.assign(cursor, { x: one.x, y: one.y });
  play('shoot');
}

/* ---- The picture ---- */

function draw() {
  const size = board.size;
  ink.globalAlpha = 0.12;
  box(COLOURS.tint, board.x - 6, board.y - 6, size * board.columns + 12, size * board.rows + 12, 14);
  ink.globalAlpha = 1;
  ink.save();
  ink.beginPath();
  ink.rect(0, board.y - 6, field.w, size * board.rows + 12);
  ink.clip();
  for (const one of grid) drawGem(one, size);
  ink.restore();
  drawCursor();
  drawStrip();
}

function drawGem(one, size) {
  const isHinted = idle > 7 && hint?.includes(one), half = size * 0.46 * (1 - one.gone * 0.9) * (isHinted ? 1 + Math.sin(clock * 8) * 0.08 : 1);
  if (half < 1 || one.atY < -1) return;
  const { x, y } = middle(one.atX, one.atY);
  if (one === chosen) box(COLOURS.accent, x - size / 2, y - size / 2, size, size, size * 0.22);
  drawFace(one.face, x, y, half);
  if (!one.isStar) return;
  const ring = half * (0.82 + Math.sin(clock * 5) * 0.06);
  lines('#ffffff', 3, [[x, y - ring], [x + ring, y], [x, y + ring], [x - ring, y], [x, y - ring]]);
}

function drawFace(face, x, y, half) {
  box(COLOURS.bricks[face], x - half, y - half, half * 2, half * 2, half * 0.36);
  sprite(faces[face], x, y, half * 0.66);
}

function drawStrip() {
  const y = field.h - 38, gap = 128, left = field.w / 2 - (wanted.length + 1) * gap / 2 + 30;
  wanted.forEach((one, i) => {
    drawFace(one.face, left + i * gap, y, 24);
    caption(one.left ? String(one.left) : '✓', left + i * gap + 48, y, 28, one.left ? COLOURS.text : COLOURS.accent);
  });
  caption(movesLeft + (movesLeft === 1 ? ' move' : ' moves'), left + wanted.length * gap + 44, y, 26, movesLeft < 4 ? COLOURS.alarm : COLOURS.text);
}
