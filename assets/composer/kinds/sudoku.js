/* ---- Sudoku. Each digit once in every row, column and block. A puzzle has
   exactly one solution, so a wrong digit is wrong at once and costs a life. ---- */

const SHADE = 0.72;

let side, blockWide, blockHigh, cells, peers, pad, hints, isPadOn, spent, dice;
let rounds = 0;

function setUp() {
  dice = seeded(GAME.seed * 31 + (rounds += 1) * 57);
  // The easy one is for beginners, children and small screens.
  const isSmall = GAME.speed < 0.9 || GAME.size < 0.9;
  side = isSmall ? 6 : 9;
  blockWide = 3;
  blockHigh = side / 3;
  peers = Array.from({ length: side * side }, (_, at) => findPeers(at));
  const solution = solve(new Array(side * side).fill(0), 1)[0];
  const blanks = isSmall ? 12 + game.level * 2 : Math.round((24 + game.level * 4) * Math.min(GAME.speed, 1.4));
  const puzzle = dig(solution, Math.min(blanks, isSmall ? 24 : 54));
  cells = solution.map((digit, at) => ({ digit, isGiven: puzzle[at] > 0, isOpen: puzzle[at] > 0, age: 9, wrong: 0 }));
  hints = 3;
  spent = 0;
  isPadOn = false;
  lay();
  const first = cells.findIndex((one) => !one.isOpen);
  Object.assign(cursor, { x: first % side, y: Math.floor(first / side) });
}

// The digits lie beside the board where there is room, otherwise below it.
function lay() {
  const isWide = field.w > field.h * 1.28, columns = isWide ? 3 : side === 9 ? 5 : 4;
  const size = isWide ? Math.min(92, (field.w - 600) / 3.3) : clamp((field.h - field.w) / 2, 62, 96);
  layBoard(side, side, 14, isWide ? 0 : size * 2 + 16);
  if (isWide) board.x = Math.max(14, (field.w - board.size * side - size * 3 - 44) / 2);
  const x = isWide ? board.x + board.size * side + 30 : (field.w - columns * size) / 2;
  const y = isWide ? field.h / 2 - size * Math.ceil((side + 1) / 3) / 2 : board.y + board.size * side + 12;
  pad = Array.from({ length: side + 1 }, (_, i) => ({ x: x + (i % columns + 0.5) * size, y: y + (Math.floor(i / columns) + 0.5) * size }));
  Object.assign(pad, { columns, size, chosen: 0 });
}

const focus = () => (pointer.isUsed ? pointer : middle(cursor.x, cursor.y));
const current = () => cursor.x + cursor.y * side;
const isDone = (digit) => cells.every((one) => one.digit !== digit || one.isOpen);

/* ---- Making a puzzle ---- */

function findPeers(at) {
  const place = (one) => [one % side, Math.floor(one / side)], [x, y] = place(at), found = [];
  for (let other = 0; other < side * side; other += 1) {
    const [ox, oy] = place(other), isSameBlock = Math.floor(x / 3) === Math.floor(ox / 3) && Math.floor(y / blockHigh) === Math.floor(oy / blockHigh);
    if (other !== at && (x === ox || y === oy || isSameBlock)) found.push(other);
  }
  return found;
}

function fitting(digits, at) {
  const free = [];
  for (let digit = 1; digit <= side; digit += 1) if (!peers[at].some((other) => digits[other] === digit)) free.push(digit);
  return free;
}

// Up to so many solutions, each in an order of its own. The cell with the fewest digits comes first.
function solve(digits, most) {
  let at = -1, fewest = null;
  for (let i = 0; i < digits.length && fewest?.length !== 1; i += 1) {
    if (digits[i]) continue;
    const free = fitting(digits, i);
    if (!fewest || free.length < fewest.length) { at = i; fewest = free; }
    if (!free.length) return [];
  }
  if (at < 0) return [digits];
  const found = [];
  for (const digit of shuffle(fewest, dice)) {
    const next = [...digits];
    next[at] = digit;
    found.push(...solve(next, most - found.length));
    if (found.length >= most) break;
  }
  return found;
}

// Takes digits away as long as only one solution is left.
function dig(solution, blanks) {
  const puzzle = [...solution];
  let left = blanks;
  for (const at of shuffle([...puzzle.keys()], dice)) {
    if (left === 0) break;
    const digit = puzzle[at];
    puzzle[at] = 0;
    if (solve(puzzle, 2).length > 1) puzzle[at] = digit; else left -= 1;
  }
  return puzzle;
}

/* ---- Playing ---- */

addEventListener('keydown', (event) => {
  const digit = Number(event.key);
  if (game.state === 'playing' && !event.repeat && digit >= 1 && digit <= side) { pointer.isUsed = false; cursor.isShown = true; enter(digit); }
  if (event.key === 'h' && game.state === 'playing' && !event.repeat) help();
});

function update(dt) {
  spent += dt;
  for (const one of cells) { one.age += dt; one.wrong = Math.max(0, one.wrong - dt); }
  while (pressed.length && game.state === 'playing') obey(pressed.shift());
}

