/* ---- Minesweeper. A number tells how many of the eight neighbours are mined.
   The first cell is always safe; a mine costs a life and is then known. ---- */

const SHADE = 0.66;

let cells, isLaid, timer, press;

function setUp() {
  const grown = (cells, most) => Math.round(Math.min(cells, most) * GAME.size);
  const many = grown(8 + game.level, 14), few = grown(7 + Math.floor(game.level / 2), 11);
  layBoard(field.w > field.h ? many + 2 : few, field.w > field.h ? few : many + 1, 12);
  cells = [];
  for (let y = 0; y < board.rows; y += 1) for (let x = 0; x < board.columns; x += 1) cells.push({ x, y, isMine: false, isOpen: false, isMarked: false, near: 0, age: 0 });
  isLaid = false;
  timer = 0;
  press = null;
}

const cell = (x, y) => (isOnBoard(x, y) ? cells[y * board.columns + x] : undefined);
const around = ({ x, y }) => [-1, 0, 1].flatMap((dx) => [-1, 0, 1].map((dy) => cell(x + dx, y + dy))).filter((one) => one && (one.x !== x || one.y !== y));
const focus = () => (pointer.isUsed ? pointer : middle(cursor.x, cursor.y));

// The mines are laid after the first choice, and not next to it.
function lay(first) {
  const safe = [first, ...around(first)];
  const count = GAME.count + game.level - 1;  //? count
  const count = Math.round(cells.length * clamp((0.11 + game.level * 0.012) * GAME.speed * Math.sqrt(GAME.crowd), 0.08, 0.24));  //? !count
  const free = shuffle(cells.filter((one) => !safe.includes(one)));
  for (const one of free.slice(0, count)) one.isMine = true;
  for (const one of cells) one.near = around(one).filter((other) => other.isMine).length;
  isLaid = true;
}

function update(dt) {
  timer += dt;
  for (const one of cells) if (one.isOpen) one.age += dt;
  steerCursor(choose, mark);
  // A finger has no second button: holding it marks.
  if (!swipe) { press = null; return; }
  press ??= { left: 0.45, ...under(pointer) };
  const before = press.left;
  press.left -= dt;
  const one = cell(press.x, press.y);
  if (before > 0 && press.left <= 0 && one && !one.isOpen) mark(one.x, one.y);
}

function mark(x, y) {
  const one = cell(x, y);
  if (!one || one.isOpen) return;
  one.isMarked = !one.isMarked;
  play('bounce');
}

function choose(x, y) {
  const one = cell(x, y);
  if (!one || one.isMarked) return;
  if (!isLaid) lay(one);
  // A number whose mines are all marked opens what is left around it.
  if (one.isOpen) {
    if (around(one).filter((other) => other.isMarked || (other.isMine && other.isOpen)).length === one.near) around(one).forEach((other) => !other.isMarked && reveal(other));
  } else reveal(one);
  if (game.state === 'playing' && cells.every((other) => other.isMine || other.isOpen)) {
    score(100 * game.level + Math.max(0, 120 - Math.floor(timer)), field.w / 2, field.h / 2);
    levelUp();
    setUp();
  }
}

function reveal(first) {
  const todo = [first];
  while (todo.length) {
    const one = todo.pop();
    if (one.isOpen || one.isMarked || game.state !== 'playing') continue;
    one.isOpen = true;
    const { x, y } = middle(one.x, one.y);
    if (one.isMine) { play('boom'); game.safe = 0; hurt(x, y); continue; }
    score(1 + one.near);
    if (one.near === 0) todo.push(...around(one));
  }
  play('hit');
}

function draw() {
  for (const one of cells) drawCell(one, board.size);
  drawCursor();
}

function drawCell(one, size) {
  const { x, y } = middle(one.x, one.y), half = size * 0.47;
  if (!one.isOpen) {
    box(COLOURS.outline, x - half, y - half, half * 2, half * 2, size * 0.14);
    box(COLOURS.bricks[(one.x + one.y) % 2 + 4], x - half * 0.94, y - half * 0.94, half * 1.88, half * 1.76, size * 0.12);
    box('#ffffff33', x - half * 0.8, y - half * 0.84, half * 1.6, half * 0.24, size * 0.05);
    if (one.isMarked) sprite(GAME.food, x, y, half * 0.66);
    return;
  }
  ink.globalAlpha = 0.1;
  box(COLOURS.tint, x - half, y - half, half * 2, half * 2, size * 0.1);
  ink.globalAlpha = 1;
  if (one.isMine) { glow(x, y, size * 0.8, COLOURS.alarm, 0.5); sprite(GAME.foe[0], x, y, half * 0.72); return; }
  if (one.near) caption(String(one.near), x, y, size * 0.5, [COLOURS.text, COLOURS.accent, COLOURS.alarm][Math.min(one.near, 3) - 1]);
}
