/* ---- Memory pairs. Two cards that match stay; a card that you had already
   seen and still got wrong brings trouble nearer. Each level has more. ---- */

const SHADE = 0.5;

let cards, turned, wait, misses, allowed;

function setUp() {
  const faces = [...new Set([GAME.food, GAME.treat, GAME.hero, GAME.ball, GAME.gift, GAME.stone, ...GAME.foe, ...GAME.deck])];
  const size = [[4, 3], [4, 4], [5, 4], [6, 4]][Math.min(game.level - 1 + (GAME.size > 1.1 ? 1 : 0), 3)];
  const pairs = Math.min(size[0] * size[1] / 2, faces.length);  //? !grid
  const pairs = Math.floor(GAME.columns * GAME.rows / 2);  //? grid
  const columns = field.w > field.h ? size[0] : size[1], rows = Math.ceil(pairs * 2 / columns);
  layBoard(columns, rows, 24);
  const deal = shuffle([...Array(pairs).keys(), ...Array(pairs).keys()]);
  cards = deal.map((face, i) => ({ x: i % board.columns, y: Math.floor(i / board.columns), name: faces[face % faces.length], colour: COLOURS.bricks[face % 6], turn: 0, isUp: false, isSeen: false, isDone: false }));
  turned = [];
  wait = 0;
  misses = 0;
  allowed = Math.max(3, Math.round(5 / GAME.speed));
}

const focus = () => (pointer.isUsed ? pointer : middle(cursor.x, cursor.y));

function update(dt) {
  for (const card of cards) card.turn += clamp((card.isUp || card.isDone ? 1 : 0) - card.turn, -dt * 6, dt * 6);
  wait -= dt * GAME.speed;
  if (turned.length === 2 && wait < 0) settle();
  steerCursor(choose);
}

function choose(x, y) {
  const card = cards.find((card) => card.x === x && card.y === y);
  if (!card || card.isUp || card.isDone) return;
  if (turned.length === 2) settle();
  if (game.state !== 'playing') return;
  card.isUp = true;
  turned.push(card);
  play('bounce');
  if (turned.length < 2) return;
  wait = turned[0].name === turned[1].name ? 0.25 : 0.9;
}

function settle() {
  const [a, b] = turned, at = middle(b.x, b.y);
  turned = [];
  if (a.name === b.name) {
    for (const card of [a, b]) { card.isDone = true; const spot = middle(card.x, card.y); burst(spot.x, spot.y, card.colour, 14); }
    score(20 * game.level + Math.max(0, allowed - misses) * 5, at.x, at.y);
    play('eat');
    if (cards.every((card) => card.isDone)) { score(100); levelUp(); setUp(); }
    return;
  }
  const isCareless = a.isSeen || b.isSeen;
  for (const card of [a, b]) { card.isUp = false; card.isSeen = true; }
  if (!isCareless) return;
  misses += 1;
  play('steal');
  if (misses < allowed) return;
  misses = 0;
  game.safe = 0;
  hurt(at.x, at.y);
}

function draw() {
  for (const card of cards) drawCard(card, board.size);
  drawCursor();
  for (let i = 0; i < allowed; i += 1) sprite(GAME.foe[0], field.w / 2 + (i - (allowed - 1) / 2) * 24, 13, 9, 0, i < misses ? 1 : 0.25);
}

function drawCard(card, size) {
  const { x, y } = middle(card.x, card.y), wide = Math.abs(Math.cos(card.turn * Math.PI)), half = size * 0.44, isFace = card.turn > 0.5;
  ink.save();
  ink.translate(x, y + 4);
  ink.scale(Math.max(0.04, wide), 1);
  ink.globalAlpha = card.isDone ? 0.6 : 1;
  box('#00000044', -half, -half + 5, half * 2, half * 2, size * 0.1);
  box(isFace ? '#fffaf0' : COLOURS.outline, -half, -half, half * 2, half * 2, size * 0.1);
  box(isFace ? card.colour + '66' : COLOURS.bricks[4], -half * 0.9, -half * 0.9, half * 1.8, half * 1.8, size * 0.07);
  if (!isFace) for (const r of [0.6, 0.38, 0.16]) lines('#ffffff55', 2.5, [[0, -half * r], [half * r, 0], [0, half * r], [-half * r, 0], [0, -half * r]]);
  ink.restore();
  if (isFace) sprite(card.name, x, y + 4, half * 0.66 * wide, 0, card.isDone ? 0.7 : 1);
}
