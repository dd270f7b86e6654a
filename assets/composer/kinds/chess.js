/* ---- Chess. 64 numbers: the kinds of the pieces, negative for Black. The
   computer weighs one move in each frame, so the picture never waits. ---- */

const SHADE = 0.6;
const ALL = [[1, 0], [-1, 0], [0, 1], [0, -1], [1, 1], [1, -1], [-1, 1], [-1, -1]];
const LEAPS = [[1, 2], [2, 1], [2, -1], [1, -2], [-1, -2], [-2, -1], [-2, 1], [-1, 2]];
const STEPS = [[], [], LEAPS, ALL.slice(4), ALL.slice(0, 4), ALL, ALL];
const VALUES = [0, 100, 320, 330, 500, 900, 0];
const MATE = 30000;

let now, past, moves, chosen, isDragged, last, thought, ended, asked;

function setUp() {
  layBoard(8, 8, 12, 60);
  const cells = new Int8Array(64);
  [4, 2, 3, 5, 6, 3, 2, 4].forEach((kind, x) => { cells[x] = -kind; cells[x + 8] = -1; cells[x + 48] = 1; cells[x + 56] = kind; });
  now = { cells, side: 1, touched: 0, passing: -1, quiet: 0 };
  past = [];
  last = ended = null;
  asked = 0;
  think();
}

const focus = () => (pointer.isUsed ? pointer : middle(cursor.x, cursor.y));
const spot = (at) => middle(at % 8, at >> 3);
const buttons = () => [['Take back', takeBack, 0.28], ['Resign', resign, 0.72]].map(([text, act, x]) => ({ text, act, x: field.w * x, y: field.h - 36 }));

/* ---- The rules ---- */

// What moved on the back rows can no longer castle.
const bit = (at) => (at % 56 < 8 ? 1 << at : 0);

function isAttacked(old, at, side) {
  const cells = old.slice();
  cells[at] = -6 * side;
  return allMoves({ cells, side, touched: -1, passing: -1 }).some(({ to }) => to === at);
}

// Even those that leave the king in check.
function allMoves({ cells, side, touched, passing }) {
  const list = [];
  for (let from = 0; from < 64; from += 1) {
    const kind = cells[from] * side, x = from % 8, y = from >> 3, ahead = from - 8 * side, add = (to) => list.push({ from, to });
    if (kind === 1) {
      for (const dx of [-1, 1]) if (isOnBoard(x + dx, y) && (cells[ahead + dx] * side < 0 || ahead + dx === passing)) add(ahead + dx);
      if (cells[ahead]) continue;
      add(ahead);
      if (y === (side > 0 ? 6 : 1) && !cells[ahead - 8 * side]) add(ahead - 8 * side);
    } else if (kind > 1) {
      for (const [dx, dy] of STEPS[kind]) for (let tx = x + dx, ty = y + dy; isOnBoard(tx, ty); tx += dx, ty += dy) {
        const there = cells[tx + ty * 8];
        if (there * side <= 0) add(tx + ty * 8);
        if (there || kind === 2 || kind === 6) break;
      }
      if (kind === 6 && from === (side > 0 ? 60 : 4)) for (const [way, corner, a, b] of [[1, 3, 1, 3], [-1, -4, -3, 0]]) {
        if (!(touched & (bit(from) | bit(from + corner))) && !cells.slice(from + a, from + b).some(Boolean) && ![0, way].some((by) => isAttacked(cells, from + by, -side))) add(from + 2 * way);
      }
    }
  }
  return list;
}

