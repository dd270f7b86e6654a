/* ---- Rows. Two put their stones by turns; who first has enough of them in a
   row wins the round. The computer looks ahead, further with each level. ---- */

const SHADE = 0.55;
const RULES = { columns: 3, rows: 3, need: 3, ahead: 9 };  //? tictactoe
const RULES = { columns: 7, rows: 6, need: 4, ahead: 5 };  //? four
const RULES = { columns: 11, rows: 11, need: 5, ahead: 2 };  //? gomoku
const ME = 1, OTHER = -1;

let cells, rows, turn, opener, wait, ended, last, wins;

function setUp() {
  layBoard(RULES.columns, RULES.rows, 20);
  rows = findRows();
  opener = OTHER;
  Object.assign(cursor, { x: Math.floor(RULES.columns / 2), y: Math.floor(RULES.rows / 2) });
  wins = { [ME]: 0, [OTHER]: 0 };
  game.wins = 0;
  newRound();
}

function newRound() {
  cells = new Array(RULES.columns * RULES.rows).fill(0);
  opener = -opener;
  turn = opener;
  wait = 0.6;
  ended = null;
  last = null;
}

// Every row that would win: the numbers of its cells.
function findRows() {
  const all = [];
  for (const [dx, dy] of [[1, 0], [0, 1], [1, 1], [1, -1]]) {
    for (let at = 0; at < RULES.columns * RULES.rows; at += 1) {
      const x = at % RULES.columns, y = Math.floor(at / RULES.columns), reach = RULES.need - 1;
      if (isOnBoard(x + dx * reach, y + dy * reach)) all.push(Array.from({ length: RULES.need }, (_, i) => at + (dx + dy * RULES.columns) * i));
    }
  }
  return all;
}

const focus = () => (pointer.isUsed ? pointer : middle(cursor.x, cursor.y));
const place = (at) => middle(at % RULES.columns, Math.floor(at / RULES.columns));
const isMine = () => turn === ME && !ended;  //? !friend
const isMine = () => !ended;  //? friend

function update(dt) {
  wait -= dt;
  if (last) last.age += dt;
  if (wait > 0 && (ended || !isMine())) pressed.length = 0;
  else if (ended) newRound();
  else if (!isMine()) put(think(), OTHER);
  else steerCursor((x, y) => isMine() && put(landing(x, y), turn));
}

// The cell that a choice comes to; undefined where there is no room.  //? !four
const landing = (x, y) => [y * RULES.columns + x].find((at) => !cells[at]);  //? !four
// Stones fall to the lowest free cell of their column.  //? four
function landing(x) {  //? four
  for (let y = RULES.rows - 1; y >= 0; y -= 1) if (!cells[y * RULES.columns + x]) return y * RULES.columns + x;  //? four
  return undefined;  //? four
}  //? four

function put(at, who) {
  if (at === undefined) return play('bounce');
  cells[at] = who;
  last = { at, age: 0 };
  play(who === ME ? 'hit' : 'shoot');
  const row = rows.find((row) => row.includes(at) && row.every((cell) => cells[cell] === who));
  turn = -who;
  wait = 0.65 / GAME.speed;
  if (row || cells.every((cell) => cell)) endRound(row, who);
}

function endRound(row, who) {
  const { x, y } = place(last.at);
  ended = { row, who };
  wait = 1.7;
  if (!row) { score(5, x, y); return play('bonus'); }
  wins[who] += 1;
  game.wins = wins[ME];
  for (const at of row) burst(place(at).x, place(at).y, who === ME ? COLOURS.hero : COLOURS.alarm, 9);
  if (wins[who] === GAME.lives) finish(who === ME ? 'The first player wins' : 'The second player wins');  //? friend
  if (game.state === 'playing') play('best');  //? friend
  if (who === OTHER) { stumble(x, y); return; }  //? !friend
  score(20 + 10 * game.level, x, y);  //? !friend
  levelUp();  //? !friend
}

/* ---- The computer ---- */

function think() {
  const moves = choices();
  // It is beatable: it overlooks things, less often from level to level.
  if (Math.random() < 0.42 / (game.level * GAME.speed)) return pick(moves);
  const ahead = Math.min(RULES.ahead, RULES.need === 3 ? 9 : 1 + game.level);
  const values = moves.map((at) => valueAfter(at, OTHER, ahead, -Infinity, Infinity) + Math.random());
  return moves[values.indexOf(Math.max(...values))];
}

