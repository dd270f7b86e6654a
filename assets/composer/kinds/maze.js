/* ---- Maze chase. The maze is dug anew for each level: a tree of tunnels
   first, then every dead end is opened, so that there is always a way out.
   Clear the maze; a treat turns the hunters into the hunted for a while. ---- */

const SHADE = 0.8;
const WAYS = { left: [-1, 0], right: [1, 0], up: [0, -1], down: [0, 1] };

let tunnels, dots, treats, hero, foes, fright, streak;
let gift;  //? powers

function setUp() {
  const wide = field.w > field.h;
  layBoard(wide ? 19 : 13, wide ? 13 : 19, 6);
  dig(seeded(GAME.seed + game.level));
  dots = new Set();
  for (const cell of tunnels) dots.add(cell);
  treats = new Set([[1, 1], [board.columns - 2, 1], [1, board.rows - 2], [board.columns - 2, board.rows - 2]].map(String));
  gift = null;  //? powers
  foes = [];
  for (let i = 0; i < clamp(GAME.foes, 1, 6) + Math.floor(game.level / 3); i += 1) foes.push({ name: GAME.foe[i % GAME.foe.length] });
  fright = 0;
  line();
}

// Everybody back to where they start.
function line() {
  const row = board.rows - 2, column = Math.floor(board.columns / 4) * 2 + 1;
  hero = walker(column, row);
  dots.delete(String([column, row]));
  foes.forEach((foe, i) => Object.assign(foe, walker(column, 1), { rest: 1 + i * 1.6 }));
  pressed.length = 0;
}
const walker = (x, y) => ({ x, y, from: [x, y], way: [0, 0], step: 0 });

const isOpen = (x, y) => tunnels.has(String([x, y]));
const exits = (x, y) => Object.values(WAYS).filter(([dx, dy]) => isOpen(x + dx, y + dy));

function dig(random) {
  const left = Math.ceil(board.columns / 2);
  tunnels = new Set(['1,1']);
  const path = [[1, 1]];
  while (path.length) {
    const [x, y] = path[path.length - 1];
    const next = Object.values(WAYS).filter(([dx, dy]) => x + dx * 2 > 0 && x + dx * 2 < left && y + dy * 2 > 0 && y + dy * 2 < board.rows && !isOpen(x + dx * 2, y + dy * 2));
    if (!next.length) { path.pop(); continue; }
    const [dx, dy] = next[Math.floor(random() * next.length)];
    for (const i of [1, 2]) tunnels.add(String([x + dx * i, y + dy * i]));
    path.push([x + dx * 2, y + dy * 2]);
  }
  for (const cell of [...tunnels]) {
    const [x, y] = cell.split(',').map(Number);
    if (exits(x, y).length > 1) continue;
    const walls = Object.values(WAYS).filter(([dx, dy]) => !isOpen(x + dx, y + dy) && x + dx * 2 > 0 && x + dx * 2 <= left && y + dy * 2 > 0 && y + dy * 2 < board.rows && isOpen(x + dx * 2, y + dy * 2));
    if (walls.length) { const [dx, dy] = walls[Math.floor(random() * walls.length)]; tunnels.add(String([x + dx, y + dy])); }
  }
  // The right half is a mirror of the left; two doors join them.
  for (const cell of [...tunnels]) { const [x, y] = cell.split(',').map(Number); tunnels.add(String([board.columns - 1 - x, y])); }
  for (const y of [1, board.rows - 2]) for (let x = left - 2; x < left + 1; x += 1) tunnels.add(String([x, y]));
}

const place = (one) => middle(one.from[0] + (one.x - one.from[0]) * one.step, one.from[1] + (one.y - one.from[1]) * one.step);
const focus = () => place(hero);

function update(dt) {
  fright = Math.max(0, fright - dt);
  if (fright === 0) streak = 0;
  walk(hero, dt * 6.2 * Math.max(0.8, GAME.speed), steer);
  for (const foe of foes) {
    foe.rest -= dt;
    if (foe.rest > 0) continue;
    walk(foe, dt * (fright > 0 ? 2.8 : 4 + game.level * 0.25) * GAME.speed, hunt);
    if (distance(place(foe), place(hero)) < board.size * 0.6) meet(foe);
    if (game.state !== 'playing') return;
  }
}