function after({ cells: old, side, touched, passing, quiet }, { from, to }) {
  const cells = old.slice(), kind = cells[from] * side;
  const next = { cells, side: -side, touched: touched | bit(from) | bit(to), passing: -1, quiet: kind === 1 || cells[to] ? 0 : quiet + 1 };
  cells[to] = cells[from];
  cells[from] = 0;
  if (kind === 1) {
    if (to === passing) cells[to + 8 * side] = 0;
    if (Math.abs(to - from) === 16) next.passing = (from + to) / 2;
    if (to < 8 || to > 55) cells[to] = 5 * side;
  }
  if (kind === 6 && Math.abs(to - from) === 2) {
    const rook = to > from ? from + 3 : from - 4;
    cells[(from + to) / 2] = cells[rook];
    cells[rook] = 0;
  }
  return next;
}

const isInCheck = ({ cells }, side) => isAttacked(cells, cells.indexOf(6 * side), -side);

/* ---- The computer ---- */

function balance({ cells, side }) {
  let sum = 0;
  cells.forEach((kind, at) => {
    const way = Math.sign(kind), man = kind * way, y = at >> 3, up = way > 0 ? 7 - y : y, inner = 3.5 - Math.max(Math.abs(at % 8 - 3.5), Math.abs(y - 3.5));
    sum += way * (VALUES[man] + inner * [0, 7, 10, 10, 1, 2, -9][man] + (man === 1 ? up * up * 1.5 : 0));
  });
  return sum * side;
}

// For the one who moves; beyond the depth only captures are followed.
function worth(position, depth, low, high) {
  const { cells, side } = position, gain = ({ from, to }) => VALUES[Math.abs(cells[to])] * 10 - VALUES[Math.abs(cells[from])];
  let list = allMoves(position), best = -Infinity;
  if (list.some(({ to }) => cells[to] === -6 * side)) return MATE + depth;
  if (depth <= 0) {
    best = balance(position);
    if (best >= high || depth < -2) return best;
    list = list.filter(({ to }) => cells[to]);
  }
  for (const move of list.sort((a, b) => gain(b) - gain(a))) {
    best = Math.max(best, -worth(after(position, move), depth - 1, -high, -Math.max(low, best)));
    if (best >= high) break;
  }
  // No way to save the king: a mate only if it is attacked.
  return depth > 0 && best <= 1 - MATE - depth && !isInCheck(position, side) ? 0 : best;
}

function think() {
  moves = allMoves(now).filter((move) => !isInCheck(after(now, move), now.side));
  chosen = null;
  thought = { todo: [...moves], best: -Infinity, move: moves[0] };
}

function ponder() {
  const move = thought.todo.shift(), slip = 110 / (game.level * GAME.speed), depth = game.level * GAME.speed < 1.9 ? 1 : 2;
  const value = -worth(after(now, move), depth, -Infinity, slip - thought.best) + between(0, slip);
  if (value > thought.best) Object.assign(thought, { best: value, move });
}

/* ---- Playing ---- */

function update(dt) {
  asked -= dt;
  if (last) last.age += dt;
  if (ended) {
    pressed.length = 0;
    if ((ended.left -= dt) < 0) { if (ended.isLast) finish(ended.text); else setUp(); }
  } else if (now.side > 0) {  //? !friend
  } else if (now.side) {  //? friend
    if (pressed.includes('tap')) buttons().find((one) => Math.abs(pointer.x - one.x) < 80 && Math.abs(pointer.y - one.y) < 25)?.act();
    steerCursor(choose, takeBack);
    const { x, y } = under(pointer);
    if (isDragged && !swipe && isOnBoard(x, y) && goal(x + y * 8)) choose(x, y);
    isDragged = swipe;
  } else {
    pressed.length = 0;
    if (thought.todo.length) ponder(); else if (last.age > 0.7) put(thought.move);
  }
}

const goal = (at) => moves.find(({ from, to }) => from === chosen && to === at);

function choose(x, y) {
  const at = x + y * 8, move = goal(at);
  if (move) put(move); else chosen = at !== chosen && now.cells[at] * now.side > 0 ? at : null;
}

