/* ---- Snake. The body is a list of cells, head first; every step puts a new
   cell in front and takes the last one away. Between two steps the
   picture slides, so it looks smooth although it thinks in cells. ---- */

const SHADE = 0.6;
const CELL = Math.round(30 * GAME.size);
const TURNS = { left: [-1, 0], right: [1, 0], up: [0, -1], down: [0, 1] };

let columns, rows;
let body, earlier;          // the cells now and one step ago
let heading, progress;      // where it goes, and how much of the step has passed
let growth, eaten;
let food, treat, gift;      // what lies about; treat and gift only for a while
let stones, foes;
let doors = [];             // whoever enters one leaves by the other  //? portals
let sinceWalk = 0;          //? roams
let rival, isRival, wishes; // who waits, whose turn it is, both wishes  //? friend

const centre = (cell) => ({ x: (cell.x + 0.5) * CELL, y: (cell.y + 0.5) * CELL });
const isSame = (a, b) => a && b && a.x === b.x && a.y === b.y;

function setUp() {
  columns = Math.max(8, Math.floor(field.w / CELL));
  rows = Math.max(8, Math.floor(field.h / CELL));
  field.w = columns * CELL;
  field.h = rows * CELL;
  fit();
  stones = [];
  foes = [];
  treat = gift = null;
  eaten = 0;
  rival = { losses: 0 };  //? friend
  lay();
  doors = [];  //? portals
  for (let i = 0; i < 2; i += 1) doors.push(freeCell());  //? portals
  food = freeCell();
  for (let i = 0; i < GAME.foes; i += 1) addFoe();  //? foes
}

// Puts a short snake in the middle, at the start and after a lost life.
function lay() {
  const y = Math.floor(rows / 2), x = Math.floor(columns / 3);
  body = [0, 1, 2, 3].map((i) => ({ x: x - i, y }));
  earlier = body.map((cell) => ({ ...cell }));
  heading = TURNS.right;
  progress = 0;
  growth = 0;
  pressed.length = 0;
  keep(stones, (stone) => stone.y !== y);   // the way ahead is free
  layRival(x);  //? friend
}

// The other one comes from the right, below.
function layRival(x) {
  const y = Math.floor(rows / 2) + 2;
  const cells = body.map((_, i) => ({ x: columns - 1 - x + i, y }));
  Object.assign(rival, { body: cells, earlier: cells, heading: TURNS.left, growth: 0 });
  keep(stones, (stone) => stone.y !== y);
  isRival = false;
  wishes = [];
}

function swap() {
  const mine = { body, earlier, heading, growth };
  ({ body, earlier, heading, growth } = rival);
  Object.assign(rival, mine);
  isRival = !isRival;
}

function asRival(act) {
  swap();
  act();
  if (isRival) swap();
}

function freeCell() {
  for (let tries = 0; tries < 500; tries += 1) {
    const cell = { x: Math.floor(Math.random() * columns), y: Math.floor(Math.random() * rows) };
    const full = [...body, ...stones, food, treat, gift];
    full.push(...doors);  //? portals
    full.push(...rival.body);  //? friend
    if (!full.some((taken) => isSame(taken, cell)) && distance(cell, body[0]) > 3) return cell;
  }
  return { x: 0, y: 0 };
}

function addFoe() {
  const side = Math.random() < 0.5 ? 0 : field.w;
  foes.push({ name: GAME.foe[foes.length % GAME.foe.length], x: side, y: between(0, field.h), angle: between(0, TAU), rest: 2, loot: 0 });
}

function stepTime() {
  return 0.15 / GAME.speed / (1 + (game.level - 1) * 0.08);
}

function update(dt) {
  listen();  //? friend
  progress += dt / stepTime();
  if (progress >= 1) {
    progress -= 1;
    advance();
    if (progress && game.state === 'playing') asRival(advance);  //? friend
  }
  if (treat && (treat.left -= dt) < 0) treat = null;
  wander(dt);  //? roams
  for (const foe of foes) drift(foe, dt);  //? foes !friend
  const theirs = (foe) => distance(foe, centre(rival.body[0])) < distance(foe, centre(body[0]));  //? foes friend
  for (const foe of foes) if (theirs(foe)) asRival(() => drift(foe, dt)); else drift(foe, dt);  //? foes friend
}