// Goes from cell to cell; at each one it may turn.
function walk(one, dt, turn) {
  one.step += dt;
  if (one.step < 1 && (one.way[0] || one.way[1])) return;
  one.step = Math.min(one.step - 1, 0.9);
  if (one.step < 0) one.step = 0;
  one.from = [one.x, one.y];
  turn(one);
  if (isOpen(one.x + one.way[0], one.y + one.way[1])) { one.x += one.way[0]; one.y += one.way[1]; } else { one.way = [0, 0]; one.step = 1; }
}

function steer(one) {
  taste(one);
  const wishes = [...pressed.slice(-1), ...Object.keys(WAYS).filter((word) => held[word])];
  const next = wishes.map((word) => WAYS[word]).find((way) => way && isOpen(one.x + way[0], one.y + way[1]));
  if (next) { one.way = next; pressed.length = 0; }
}

// Mostly towards the player, never straight back; frightened ones flee.
function hunt(one) {
  const ways = exits(one.x, one.y).filter(([dx, dy]) => dx !== -one.way[0] || dy !== -one.way[1] || !(dx || dy));
  const far = ([dx, dy]) => Math.hypot(one.x + dx - hero.x, one.y + dy - hero.y) * (fright > 0 ? -1 : 1);
  const isKeen = Math.random() < (GAME.rule === 'chase' ? 0.95 : 0.55 + game.level * 0.04);
  one.way = (isKeen ? ways.sort((a, b) => far(a) - far(b))[0] : pick(ways)) || pick(exits(one.x, one.y));
}

function taste({ x, y }) {
  const cell = String([x, y]), at = middle(x, y);
  if (treats.delete(cell)) { fright = 7; dots.delete(cell); score(50, at.x, at.y); play('power'); }
  if (gift && gift.cell === cell) { grant(gift.power, at.x, at.y); gift = null; }  //? powers
  if (!dots.delete(cell)) return;
  score(2);
  play('hit');
  if (!gift && Math.random() < 0.03) gift = { cell: pick([...tunnels]), power: pick(GAME.powers) };  //? powers
  if (dots.size === 0) { score(100); levelUp(); setUp(); }
}

function meet(foe) {
  const at = place(foe);
  if (fright > 0) {
    streak += 1;
    score(100 * streak, at.x, at.y);
    burst(at.x, at.y, COLOURS.tint, 20);
    play('bonus');
    return Object.assign(foe, walker(Math.floor(board.columns / 4) * 2 + 1, 1), { rest: 3 });
  }
  if (hurt(at.x, at.y)) line();
}

function draw() {
  const size = board.size;
  still(game.level, drawWalls);
  for (const cell of dots) { const at = middle(...cell.split(',').map(Number)); disc(COLOURS.accent, at.x, at.y, size * 0.08); }
  for (const cell of treats) { const at = middle(...cell.split(',').map(Number)); glow(at.x, at.y, size * 0.9, COLOURS.accent, 0.5); sprite(GAME.food, at.x, at.y, size * 0.38); }
  if (gift) { const at = middle(...gift.cell.split(',').map(Number)); sprite(GAME.gift, at.x, at.y, size * 0.4); }  //? powers
  for (const foe of foes) {
    const at = place(foe), isScared = fright > 0 && (fright > 2 || clock % 0.4 < 0.2);
    glow(at.x, at.y, size, isScared ? '#5a7aff' : COLOURS.alarm, isScared ? 0.9 : 0.25);
    sprite(foe.name, at.x, at.y, size * 0.43, isScared ? Math.sin(clock * 12) * 0.2 : 0, isScared ? 0.55 : 1);
  }
  const at = place(hero);
  glow(at.x, at.y, size * 1.3, COLOURS.hero, 0.45);
  if (powers.shield > 0) glow(at.x, at.y, size * 1.4, '#8fd8ff', 0.7);  //? powers
  sprite(GAME.hero, at.x, at.y, size * 0.44, 0, game.safe > 0 && clock % 0.24 < 0.1 ? 0.35 : 1);
}

function drawWalls() {
  const size = board.size;
  for (let x = 0; x < board.columns; x += 1) for (let y = 0; y < board.rows; y += 1) {
    if (isOpen(x, y)) continue;
    const at = middle(x, y);
    box(COLOURS.bricks[(game.level + 4) % 6] + '66', at.x - size / 2, at.y - size / 2, size, size, 3);
    box(COLOURS.outline, at.x - size * 0.42, at.y - size * 0.42, size * 0.84, size * 0.84, size * 0.2);
  }
}
