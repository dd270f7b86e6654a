/* ---- Solitaire. A card that is touched goes where it may: onto its suit if it can,
   else onto a column. A pass through the stock without a move costs a life. ---- */

const SHADE = 0.55;
const RANKS = ['A', '2', '3', '4', '5', '6', '7', '8', '9', '10', 'J', 'Q', 'K'];
const SUITS = ['♠', '♥', '♣', '♦'];        // every second one is red
const STOCK = 0, WASTE = 1, BASES = 2, COLUMNS = 6;   // where the piles are in the list

let piles, card, past, waited, isMoved, chosen;

function setUp() {
  const w = Math.min(field.w / 8.2, field.h / 6.9);
  card = { w, h: w * 1.36, gap: Math.min(w * 1.2, (field.w - w) / 6.1) };
  piles = Array.from({ length: 13 }, () => []);
  past = [];
  waited = 0;
  isMoved = true;
  chosen = { pile: COLUMNS, at: 0, isShown: false };
  const deck = shuffle(Array.from({ length: 52 }, (_, i) => ({ rank: i % 13, suit: Math.floor(i / 13), isUp: false, x: field.w / 2, y: -card.h })));
  for (let i = 0; i < 7; i += 1) for (let n = 0; n <= i; n += 1) piles[COLUMNS + i].push(deck.pop());
  for (const column of piles.slice(COLUMNS)) column[column.length - 1].isUp = true;
  piles[STOCK] = deck;
  settle(1);
}

const focus = () => home(chosen.pile, Math.max(0, chosen.at));
const upper = (pile) => piles[pile][piles[pile].length - 1];

/* ---- Where everything lies ---- */

function home(pile, at) {
  const row = pile < COLUMNS, column = row ? [0, 1, 3, 4, 5, 6][pile] : pile - COLUMNS;
  const x = field.w / 2 + (column - 3) * card.gap, y = 14 + card.h / 2;
  return row ? { x, y } : { x, y: y + card.h * 1.18 + fan(piles[pile], at) };
}

// How far down a card of a column is: the hidden ones lie closer together.
function fan(column, at) {
  const far = (to) => column.slice(0, to).reduce((sum, one) => sum + (one.isUp ? 0.3 : 0.13), 0) * card.h;
  const room = field.h - 28 - card.h * 2.2;
  return far(at) * Math.min(1, room / Math.max(1, far(column.length - 1)));
}

function settle(part) {
  piles.forEach((pile, i) => pile.forEach((one, at) => {
    const to = home(i, at);
    one.x += (to.x - one.x) * part;
    one.y += (to.y - one.y) * part;
  }));
}

/* ---- Playing ---- */

function update(dt) {
  settle(isCalm ? 1 : Math.min(1, dt * 14));
  while (pressed.length && game.state === 'playing') obey(pressed.shift());
  waited += dt;
  if (waited < 70 / GAME.speed || game.state !== 'playing') return;
  waited = 0;
  labels.push({ x: field.w / 2, y: field.h / 2, text: 'Too long!', age: -0.6 });
  stumble(field.w / 2, field.h / 2);
}

function obey(word) {
  const { pile, at } = chosen, isRow = pile < COLUMNS;
  if (word === 'mark') return undo();
  if (word === 'tap') return touch();
  chosen.isShown = true;
  if (word === 'fire') return act(pile, isRow ? piles[pile].length - 1 : at);
  if (word === 'left' || word === 'right') {
    const first = isRow ? 0 : COLUMNS, count = isRow ? COLUMNS : 7;
    choose(first + (pile - first + (word === 'left' ? count - 1 : 1)) % count);
  }
  if (word === 'down' && isRow) choose([6, 7, 9, 10, 11, 12][pile]);
  else if (word === 'down' && at < piles[pile].length - 1) chosen.at += 1;
  else if (word === 'up' && !isRow) {
    if (at > 0 && piles[pile][at - 1].isUp) chosen.at -= 1; else choose([0, 1, 1, 2, 3, 4, 5][pile - COLUMNS]);
  }
}

function choose(pile) { Object.assign(chosen, { pile, at: Math.max(0, piles[pile].length - 1) }); }

// The topmost card under the pointer, or the empty place.
function touch() {
  chosen.isShown = false;
  const isOn = ({ x, y }) => Math.abs(pointer.x - x) < card.w / 2 && Math.abs(pointer.y - y) < card.h / 2;
  for (let pile = 0; pile < 13; pile += 1) for (let at = piles[pile].length - 1; at >= 0 || (at === -1 && pile === STOCK); at -= 1) {
    if (isOn(home(pile, Math.max(0, at)))) { Object.assign(chosen, { pile, at: Math.max(0, at) }); return act(pile, at); }
  }
}