function listen() {
  const steer = (i, word) => {
    const way = TURNS[word], now = i ? rival.heading : heading;
    if (way && way[0] !== -now[0] && way[1] !== -now[1]) wishes[i] = way;
  };
  for (const code in down) if (down[code]) steer(code.startsWith('Arrow') ? 1 : 0, KEYS[code]);
  for (const word of pressed.splice(0)) if (pointer.isUsed) steer(pointer.x > field.w / 2 ? 1 : 0, word);
}

// The food walks, too, a cell at a time and never into anything.
function wander(dt) {
  sinceWalk += dt;
  if (sinceWalk < 0.8 / GAME.speed) return;
  sinceWalk = 0;
  const isFree = (cell) => cell.x >= 0 && cell.y >= 0 && cell.x < columns && cell.y < rows && ![...body, ...stones].some((taken) => isSame(taken, cell));
  const ways = Object.values(TURNS).map(([x, y]) => ({ x: food.x + x, y: food.y + y })).filter(isFree);
  if (ways.length) food = pick(ways);
}

/* ---- One step of the snake ---- */

function advance() {
  turn();
  const head = { x: body[0].x + heading[0], y: body[0].y + heading[1] };
  if (GAME.wrap) { head.x = (head.x + columns) % columns; head.y = (head.y + rows) % rows; }
  const door = doors.findIndex((cell) => isSame(cell, head));  //? portals
  if (door >= 0) Object.assign(head, { x: doors[1 - door].x, y: doors[1 - door].y });  //? portals
  const isOutside = head.x < 0 || head.y < 0 || head.x >= columns || head.y >= rows;
  // The last cell moves away in this step, so it may be entered.
  const isBlocked = stones.some((stone) => isSame(stone, head)) || body.slice(0, -1).some((cell) => isSame(cell, head));  //? !friend
  const isBlocked = [...stones, ...body.slice(0, -1), ...rival.body].some((cell) => isSame(cell, head));  //? friend
  if (isOutside || isBlocked) return crash();
  earlier = body.map((cell) => ({ ...cell }));
  body.unshift(head);
  if (growth > 0) { growth -= 1; earlier.push({ ...earlier[earlier.length - 1] }); } else body.pop();
  taste(head);
}

function turn() {
  heading = wishes[isRival ? 1 : 0] || heading;  //? friend
  while (pressed.length) {  //? !friend
    const next = TURNS[pressed.shift()];  //? !friend
    // Straight back would mean biting its own neck.  //? !friend
    if (next && next[0] !== -heading[0] && next[1] !== -heading[1]) { heading = next; return; }  //? !friend
  }  //? !friend
}

function crash() {
  const { x, y } = centre(body[0]);
  if (isRival) return beat(x, y);  //? friend
  if (game.lives === 1) return finish('The second player wins');  //? friend
  if (stumble(x, y)) lay();
}

function beat(x, y) {
  rival.losses += 1;
  if (rival.losses === GAME.lives) return finish('The first player wins');
  play('hurt');
  lay();
}

function taste(head) {
  const { x, y } = centre(head);
  if (isSame(head, food)) {
    eaten += 1;
    growth += 1;
    score(10, x, y);
    burst(x, y, COLOURS.accent, 14);
    play('eat');
    food = freeCell();
    if (eaten % 4 === 0) treat = { ...freeCell(), left: 7 };
    if (eaten % 3 === 0 && !gift) gift = { ...freeCell(), power: pick(GAME.powers) };  //? powers
    if (eaten % 5 === 0) harder();
  } else if (isSame(head, treat)) {
    score(50, x, y);
    burst(x, y, '#ff4f9a', 22);
    play('bonus');
    treat = null;
  } else if (isSame(head, gift)) {  //? powers
    grant(gift.power, x, y);  //? powers
    gift = null;  //? powers
  }
}

