/* ---- Merge tiles. Every push slides all tiles as far as they go; two alike
   become one that is worth both. No room left costs a life. ---- */

const SHADE = 0.7;

let tiles, goal;

function setUp() {
  const side = GAME.size > 1.1 ? 5 : 4;
  layBoard(side, side, 26);
  tiles = [{ x: 1, y: 1, fromX: 1, fromY: 1, value: 2, age: 0, slid: 1 }];
  goal = 64;
  add();
}

const at = (x, y) => tiles.find((tile) => tile.x === x && tile.y === y && !tile.isGone);
const focus = () => ({ x: field.w / 2, y: field.h / 2 });

function add() {
  const free = [];
  for (let x = 0; x < board.columns; x += 1) for (let y = 0; y < board.rows; y += 1) if (!at(x, y)) free.push([x, y]);
  if (!free.length) return;
  const [x, y] = pick(free);
  tiles.push({ x, y, fromX: x, fromY: y, value: Math.random() < 0.9 ? 2 : 4, age: -0.08, slid: 1 });
}

function update(dt) {
  for (const tile of tiles) { tile.age += dt; tile.slid = Math.min(1, tile.slid + dt * 9); }
  keep(tiles, (tile) => !tile.isGone || tile.slid < 1);
  while (pressed.length) {
    const way = { left: [-1, 0], right: [1, 0], up: [0, -1], down: [0, 1] }[pressed.shift()];
    if (way) push(way);
  }
}

function push([dx, dy]) {
  keep(tiles, (tile) => !tile.isGone);
  let isMoved = false;
  for (const tile of tiles) Object.assign(tile, { fromX: tile.x, fromY: tile.y, slid: 0, isFresh: false });
  // Those nearest to the wall go first.
  for (const tile of [...tiles].sort((a, b) => (b.x - a.x) * dx + (b.y - a.y) * dy)) {
    while (isOnBoard(tile.x + dx, tile.y + dy)) {
      const other = at(tile.x + dx, tile.y + dy);
      if (other && (other.value !== tile.value || other.isFresh)) break;
      tile.x += dx;
      tile.y += dy;
      isMoved = true;
      if (other) { melt(tile, other); break; }
    }
  }
  if (!isMoved) return;
  add();
  play('bounce');
  if (!canMove()) stuck();
}

function melt(tile, other) {
  other.isGone = true;
  tile.isFresh = true;
  tile.value *= 2;
  tile.age = 0;
  const { x, y } = middle(tile.x, tile.y);
  score(tile.value, x, y);
  burst(x, y, colourOf(tile), 8);
  play('eat');
  if (tile.value < goal) return;
  goal *= 2;
  levelUp();
  grant('double', x, y);  //? powers
}

function canMove() {
  const count = tiles.filter((tile) => !tile.isGone).length;
  if (count < board.columns * board.rows) return true;
  return tiles.some((tile) => !tile.isGone && [[1, 0], [0, 1]].some(([dx, dy]) => at(tile.x + dx, tile.y + dy)?.value === tile.value));
}

// A life sweeps the smaller half of the tiles away.
function stuck() {
  game.safe = 0;
  if (!hurt(field.w / 2, field.h / 2)) return;
  const small = tiles.filter((tile) => !tile.isGone).sort((a, b) => a.value - b.value);
  for (const tile of small.slice(0, small.length / 2)) { const { x, y } = middle(tile.x, tile.y); burst(x, y, colourOf(tile), 8); tile.isGone = true; }
}

const power = (tile) => Math.log2(tile.value) - 1;
const colourOf = (tile) => COLOURS.bricks[power(tile) % 6];

function draw() {
  const { size } = board;
  for (let x = 0; x < board.columns; x += 1) for (let y = 0; y < board.rows; y += 1) {
    const { x: px, y: py } = middle(x, y);
    ink.globalAlpha = 0.12;
    box(COLOURS.tint, px - size * 0.46, py - size * 0.46, size * 0.92, size * 0.92, size * 0.12);
  }
  ink.globalAlpha = 1;
  for (const tile of [...tiles].sort((a, b) => a.age < b.age ? 1 : -1)) drawTile(tile, size);
}

// Each power of two has a picture of its own besides its number.
function drawTile(tile, size) {
  if (tile.age < 0) return;
  const part = isCalm ? 1 : tile.slid, { x, y } = middle(tile.fromX + (tile.x - tile.fromX) * part, tile.fromY + (tile.y - tile.fromY) * part);
  const grown = isCalm || tile.age > 0.2 ? 1 : 1 + Math.sin(tile.age / 0.2 * Math.PI) * 0.12, half = size * 0.46 * grown;
  const faces = [GAME.food, GAME.treat, GAME.foe[0], GAME.hero, GAME.ball, GAME.stone, GAME.gift, GAME.foe[GAME.foe.length - 1]];
  box(COLOURS.outline, x - half, y - half, half * 2, half * 2, size * 0.12);
  box(colourOf(tile), x - half * 0.95, y - half * 0.95, half * 1.9, half * 1.84, size * 0.11);
  box('#ffffff38', x - half * 0.85, y - half * 0.88, half * 1.7, half * 0.28, size * 0.06);
  sprite(faces[power(tile) % 8], x, y - half * 0.16, half * 0.52);
  caption(String(tile.value), x, y + half * 0.66, half * 0.46, '#ffffff');
}