function act(pile, at) {
  if (pile === STOCK) return deal();
  const first = piles[pile][at];
  if (!first?.isUp || (pile >= BASES && pile < COLUMNS)) return play('bounce');
  const to = target(first, pile, at);
  if (to === undefined) return play('bounce');
  remember();
  piles[to].push(...piles[pile].splice(at));
  isMoved = true;
  play('hit');
  const spot = home(to, piles[to].length - 1);
  if (to < COLUMNS) { score(10, spot.x, spot.y + 40); burst(spot.x, spot.y, COLOURS.accent, 10); }
  if (pile >= COLUMNS && upper(pile) && !upper(pile).isUp) { upper(pile).isUp = true; score(5); }
  choose(chosen.isShown ? pile : to);
  if (piles.slice(BASES, COLUMNS).every((base) => base.length === 13)) { score(200); levelUp(); setUp(); }
}

// Where a card may go: onto its suit, else onto one of the other colour, a king into a gap.
function target(first, pile, at) {
  const isLast = at === piles[pile].length - 1, base = BASES + first.suit;
  if (isLast && piles[base].length === first.rank) return base;
  const fits = (to) => (upper(to) ? upper(to).rank === first.rank + 1 && upper(to).suit % 2 !== first.suit % 2 : first.rank === 12 && (at > 0 || pile === WASTE));
  const columns = [6, 7, 8, 9, 10, 11, 12].filter((to) => to !== pile && fits(to));
  return columns.find((to) => upper(to)) ?? columns[0];
}

function deal() {
  remember();
  if (piles[STOCK].length) {
    const one = piles[STOCK].pop();
    one.isUp = true;
    piles[WASTE].push(one);
    return play('eat');
  }
  piles[STOCK] = piles[WASTE].splice(0).reverse();
  for (const one of piles[STOCK]) one.isUp = false;
  const spot = home(STOCK, 0), wasInVain = !isMoved;
  isMoved = false;
  play('shoot');
  if (wasInVain) { past.length = 0; stumble(spot.x, spot.y); }
}

function remember() {
  waited = 0;
  past.push(JSON.stringify([piles, game.score]));
  if (past.length > 300) past.shift();
}

function undo() {
  if (!past.length) return play('bounce');
  [piles, game.score] = JSON.parse(past.pop());
  choose(chosen.pile);
  play('bounce');
}

/* ---- Drawing ---- */

function draw() {
  for (let pile = 0; pile < 13; pile += 1) drawPlace(home(pile, 0), pile);
  const isFlying = (one, pile, at) => distance(one, home(pile, at)) > 3, flying = [];
  piles.forEach((pile, i) => pile.forEach((one, at) => {
    if (i < COLUMNS && at < pile.length - 2) return;
    if (isFlying(one, i, at)) flying.push(one); else drawCard(one);
  }));
  flying.forEach(drawCard);
  if (!chosen.isShown || game.state !== 'playing') return;
  const { x, y } = home(chosen.pile, chosen.at);
  ink.strokeStyle = COLOURS.accent;
  ink.lineWidth = 5;
  ink.beginPath();
  ink.roundRect(x - card.w * 0.53, y - card.h * 0.52, card.w * 1.06, card.h * 1.04, 9);
  ink.stroke();
}

function drawPlace({ x, y }, pile) {
  box(COLOURS.edge, x - card.w / 2, y - card.h / 2, card.w, card.h, 8);
  if (pile >= BASES && pile < COLUMNS) caption(SUITS[pile - BASES], x, y, card.w * 0.5, COLOURS.dim);
  if (pile === STOCK) caption('↻', x, y, card.w * 0.5, COLOURS.dim);
}

function drawCard({ x, y, rank, suit, isUp }) {
  const { w, h } = card, colour = suit % 2 ? '#c4213a' : '#1d1830';
  box('#1d1830', x - w / 2, y - h / 2, w, h, 8);
  box(isUp ? '#fffaf0' : COLOURS.bricks[4], x - w / 2 + 1.5, y - h / 2 + 1.5, w - 3, h - 3, 7);
  if (!isUp) return sprite(GAME.hero, x, y, w * 0.3);
  caption(RANKS[rank], x - w * 0.24, y - h * 0.34, w * 0.34, colour);
  caption(SUITS[suit], x + w * 0.24, y - h * 0.34, w * 0.34, colour);
  caption(SUITS[suit], x, y + h * 0.14, w * 0.62, colour);
}
