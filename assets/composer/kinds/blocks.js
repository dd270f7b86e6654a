/* ---- Falling blocks. Seven shapes of four cells; a full row disappears, and
   four at once are worth far more than four times one. ---- */

const SHADE = 0.72;
const SHAPES = ['....####........', '##..##..', '.#.###...', '.####....', '##..##...', '#..###...', '..####...'];

let grid, piece, next, bag, drop, cleared, nudge;

function setUp() {
  layBoard(10, 18, 10);
  board.x = Math.min(board.x, field.w - board.size * 10 - 130 > 0 ? board.x : 12);
  grid = Array.from({ length: 18 }, () => Array(10).fill(null));
  bag = [];
  cleared = 0;
  next = deal();
  spawn();
}

// Every shape comes once before any comes again.
function deal() {
  if (!bag.length) bag = shuffle([0, 1, 2, 3, 4, 5, 6]);
  const kind = bag.pop(), text = SHAPES[kind], wide = kind === 0 ? 4 : kind === 1 ? 4 : 3;
  const rows = text.match(new RegExp('.{' + wide + '}', 'g')).map((row) => [...row].map((dot) => dot === '#'));
  return { kind, cells: kind === 1 ? [[true, true], [true, true]] : rows };
}

const eachCell = (one, act) => one.cells.forEach((row, y) => row.forEach((isSet, x) => isSet && act(one.x + x, one.y + y)));
function fits(one) {
  let isFree = true;
  eachCell(one, (x, y) => { if (x < 0 || x > 9 || y > 17 || (y >= 0 && grid[y][x])) isFree = false; });
  return isFree;
}

function spawn() {
  piece = { ...next, x: Math.floor((10 - next.cells[0].length) / 2), y: next.kind === 0 ? -1 : 0 };
  next = deal();
  drop = 0;
  if (fits(piece)) return;
  // The heap has reached the top: a life clears the upper half.
  if (!stumble(field.w / 2, 60)) return;
  for (let y = 0; y < 10; y += 1) grid[y].fill(null);
}

const focus = () => middle(piece.x + 1, piece.y + 1);

function move(dx, dy) {
  const moved = { ...piece, x: piece.x + dx, y: piece.y + dy };
  if (fits(moved)) piece = moved;
  return piece === moved;
}

function turn() {
  const cells = piece.cells[0].map((_, x) => piece.cells.map((row) => row[x]).reverse());
  for (const dx of [0, -1, 1, -2, 2]) {
    const turned = { ...piece, cells, x: piece.x + dx };
    if (fits(turned)) { piece = turned; play('bounce'); return; }
  }
}

function update(dt) {
  while (pressed.length) {
    const word = pressed.shift();
    if (word === 'left') move(-1, 0);
    if (word === 'right') move(1, 0);
    if (word === 'up' || word === 'tap') turn();
    if (word === 'fire') { while (move(0, 1)) score(1); land(); return; }
    if (word === 'down' && swipe) drop = 1;
    nudge = 0.18;
  }
  // A key that is held repeats, and the mouse pulls the piece along.
  nudge -= dt;
  if (nudge < 0 && (held.left || held.right)) { nudge = 0.06; move(held.left ? -1 : 1, 0); }
  drop += dt * (held.down ? 18 : (1.1 + game.level * 0.35) * GAME.speed);
  if (drop < 1) return;
  drop = 0;
  if (!move(0, 1)) land();
}

function land() {
  eachCell(piece, (x, y) => { if (y >= 0) grid[y][x] = piece.kind + 1; });
  play('hit');
  const full = grid.map((row, y) => (row.every(Boolean) ? y : -1)).filter((y) => y >= 0);
  for (const y of full) {
    for (let x = 0; x < 10; x += 1) { const at = middle(x, y); burst(at.x, at.y, COLOURS.bricks[(grid[y][x] - 1) % 6], 5); }
    grid.splice(y, 1);
    grid.unshift(Array(10).fill(null));
  }
  if (full.length) {
    const at = middle(4.5, full[0]);
    score([0, 40, 100, 300, 1200][full.length] * game.level, at.x, at.y);
    play(full.length > 1 ? 'bonus' : 'eat');
    cleared += full.length;
    if (cleared >= game.level * 8) levelUp();
    if (full.length > 1) grant(pick(GAME.powers), at.x, at.y);  //? powers
  }
  spawn();
}

function draw() {
  const { size } = board, top = middle(0, 0), wide = size * 10;
  box(COLOURS.outline + '44', top.x - size / 2, top.y - size / 2, wide, size * 18, 6);
  for (let x = 0; x < 10; x += 2) { ink.globalAlpha = 0.05; box(COLOURS.tint, board.x + x * size, board.y, size, size * 18); }
  ink.globalAlpha = 1;
  grid.forEach((row, y) => row.forEach((kind, x) => kind && drawCell(middle(x, y), kind - 1, size)));
  const shadow = { ...piece };
  while (fits({ ...shadow, y: shadow.y + 1 })) shadow.y += 1;
  ink.globalAlpha = 0.22;
  eachCell(shadow, (x, y) => drawCell(middle(x, y), piece.kind, size));
  ink.globalAlpha = 1;
  eachCell(piece, (x, y) => y >= 0 && drawCell(middle(x, y), piece.kind, size));
  const side = board.x + wide + 66;
  if (side > field.w - 40) return;
  caption('Next', side, 60, 20, COLOURS.text);
  eachCell({ ...next, x: 0, y: 0 }, (x, y) => drawCell({ x: side + (x - next.cells[0].length / 2 + 0.5) * 26, y: 104 + y * 26 }, next.kind, 26));
  sprite(GAME.hero, side, field.h - 70, 38);
  if (board.x > 90) sprite(GAME.foe[0], board.x / 2, field.h - 70, 38);
}

function drawCell({ x, y }, kind, size) {
  box(COLOURS.outline, x - size / 2, y - size / 2, size, size, size * 0.2);
  box(COLOURS.bricks[kind % 6], x - size * 0.46, y - size * 0.46, size * 0.92, size * 0.92, size * 0.18);
  box('#ffffff44', x - size * 0.36, y - size * 0.38, size * 0.72, size * 0.2, size * 0.1);
  if (kind === 6) disc('#ffffff66', x, y + size * 0.08, size * 0.16);
}