function obey(word) {
  if (word === 'mark') return help();
  if (word === 'tap') {
    const i = pad.findIndex((one) => Math.abs(pointer.x - one.x) < pad.size / 2 && Math.abs(pointer.y - one.y) < pad.size / 2), cell = under(pointer);
    if (i >= 0) return press(i);
    if (isOnBoard(cell.x, cell.y)) { Object.assign(cursor, cell); play('bounce'); }
    isPadOn = false;
    return undefined;
  }
  if (swipe) return undefined;
  cursor.isShown = true;
  if (word === 'fire') {
    if (isPadOn) { isPadOn = false; return press(pad.chosen); }
    isPadOn = !cells[current()].isOpen;
    return play('bounce');
  }
  const by = { left: [-1, 0], right: [1, 0], up: [0, -1], down: [0, 1] }[word];
  if (!by) return undefined;
  if (isPadOn) pad.chosen = (pad.chosen + by[0] + by[1] * pad.columns + pad.length) % pad.length;
  else Object.assign(cursor, { x: (cursor.x + by[0] + side) % side, y: (cursor.y + by[1] + side) % side });
  return undefined;
}

function press(i) {
  if (i === side) help(); else enter(i + 1);
}

function enter(digit) {
  const one = cells[current()], { x, y } = middle(cursor.x, cursor.y);
  isPadOn = false;
  if (one.isOpen) return;
  if (digit === one.digit) { reveal(one, x, y, 10); return; }
  one.wrong = 1.2;
  one.tried = digit;
  stumble(x, y);
}

function reveal(one, x, y, points) {
  one.isOpen = true;
  one.age = 0;
  if (points) score(points + game.level * 2, x, y);
  burst(x, y, COLOURS.accent, 10);
  play(isDone(one.digit) ? 'bonus' : 'eat');
  if (!cells.every((other) => other.isOpen)) return;
  score(100 * game.level + Math.max(0, 300 - Math.floor(spent)), field.w / 2, field.h / 2);
  levelUp();
  setUp();
}

// Opens the chosen cell, or the first that is empty; it brings no points.
function help() {
  if (hints === 0) { play('hit'); return; }
  hints -= 1;
  if (cells[current()].isOpen) {
    const at = cells.findIndex((one) => !one.isOpen);
    Object.assign(cursor, { x: at % side, y: Math.floor(at / side) });
  }
  const { x, y } = middle(cursor.x, cursor.y);
  reveal(cells[current()], x, y, 0);
}

/* ---- The picture ---- */

function draw() {
  const size = board.size, here = current(), wide = size * side, shown = cells[here];
  box(COLOURS.outline, board.x - 6, board.y - 6, wide + 12, wide + 12, 12);
  box(COLOURS.shade, board.x - 3, board.y - 3, wide + 6, wide + 6, 9);
  cells.forEach((one, at) => {
    const { x, y } = middle(at % side, Math.floor(at / side)), isSame = shown.isOpen && one.isOpen && one.digit === shown.digit;
    const isShaded = (Math.floor(at % side / 3) + Math.floor(at / side / blockHigh)) % 2;
    ink.globalAlpha = isSame ? 0.55 : peers[here].includes(at) ? 0.3 : isShaded ? 0.16 : 0.06;
    box(isSame ? COLOURS.accent : COLOURS.tint, x - size * 0.48, y - size * 0.48, size * 0.96, size * 0.96, size * 0.1);
    ink.globalAlpha = 1;
    const grown = 1 + Math.max(0, 0.3 - one.age) * 1.5;
    if (one.isOpen) caption(String(one.digit), x, y, size * 0.56 * grown, one.isGiven || isSame ? COLOURS.text : COLOURS.accent);
    else if (one.wrong > 0) caption(String(one.tried), x + Math.sin(clock * 50) * 3, y, size * 0.56, COLOURS.alarm);
  });
  for (let i = 0; i <= side; i += 1) {
    const at = i * size;
    if (i % 3 === 0) lines(COLOURS.edge, 3.5, [[board.x + at, board.y], [board.x + at, board.y + wide]]);
    if (i % blockHigh === 0) lines(COLOURS.edge, 3.5, [[board.x, board.y + at], [board.x + wide, board.y + at]]);
  }
  frameAround(middle(cursor.x, cursor.y), size, isPadOn ? COLOURS.dim : COLOURS.accent);
  pad.forEach(drawKey);
}

function frameAround({ x, y }, size, colour) {
  const half = size * 0.46;
  lines(colour, 4, [[x - half, y - half], [x + half, y - half], [x + half, y + half], [x - half, y + half], [x - half, y - half]]);
}

function drawKey(key, i) {
  const half = pad.size * 0.45, isHint = i === side, isUsedUp = isHint ? hints === 0 : isDone(i + 1);
  box(COLOURS.outline, key.x - half, key.y - half, half * 2, half * 2, half * 0.35);
  box(isHint ? COLOURS.bricks[3] : COLOURS.bricks[4], key.x - half * 0.94, key.y - half * 0.94, half * 1.88, half * 1.76, half * 0.3);
  box('#00000055', key.x - half * 0.7, key.y - half * 0.72, half * 1.4, half * 1.32, half * 0.3);
  if (isHint) caption(hints + ' ?', key.x, key.y - 2, half * 0.8, '#ffffff');
  else if (isUsedUp) sprite(GAME.food, key.x, key.y - 2, half * 0.55);
  else caption(String(i + 1), key.x, key.y - 2, half, '#ffffff');
  if (isPadOn && pad.chosen === i) frameAround(key, pad.size, COLOURS.accent);
}