function harder() {
  levelUp();
  if (stones.length < columns) stones.push(freeCell(), freeCell());
  if (game.level % 2 && foes.length < GAME.foes + 4) addFoe();  //? foes
}

/* ---- Those who wander between the cells ---- */

function drift(foe, dt) {
  const head = slid(0);
  const tail = slid(body.length - 1);  //? steal
  const pace = (55 + game.level * 5) * GAME.speed * (foe.loot ? 1.25 : 1);
  foe.rest -= dt;
  foe.angle += between(-2.4, 2.4) * dt;
  if (foe.loot) steer(foe, head, -2.2, dt);         // away with the loot  //? steal
  else if (foe.rest < 0) steer(foe, tail, 2, dt);   // after its prey  //? steal
  if (foe.rest < 0) steer(foe, head, 2, dt);  //? chase
  foe.x += Math.cos(foe.angle) * pace * dt;
  foe.y += Math.sin(foe.angle) * pace * dt;
  const x = clamp(foe.x, 14, field.w - 14), y = clamp(foe.y, 14, field.h - 14);
  if (x !== foe.x || y !== foe.y) foe.angle = Math.atan2(field.h / 2 - y, field.w / 2 - x);
  foe.x = x;
  foe.y = y;
  thieve(foe, head, tail);  //? steal
  if (foe.rest < 0 && distance(foe, head) < CELL * 0.75) { foe.rest = 3; if (hurt(head.x, head.y)) lay(); }  //? !steal !friend
  if (foe.rest < 0 && distance(foe, head) < CELL * 0.75) { foe.rest = 3; crash(); }  //? !steal friend
}

function steer(foe, goal, strength, dt) {
  const wanted = Math.atan2(goal.y - foe.y, goal.x - foe.x);
  foe.angle += Math.sin(wanted - foe.angle) * strength * dt;
}

// Bites off the tail, carries it away, and gives it back when it is caught.
function thieve(foe, head, tail) {
  if (foe.loot && distance(foe, head) < CELL * 0.95) {
    growth += foe.loot;
    score(25 * foe.loot, foe.x, foe.y);
    burst(foe.x, foe.y, '#eef0ff', 24);
    play('bonus');
    foe.loot = 0;
    foe.rest = 5;
  } else if (!foe.loot && foe.rest < 0 && distance(foe, tail) < CELL * 0.8) {
    foe.loot = Math.min(2, body.length - 1);
    foe.rest = 9;
    body.length -= foe.loot;
    earlier.length = body.length;
    burst(tail.x, tail.y, COLOURS.hero, 16);
    labels.push({ x: tail.x, y: tail.y, text: 'Thief!', age: 0 });
    play('steal');
    if (body.length < 2 && hurt(head.x, head.y)) lay();  //? !friend
    if (body.length < 2) crash();  //? friend
  } else if (foe.loot && foe.rest < 0) {
    foe.loot = 0;          // it got away with it
    foe.rest = 4;
  }
}

/* ---- Drawing ---- */

// Where a part of the body is right now, between its old cell and its new one.
function slid(i) {
  const to = body[i], from = earlier[i] || to;
  // A part that leaves on one side and enters on the other does not slide.
  const t = Math.abs(to.x - from.x) + Math.abs(to.y - from.y) > 1 ? 1 : Math.min(progress, 1);
  return centre({ x: from.x + (to.x - from.x) * t, y: from.y + (to.y - from.y) * t });
}

const focus = () => slid(0);

function draw() {
  drawGround();
  for (const stone of stones) { const { x, y } = centre(stone); sprite(GAME.stone, x, y, CELL * 0.48); }
  doors.forEach(drawDoor);  //? portals
  const bob = 1 + Math.sin(clock * 5) * 0.06;
  drawThing(food, GAME.food, bob, COLOURS.accent);
  if (treat && (treat.left > 2 || clock % 0.3 < 0.2)) drawThing(treat, GAME.treat, bob, '#ff4f9a');
  if (gift) drawThing(gift, GAME.gift, bob, '#74f06a');  //? powers
  asRival(drawSnake);  //? friend
  drawSnake();
  for (const foe of foes) drawFoe(foe);  //? foes
  caption(String(rival.losses), field.w / 2 - 50, 34, 34, COLOURS.hero);  //? friend
  caption(String(GAME.lives - game.lives), field.w / 2 + 50, 34, 34, COLOURS.alarm);  //? friend
}

