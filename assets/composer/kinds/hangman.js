/* ---- Word guess. Find the hidden word letter by letter. Each wrong letter
   bursts one of the balloons that hold the hero up. ---- */

const SHADE = 0.6;
const LETTERS = 'abcdefghijklmnopqrstuvwxyz';

let hidden, tried, balloons, solved, wait, used, drop;

function setUp() {
  solved = 0;
  used = [];
  newWord();
}

function newWord() {
  const all = GAME.words.split(' ');
  // Longer words come later, and none comes twice before all have.
  const fits = all.filter((word) => !used.includes(word) && word.length <= 4 + game.level * 2 && word.length >= Math.min(6, 2 + game.level));
  if (!fits.length) used = [];
  hidden = pick(fits.length ? fits : all);
  used.push(hidden);
  tried = [];
  balloons = Math.round(clamp(8 - game.level / 2, 5, 7));
  balloons = Math.max(3, Math.round(balloons / GAME.speed));
  wait = 0;
  drop = 0;
  layKeys();
}

// The letters to choose from, below; more rows where the field is high.
function layKeys() {
  const columns = field.w > field.h ? 13 : 7, rows = Math.ceil(26 / columns);
  layBoard(columns, rows, 16);
  const size = Math.min((field.w - 40) / columns, 76);
  Object.assign(board, { size, x: (field.w - columns * size) / 2, y: field.h - rows * size - 14 });
}

const focus = () => ({ x: field.w / 2, y: board.y * 0.55 });
const isSolved = () => [...hidden].every((one) => tried.includes(one));
const isOut = () => balloons === 0;

function update(dt) {
  if (wait > 0) {
    pressed.length = 0;
    if (isOut()) drop += dt * 900;
    if ((wait -= dt) <= 0) newWord();
    return;
  }
  steerCursor((x, y) => guess(LETTERS[y * board.columns + x]));
}

// Keys of the keyboard are letters here.
function letter(key) { if (wait <= 0) guess(key); }

function guess(one) {
  if (!one || tried.includes(one) || wait > 0) return;
  tried.push(one);
  const found = [...hidden].filter((other) => other === one).length, at = middle(LETTERS.indexOf(one) % board.columns, Math.floor(LETTERS.indexOf(one) / board.columns));
  if (found) {
    score(found * 5, at.x, at.y - 30);
    play('eat');
    if (isSolved()) solve();
    return;
  }
  balloons -= 1;
  const { x, y } = balloonAt(balloons);
  burst(x, y, COLOURS.bricks[balloons % 6], 16);
  play('boom');
  if (!isOut()) return;
  wait = 2;
  stumble(field.w / 2, board.y * 0.5);
}

function solve() {
  solved += 1;
  wait = 1.4;
  score(hidden.length * 5 + balloons * 5, field.w / 2, board.y * 0.5);
  burst(field.w / 2, board.y * 0.4, COLOURS.accent, 30);
  play('bonus');
  if (solved % 2 === 0) levelUp();
}

/* ---- The picture ---- */

const hero = () => ({ x: field.w / 2 + (isOut() ? 0 : Math.sin(clock * 1.3) * 8), y: board.y * 0.5 + drop });
function balloonAt(number) {
  const spread = (number - 3) * 42, { x, y } = hero();
  return { x: x + spread + Math.sin(clock * 1.7 + number) * 4, y: y - 108 - (number % 2) * 34 + Math.abs(spread) * 0.18 };
}

function draw() {
  const me = hero();
  for (let i = 0; i < balloons; i += 1) {
    const one = balloonAt(i);
    lines(COLOURS.dim, 1.5, [[one.x, one.y + 26], [me.x, me.y - 18]]);
    disc(COLOURS.outline, one.x, one.y, 23, 28);
    disc(COLOURS.bricks[i % 6], one.x, one.y, 20, 25);
    disc('#ffffff66', one.x - 7, one.y - 9, 5, 8, 0.5);
  }
  glow(me.x, me.y, 80, COLOURS.hero, 0.4);
  sprite(GAME.hero, me.x, me.y, 40, isOut() ? drop / 200 : Math.sin(clock * 1.3) * 0.1);
  drawWord(board.y - 46);
  [...LETTERS].forEach((one, i) => drawKey(one, middle(i % board.columns, Math.floor(i / board.columns))));
  drawCursor();
}

function drawWord(y) {
  const wide = Math.min(58, (field.w - 40) / hidden.length), left = field.w / 2 - wide * hidden.length / 2;
  [...hidden].forEach((one, i) => {
    const isKnown = tried.includes(one), x = left + wide * (i + 0.5);
    box(COLOURS.edge, x - wide * 0.42, y + 26, wide * 0.84, 5, 2);
    if (isKnown || isOut()) caption(one.toUpperCase(), x, y, wide * 0.8, isKnown ? COLOURS.text : COLOURS.alarm);
  });
}

function drawKey(one, { x, y }) {
  const half = board.size * 0.44, isTried = tried.includes(one), isRight = isTried && hidden.includes(one);
  box(COLOURS.outline, x - half, y - half, half * 2, half * 2, 9);
  if (!isTried) box(COLOURS.bricks[4], x - half + 2, y - half + 2, half * 2 - 4, half * 2 - 6, 8);
  caption(one.toUpperCase(), x, y, half, isRight ? COLOURS.accent : isTried ? COLOURS.edge : COLOURS.text);
}
