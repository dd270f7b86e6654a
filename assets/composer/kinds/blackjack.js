/* ---- Blackjack. Come nearer to 21 than the bank, but not over it. A lost hand
   costs a life; three in a row won lead to the next level. ---- */

const SHADE = 0.6;
const SUITS = ['♥', '♠', '♦', '♣'];

let deckOfCards, mine, bank, phase, wait, message, streak, wins;

function setUp() {
  wins = 0;
  streak = 0;
  deckOfCards = [];
  layChoices();
  deal();
}

// Two buttons below the cards: one more, or enough.
function layChoices() {
  layBoard(2, 1, 12);
  const size = Math.min((field.w - 40) / 2, 240);
  Object.assign(board, { size, x: field.w / 2 - size, y: field.h - 84 });
}

function newDeck() {
  const all = [];
  for (let suit = 0; suit < 4; suit += 1) for (let rank = 1; rank <= 13; rank += 1) all.push({ suit, rank, age: 0 });
  return shuffle(all);
}

function draft() {
  if (deckOfCards.length < 12) deckOfCards = newDeck();
  play('hit');
  return Object.assign(deckOfCards.pop(), { age: 0 });
}

function deal() {
  mine = [draft(), draft()];
  bank = [draft(), draft()];
  phase = 'mine';
  wait = 0.4;
  message = '';
  if (total(mine) === 21) stand();
}

// Pictures count ten; an ace eleven, or one where that would be too much.
function total(cards) {
  let sum = cards.reduce((so, card) => so + Math.min(card.rank, 10), 0);
  if (cards.some((card) => card.rank === 1) && sum <= 11) sum += 10;
  return sum;
}

const focus = () => ({ x: field.w / 2, y: field.h / 2 });

function update(dt) {
  for (const card of [...mine, ...bank]) card.age += dt;
  wait -= dt;
  if (phase === 'mine') return chooseCard();
  pressed.length = 0;
  if (wait > 0) return;
  if (phase === 'over') return deal();
  // The bank's rule: it takes up to sixteen, and stops at seventeen.
  if (total(bank) < 17) { bank.push(draft()); wait = 0.8 / GAME.speed; } else settle();
}

function chooseCard() {
  while (pressed.length && phase === 'mine') {
    const word = pressed.shift(), at = Math.floor((pointer.x - board.x) / board.size);
    if (word === 'left' || word === 'right') { cursor.x = word === 'left' ? 0 : 1; cursor.isShown = true; }
    if (word === 'up' || (word === 'fire' && cursor.x === 0) || (word === 'tap' && at < 1)) hit();
    else if (word === 'down' || word === 'fire' || word === 'tap') stand();
  }
}

function hit() {
  mine.push(draft());
  if (total(mine) > 21) settle(); else if (total(mine) === 21) stand();
}

function stand() {
  phase = 'bank';
  wait = 0.7 / GAME.speed;
  play('bounce');
}

function settle() {
  const me = total(mine), it = total(bank), x = field.w / 2, y = field.h * 0.45, isNatural = me === 21 && mine.length === 2;
  phase = 'over';
  wait = 2.2 / GAME.speed;
  if (me > 21 || (it <= 21 && it > me)) {
    streak = 0;
    message = me > 21 ? 'Over 21' : it + ' beats ' + me;
    stumble(x, y);
    return;
  }
  if (me === it) { message = 'A tie at ' + me; return; }
  wins += 1;
  streak += 1;
  message = isNatural ? 'Blackjack!' : it > 21 ? 'The bank is over 21' : me + ' beats ' + it;
  score((isNatural ? 30 : 20) * Math.min(streak, 5), x, y - 50);
  burst(x, y, COLOURS.accent, 30);
  play('bonus');
  if (wins % 3 === 0) levelUp();
  if (isNatural) game.lives += 1;
}

/* ---- The picture ---- */

function draw() {
  const isHidden = phase === 'mine';
  drawHand(bank, field.h * 0.2, isHidden);
  drawHand(mine, field.h * 0.56, false);
  caption(isHidden ? 'The bank' : 'The bank: ' + total(bank), field.w / 2, field.h * 0.2 - 98, 22, COLOURS.dim);
  caption('You: ' + total(mine), field.w / 2, field.h * 0.56 + 96, 24, COLOURS.text);
  if (message) caption(message, field.w / 2, field.h * 0.38, 36, COLOURS.accent);
  ['One more', 'Enough'].forEach((words, at) => drawChoice(words, board.x + board.size * at, at));
}

function drawHand(cards, y, isHidden) {
  const gap = Math.min(112, (field.w - 150) / Math.max(1, cards.length - 1));
  cards.forEach((card, i) => {
    const slide = 1 - clamp(card.age * 5, 0, 1);
    drawCard(card, field.w / 2 + (i - (cards.length - 1) / 2) * gap + slide * 300, y - slide * 60, isHidden && i > 0);
  });
}

function drawCard({ suit, rank }, x, y, isHidden) {
  box(COLOURS.outline, x - 53, y - 76, 106, 152, 12);
  box(isHidden ? COLOURS.bricks[3] : '#fbf7ee', x - 50, y - 73, 100, 146, 10);
  if (isHidden) { box('#00000033', x - 40, y - 63, 80, 126, 8); sprite(GAME.foe[0], x, y, 34); return; }
  const colour = suit % 2 ? '#20232e' : '#c4203a', face = rank > 10 ? [GAME.hero, GAME.food, GAME.treat][rank - 11] : null;
  caption(['A'][rank - 1] ?? 'JQK'[rank - 11] ?? String(rank), x - 29, y - 50, rank === 10 ? 22 : 28, colour);
  caption(SUITS[suit], x + 30, y - 50, 28, colour);
  if (face) { disc('#00000018', x, y + 14, 38); sprite(face, x, y + 14, 32); } else caption(SUITS[suit], x, y + 16, 64, colour);
}

function drawChoice(words, x, at) {
  const isAt = cursor.isShown && cursor.x === at, isOpen = phase === 'mine';
  box(isAt ? COLOURS.accent : COLOURS.outline, x + 6, board.y, board.size - 12, 62, 16);
  box(COLOURS.bricks[at ? 1 : 3], x + 10, board.y + 4, board.size - 20, 54, 13);
  box(isOpen ? '#00000055' : '#000000aa', x + 10, board.y + 4, board.size - 20, 54, 13);
  caption(words, x + board.size / 2, board.y + 31, 24, isOpen ? '#ffffff' : '#ffffff88');
}
