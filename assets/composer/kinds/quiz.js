/* ---- Quiz. One question, four answers, and not much time. A wrong answer or
   none costs a life; three right ones lead to the next level. ---- */

const SHADE = 0.66;
// What is asked, the right answer, and three wrong ones.  //? quiz
const FACTS = [  //? quiz
  ['Which planet is nearest to the Sun?', 'Mercury', 'Venus', 'Mars', 'Jupiter'],  //? quiz
  ['How many legs has a spider?', '8', '6', '10', '12'],  //? quiz
  ['What do bees make?', 'Honey', 'Milk', 'Silk', 'Bread'],  //? quiz
  ['Which is the largest ocean?', 'Pacific', 'Atlantic', 'Indian', 'Arctic'],  //? quiz
  ['How many minutes has an hour?', '60', '100', '24', '90'],  //? quiz
  ['Which animal sleeps upside down?', 'Bat', 'Owl', 'Horse', 'Penguin'],  //? quiz
  ['What is frozen water called?', 'Ice', 'Steam', 'Dew', 'Glass'],  //? quiz
  ['What is the capital of Japan?', 'Tokyo', 'Kyoto', 'Seoul', 'Beijing'],  //? quiz
  ['How many continents are there?', '7', '5', '9', '12'],  //? quiz
  ['Which gas do plants take in?', 'Carbon dioxide', 'Oxygen', 'Helium', 'Neon'],  //? quiz
  ['What is the tallest animal?', 'Giraffe', 'Elephant', 'Camel', 'Ostrich'],  //? quiz
  ['Which planet has the brightest rings?', 'Saturn', 'Earth', 'Mars', 'Venus'],  //? quiz
  ['How many strings has a violin?', '4', '6', '5', '8'],  //? quiz
  ['Who painted the Mona Lisa?', 'Leonardo da Vinci', 'Rembrandt', 'Picasso', 'Monet'],  //? quiz
  ['What is the hardest natural thing?', 'Diamond', 'Gold', 'Iron', 'Marble'],  //? quiz
  ['Which country gave us pizza?', 'Italy', 'France', 'Greece', 'Spain'],  //? quiz
  ['How many sides has a hexagon?', '6', '5', '7', '8'],  //? quiz
  ['Which bird cannot fly?', 'Penguin', 'Swan', 'Eagle', 'Stork'],  //? quiz
  ['What is the longest river of Africa?', 'Nile', 'Congo', 'Niger', 'Zambezi'],  //? quiz
  ['At how many °C does water boil?', '100', '50', '80', '120'],  //? quiz
  ['How many players has a football team on the field?', '11', '9', '10', '12'],  //? quiz
  ['Which colour do blue and yellow make?', 'Green', 'Purple', 'Orange', 'Brown'],  //? quiz
  ['What is the capital of Australia?', 'Canberra', 'Sydney', 'Perth', 'Melbourne'],  //? quiz
  ['How many hearts has an octopus?', '3', '1', '2', '8'],  //? quiz
  ['Which is the smallest prime number?', '2', '1', '3', '0'],  //? quiz
  ['Who wrote Romeo and Juliet?', 'Shakespeare', 'Goethe', 'Dickens', 'Homer'],  //? quiz
];  //? quiz

let asked, answers, chosen, left, wait, right, done;
let number;  //? count

function setUp() {
  right = 0;
  done = [];
  number = 0;  //? count
  ask();
}

const allowed = () => clamp((16 - game.level) / GAME.speed, 6, 25);

function ask() {
  if (number === GAME.count) return finish('The goal is reached');  //? count
  number += 1;  //? count
  const [words, ...all] = question();
  asked = { words, answer: all[0] };
  answers = shuffle(all);
  chosen = null;
  left = allowed();
  wait = 0;
  layBoard(1, 4, 20);
  const high = Math.min(92, field.h * 0.13);
  Object.assign(board, { size: high, x: field.w / 2 - high / 2, y: field.h - high * 4 - 26 });
}