function choices() {
  const free = [];
  for (let x = 0; x < RULES.columns; x += 1) if (landing(x) !== undefined) free.push(landing(x));  //? four
  for (let at = 0; at < cells.length; at += 1) if (!cells[at] && isWorth(at)) free.push(at);  //? !four
  if (!free.length) free.push(cells.indexOf(0, Math.floor(cells.length / 2)));
  // What lies in the middle is in more rows: tried first, it saves the rest.
  const far = (at) => Math.abs(at % RULES.columns - (RULES.columns - 1) / 2);
  return free.sort((a, b) => far(a) - far(b));
}

// On a large board, only cells beside a stone are worth a thought.  //? !four
function isWorth(at) {  //? !four
  if (RULES.need < 5) return true;  //? !four
  const x = at % RULES.columns, y = Math.floor(at / RULES.columns);  //? !four
  return [-1, 0, 1].some((dx) => [-1, 0, 1].some((dy) => isOnBoard(x + dx, y + dy) && cells[at + dx + dy * RULES.columns]));  //? !four
}  //? !four
// What a move is worth to the one who makes it.
function valueAfter(at, who, ahead, low, high) {
  cells[at] = who;
  const now = worth(who);
  let value = now;
  if (ahead > 1 && Math.abs(now) < 5000 && cells.includes(0)) {
    let best = -Infinity;
    for (const next of choices()) {
      best = Math.max(best, valueAfter(next, -who, ahead - 1, -high, -Math.max(low, -high)));
      if (-best <= low) break;
    }
    value = -best * 0.98;
  }
  cells[at] = 0;
  return value;
}

// A row counts for who has it alone, and the more the fuller it is.
function worth(who) {
  let sum = 0;
  for (const row of rows) {
    let mine = 0, theirs = 0;
    for (const at of row) if (cells[at] === who) mine += 1; else if (cells[at]) theirs += 1;
    if (mine === RULES.need) return 9000;
    if (mine && !theirs) sum += 4 ** mine;
    if (theirs && !mine) sum -= 4 ** theirs * 1.4;
  }
  return sum;
}

/* ---- The picture ---- */

function draw() {
  const half = board.size * 0.5, round = RULES.need === 3 ? 0.16 : 0.1;
  box(COLOURS.outline, board.x - 8, board.y - 8, board.size * RULES.columns + 16, board.size * RULES.rows + 16, 18);
  cells.forEach((who, at) => {
    const { x, y } = place(at), isShaded = (at % RULES.columns + Math.floor(at / RULES.columns)) % 2;
    ink.globalAlpha = isShaded ? 0.2 : 0.13;
    box(COLOURS.tint, x - half * 0.95, y - half * 0.95, half * 1.9, half * 1.9, board.size * round);
    ink.globalAlpha = 1;
    if (who) stone(at, who, x, y, half * 0.78);
  });
  if (!ended) drawCursor();
  if (ended?.row) lines(ended.who === ME ? COLOURS.hero : COLOURS.alarm, board.size * 0.09, ended.row.map((at) => [place(at).x, place(at).y]));
  if (!isMine() && !ended && game.state === 'playing') caption('…', field.w / 2, field.h - 12, 26, COLOURS.dim);
  if (ended && !ended.row) caption('A draw', field.w / 2, field.h / 2, 54, COLOURS.accent);
}

function stone(at, who, x, y, r) {
  const isNew = last?.at === at, grown = isNew ? Math.min(1, last.age * 7) : 1;
  if (isNew) y = Math.min(y, board.y + last.age * last.age * 2600 + r);  //? four
  const isDim = ended?.row && !ended.row.includes(at);
  disc(COLOURS.outline, x, y + r * 0.06, r * grown * 1.05);
  disc(who === ME ? COLOURS.hero : COLOURS.alarm, x, y, r * grown);
  disc('#00000055', x, y, r * grown * 0.84);
  sprite(who === ME ? GAME.hero : GAME.foe[0], x, y, r * grown * 0.68, 0, isDim ? 0.4 : 1);
}