function put(move) {
  const { x, y } = spot(move.to), taken = Math.abs(now.cells[move.to]), who = now.side;
  past.push(now);
  now = after(now, move);
  last = { ...move, age: 0 };
  if (taken) burst(x, y, COLOURS.accent, 18);
  if (taken && who > 0) score(VALUES[taken] / 10, x, y);
  play(taken ? 'boom' : 'hit');
  think();
  if (!moves.length) conclude(isInCheck(now, now.side) ? who : 0); else if (now.quiet > 99 || now.cells.filter(Boolean).length < 3) conclude(0);
}

function conclude(winner) {
  ended = { text: winner ? 'Checkmate' : 'A draw', left: 2.4, isLast: winner < 0 };
  if (winner) ended = { text: winner > 0 ? 'White has won' : 'Black has won', left: 2.4, isLast: true };  //? friend
  if (winner >= 0) score(50 + winner * 250, field.w / 2, field.h / 2);
  if (winner > 0) levelUp();  //? !friend
}

// It costs a life; the last one cannot be spent.
function takeBack() {
  if (game.lives < 2) resign();
  if (game.lives < 2 || past.length < 2) return;
  game.lives -= 1;
  now = past.splice(-2)[0];
  last = null;
  think();
  play('steal');
}

function resign() {
  if (asked > 0) finish('You have resigned');
  asked = 2.5;
}

/* ---- The picture ---- */

function draw() {
  const size = board.size, half = size / 2;
  box(COLOURS.outline, board.x - 7, board.y - 7, size * 8 + 14, size * 8 + 14, 10);
  box(COLOURS.bricks[5], board.x, board.y, size * 8, size * 8);
  for (let at = 0; at < 64; at += 1) {
    const { x, y } = spot(at);
    box(((at >> 3) + at) % 2 ? '#00000044' : '#ffffff99', x - half, y - half, size, size);
    if ([chosen, last?.from, last?.to].includes(at)) box(COLOURS.accent + '99', x - half, y - half, size, size);
  }
  const { x, y } = spot(now.cells.indexOf(6 * now.side));
  if (isInCheck(now, now.side)) glow(x, y, size * 0.8, COLOURS.alarm, 1);
  now.cells.forEach((kind, at) => { if (kind) drawPiece(kind, at, size); });
  for (const { from, to } of moves) if (from === chosen) disc(COLOURS.accent, spot(to).x, spot(to).y, size * 0.14);
  drawCursor();
  drawStrip();
}

function drawPiece(kind, at, size) {
  const t = at === last?.to ? Math.min(1, last.age * 5) : 1, a = spot(t < 1 ? last.from : at), b = spot(at), x = a.x + (b.x - a.x) * t;
  let y = a.y + (b.y - a.y) * t;
  // \uFE0E: no emoji.
  const glyph = '♟♞♝♜♛♚'[Math.abs(kind) - 1] + '\uFE0E', isWhite = kind > 0;
  disc((isWhite ? COLOURS.hero : COLOURS.alarm) + 'aa', x, y + size * 0.3, size * 0.34, size * 0.13);
  caption(glyph, x, y, size * 0.8, isWhite ? '#fffaf0' : '#1c1626');
  ink.lineWidth = size * 0.07;
  ink.strokeStyle = isWhite ? COLOURS.outline : COLOURS.alarm;
  ink.strokeText(glyph, x, y += size * 0.288);
  ink.fillText(glyph, x, y);
}

function drawStrip() {
  glow(field.w / 2, field.h - 36, 46, COLOURS.accent, 0.6);
  for (const { text, act, x, y } of buttons()) {
    box(COLOURS.panel, x - 80, y - 24, 160, 48, 14);
    caption(act === resign && asked > 0 ? 'Really?' : text, x, y, 20);
  }
  if (ended) { box(COLOURS.panel, field.w / 2 - 170, field.h / 2 - 40, 340, 80, 20); caption(ended.text, field.w / 2, field.h / 2, 40, COLOURS.accent); }
  sprite(now.side > 0 ? GAME.hero : GAME.foe[0], field.w / 2, field.h - 36, 24);
}