function question() {  //? quiz
  if (done.length === FACTS.length) done = [];  //? quiz
  const fact = pick(FACTS.filter((one) => !done.includes(one)));  //? quiz
  done.push(fact);  //? quiz
  return fact;  //? quiz
}  //? quiz
// Sums at first, then differences, products and quotients.  //? sums
function question() {  //? sums
  const most = 6 + game.level * 4, whole = (low, high) => Math.floor(between(low, high + 1)), way = whole(0, Math.min(3, Math.ceil(game.level / 2)));  //? sums
  let a = whole(2, most), b = whole(2, most), answer = a + b;  //? sums
  if (way === 1) { a += b; answer = a - b; }  //? sums
  if (way > 1) { a = whole(2, 5 + game.level); b = whole(2, 9); answer = a * b; }  //? sums
  if (way === 3) [a, answer] = [answer, a];  //? sums
  const wrong = shuffle([1, -1, 2, 10, -2, 3].map((step) => answer + step).filter((one) => one > 0));  //? sums
  return [a + ' ' + '+−×÷'[way] + ' ' + b + ' = ?', ...[answer, ...wrong.slice(0, 3)].map(String)];  //? sums
}  //? sums

const wide = () => Math.min(field.w - 60, 640);
const line = (y) => middle(0, y);
const focus = () => line(cursor.y);

function update(dt) {
  if (wait > 0) {
    pressed.length = 0;
    if ((wait -= dt) <= 0) ask();
    return;
  }
  if ((left -= dt) <= 0) return answer(null);
  // A tap anywhere on the line of an answer chooses it.
  if (pointer.isUsed && Math.abs(pointer.x - field.w / 2) < wide() / 2) pointer.x = field.w / 2;
  steerCursor((x, y) => answer(answers[y]));
}

function answer(one) {
  if (wait > 0) return;
  chosen = one;
  wait = one === asked.answer ? 0.8 : 2;
  const { x, y } = line(answers.indexOf(asked.answer));
  if (one !== asked.answer) { stumble(x, y); return; }
  right += 1;
  score(10 * game.level + Math.ceil(left), x, y);
  burst(x, y, COLOURS.accent, 22);
  play('bonus');
  if (right % 3 === 0) levelUp();
}

/* ---- The picture ---- */

function draw() {
  const top = board.y * 0.5, room = wide();
  glow(field.w / 2, top - 64, 70, COLOURS.hero, 0.35);
  sprite(GAME.hero, field.w / 2, top - 64, 34, Math.sin(clock * 1.4) * 0.12);
  wrap(asked.words, room, 34).forEach((words, i, all) => caption(words, field.w / 2, top + 20 + (i - (all.length - 1) / 2) * 42, 34));
  box(COLOURS.outline, field.w / 2 - room / 2, board.y - 26, room, 10, 5);
  box(left < 4 ? COLOURS.alarm : COLOURS.accent, field.w / 2 - room / 2, board.y - 26, Math.max(0, room * left / allowed()), 10, 5);
  answers.forEach(drawAnswer);
  caption(number + ' / ' + GAME.count, 70, 30, 26, COLOURS.dim);  //? count
}

// Splits words into lines that fit.
function wrap(words, room, size) {
  const rows = [''];
  for (const word of words.split(' ')) {
    const row = rows[rows.length - 1];
    if (row && (row.length + word.length) * size * 0.56 > room) rows.push(word); else rows[rows.length - 1] = row ? row + ' ' + word : word;
  }
  return rows;
}

function drawAnswer(words, i) {
  const { x, y } = line(i), half = board.size * 0.42, room = wide(), isShown = wait > 0, isRight = words === asked.answer;
  const isAt = cursor.y === i && !isShown;
  box(isAt ? COLOURS.accent : COLOURS.outline, x - room / 2, y - half, room, half * 2, 16);
  box(isShown && isRight ? COLOURS.hero : isShown && words === chosen ? COLOURS.alarm : COLOURS.bricks[3], x - room / 2 + 4, y - half + 4, room - 8, half * 2 - 8, 13);
  box('#00000077', x - room / 2 + 4, y - half + 4, room - 8, half * 2 - 8, 13);
  const mark = isShown && isRight ? '✓ ' : isShown && words === chosen ? '✗ ' : '';
  caption(mark + words, x, y, Math.min(28, half * 0.8), '#ffffff');
}