function drawGround() {
  ink.globalAlpha = 0.05;
  ink.fillStyle = COLOURS.tint;
  for (let x = 0; x < columns; x += 1) for (let y = x % 2; y < rows; y += 2) ink.fillRect(x * CELL, y * CELL, CELL, CELL);
  ink.globalAlpha = 1;
}

function drawDoor(cell) {
  const { x, y } = centre(cell);
  glow(x, y, CELL * 1.3, COLOURS.tint, 0.8);
  disc(COLOURS.tint, x, y, CELL * 0.4, CELL * 0.52);
  disc(COLOURS.night, x, y, CELL * 0.26, CELL * 0.36);
}

function drawThing(cell, name, size, colour) {
  const { x, y } = centre(cell);
  glow(x, y, CELL * 1.4, colour, 0.3);
  sprite(name, x, y, CELL * 0.46 * size);
}

const skin = () => COLOURS.hero;  //? !friend
const skin = () => (isRival ? COLOURS.alarm : COLOURS.hero);  //? friend

function drawSnake() {
  // Only the two ends slide; what lies between them stays on the cells.
  const joints = [slid(0), ...body.slice(1).map(centre), slid(body.length - 1)];
  const isBlinking = game.safe > 0 && clock % 0.24 < 0.1;
  ink.globalAlpha = isBlinking ? 0.35 : 1;
  ink.lineCap = 'round';
  for (const [colour, width] of [[COLOURS.outline, 0.98], [skin(), 0.8], ['rgba(255, 255, 220, 0.28)', 0.2]]) {
    ink.strokeStyle = colour;
    for (let i = joints.length - 1; i > 0; i -= 1) {
      if (distance(joints[i], joints[i - 1]) > CELL * 1.6) continue;
      ink.lineWidth = CELL * width * Math.min(1, 0.5 + 0.14 * (joints.length - i));  // a pointed tail
      ink.beginPath();
      ink.moveTo(joints[i].x, joints[i].y);
      ink.lineTo(joints[i - 1].x, joints[i - 1].y);
      ink.stroke();
    }
  }
  ink.globalAlpha = 1;
  drawHead(joints[0]);
}

function drawHead({ x, y }) {
  if (powers.shield > 0) glow(x, y, CELL * 1.7, '#8fd8ff', 0.7);  //? powers
  ink.save();
  ink.translate(x, y);
  ink.rotate(Math.atan2(heading[1], heading[0]));
  ink.scale(CELL * 0.5, CELL * 0.5);
  if (clock % 1.6 < 0.4) lines('#ff5d6c', 0.12, [[0.9, 0], [1.5, 0], [1.8, 0.2]]);
  disc(COLOURS.outline, 0.05, 0, 1.12, 1.02);
  disc(skin(), 0.05, 0, 1, 0.9);
  for (const side of [-1, 1]) { disc('#fff7d6', 0.3, side * 0.46, 0.32); disc('#241332', 0.42, side * 0.46, 0.15); }
  ink.restore();
}

function drawFoe(foe) {
  const fade = foe.rest > 0 && !foe.loot ? 0.6 : 0.95;
  glow(foe.x, foe.y, CELL * 1.5, '#d9d2ff', 0.22);
  sprite(foe.name, foe.x, foe.y + Math.sin(clock * 3 + foe.angle) * 2, CELL * 0.62, 0, fade);
  for (let i = 0; i < foe.loot; i += 1) disc(COLOURS.hero, foe.x + (i * 2 - 1) * CELL * 0.22, foe.y + CELL * 0.62, CELL * 0.2);  //? steal
}
