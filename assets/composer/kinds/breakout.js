/* ---- Breakout. The ball bounces off everything; where it meets the paddle
   decides its new direction. An empty wall is the next level. ---- */

const SHADE = 0.66;

let paddle, ball, bricks, drops, foes, hits;
let more = [];  //? multi

function setUp() {
  paddle = { x: field.w / 2, y: field.h - 34, w: 118 * GAME.size, h: 16 };
  drops = [];
  foes = [];
  build();
  for (let i = 0; i < GAME.foes; i += 1) addFoe();  //? foes
}

// A wall with a pattern that changes from level to level.
function build() {
  bricks = [];
  hits = 0;
  const across = Math.floor(field.w / 74), down = Math.min(4 + Math.floor(game.level / 2), 8);  //? !count
  const across = Math.floor(field.w / 74), down = GAME.count;  //? count
  const w = (field.w - 40) / across, pattern = (game.level + GAME.seed) % 4;
  for (let row = 0; row < down; row += 1) {
    for (let column = 0; column < across; column += 1) {
      const isGap = pattern === 1 ? (row + column) % 4 === 3 : pattern === 2 ? column % 4 === 3 : pattern === 3 && row % 3 === 2 && column % 3;
      if (isGap) continue;
      const strength = game.level > 1 && (row * 7 + column * 3 + game.level) % 9 === 0 ? 2 : 1;
      bricks.push({ x: 20 + column * w + 3, y: 64 + row * 30, w: w - 6, h: 24, row, strength });
    }
  }
  hold();
}

// The ball waits on the paddle until it is sent off.
function hold() {
  ball = { x: paddle.x, y: paddle.y - 14, r: 11, vx: 0, vy: 0, isHeld: true };
  more = [];  //? multi
  pressed.length = 0;
}

const pace = () => (330 + hits * 2.2 + game.level * 22) * GAME.speed;
const focus = () => ball;

function update(dt) {
  movePaddle(dt);
  if ((pressed.includes('fire') || pressed.includes('tap')) && ball.isHeld) launch();
  pressed.length = 0;
  // Small steps, so that a fast ball cannot jump over a brick.
  for (let i = 0; i < 4 && !ball.isHeld; i += 1) moveBall(dt / 4);
  moveMore(dt);  //? multi
  for (const foe of foes) drift(foe, dt);  //? foes
  for (const thing of drops) sink(thing, dt);
  keep(drops, (thing) => !thing.isGone);
}

function movePaddle(dt) {
  const push = (held.right ? 1 : 0) - (held.left ? 1 : 0);
  if (pointer.isUsed && !push) paddle.x += clamp(pointer.x - paddle.x, -1500 * dt, 1500 * dt);
  paddle.x = clamp(paddle.x + push * 620 * dt, paddle.w / 2, field.w - paddle.w / 2);
  if (ball.isHeld) ball.x = paddle.x;
}

function launch() {
  ball.isHeld = false;
  aim(between(-0.5, 0.5));
  play('bounce');
}

// Sends the ball upwards; 0 is straight, 1 far to the right.
function aim(slant) {
  const angle = slant * 1.05;
  ball.vx = Math.sin(angle) * pace();
  ball.vy = -Math.cos(angle) * pace();
}

/* ---- The ball ---- */

// The other balls, one after the other; none of them costs a life.
function moveMore(dt) {
  const first = ball;
  for (const other of [...more]) {
    ball = other;
    for (let i = 0; i < 4 && ball === other; i += 1) moveBall(dt / 4);
    if (ball !== other) return;            // the wall was empty: a new one stands
  }
  ball = first;
  keep(more, (other) => other.y <= field.h);
}

function moveBall(dt) {
  ball.x += ball.vx * dt;
  ball.y += ball.vy * dt;
  if (ball.x < ball.r || ball.x > field.w - ball.r) { ball.vx = Math.abs(ball.vx) * (ball.x < ball.r ? 1 : -1); play('bounce'); }
  if (ball.y < ball.r) { ball.vy = Math.abs(ball.vy); play('bounce'); }
  if (ball.y > field.h + ball.r) return lose();
  if (ball.vy > 0 && touches(paddle.x - paddle.w / 2, paddle.y, paddle.w, paddle.h)) {
    aim(clamp((ball.x - paddle.x) / (paddle.w / 2), -1, 1));
    paddle.w = Math.max(54, paddle.w - 2.5);  //? shrinks
    play('bounce');
  }
  const brick = bricks.find((brick) => touches(brick.x, brick.y, brick.w, brick.h));
  if (brick) strike(brick);
  for (const foe of foes) if (foe.rest < 0 && distance(foe, ball) < foe.r + ball.r) scare(foe);  //? foes
}

// Whether the ball overlaps a box.
function touches(x, y, w, h) {
  return Math.hypot(ball.x - clamp(ball.x, x, x + w), ball.y - clamp(ball.y, y, y + h)) < ball.r;
}

function lose() {
  if (more.includes(ball)) return;  //? multi
  if (more.length) { ball = more.pop(); return; }  //? multi
  if (stumble(ball.x, field.h - 20)) hold();
}

function strike(brick) {
  // Whichever side the ball is nearer to is the side it came from.
  const dx = (ball.x - brick.x - brick.w / 2) / brick.w, dy = (ball.y - brick.y - brick.h / 2) / brick.h;
  if (Math.abs(dx) > Math.abs(dy)) ball.vx = Math.abs(ball.vx) * Math.sign(dx); else ball.vy = Math.abs(ball.vy) * (Math.sign(dy) || 1);
  hits += 1;
  brick.strength -= 1;
  play('hit');
  if (brick.strength > 0) return;
  const x = brick.x + brick.w / 2, y = brick.y + brick.h / 2;
  keep(bricks, (other) => other !== brick);
  burst(x, y, COLOURS.bricks[brick.row % 6], 12);
  score(10, x, y);
  if (hits % 6 === 0) drop(x, y);
  if (hits % 9 === 0 && more.length < 4) more.push({ ...ball, x, y, vx: -ball.vx });  //? multi
  if (bricks.length > 0) return;
  levelUp();
  score(100);
  build();
  if (foes.length < GAME.foes + 3) addFoe();  //? foes
}

/* ---- What falls out of the wall ---- */

function drop(x, y) {
  if (hits % 12 === 0) return drops.push({ x, y, name: GAME.gift, power: pick(GAME.powers) });  //? powers
  drops.push({ x, y, name: pick([GAME.food, GAME.treat]) });
}

function sink(thing, dt) {
  thing.y += 150 * dt;
  if (thing.y > field.h + 20) thing.isGone = true;
  if (Math.abs(thing.x - paddle.x) > paddle.w / 2 + 12 || Math.abs(thing.y - paddle.y) > 22) return;
  thing.isGone = true;
  if (thing.power) return grant(thing.power, thing.x, thing.y);  //? powers
  paddle.w = Math.min(paddle.w + 14, 170 * GAME.size);
  score(50, thing.x, thing.y);
  play('bonus');
}

/* ---- Those who float about: they turn the ball away and bite the paddle ---- */

function addFoe() {
  foes.push({ name: GAME.foe[foes.length % GAME.foe.length], x: between(60, field.w - 60), y: field.h * 0.5, r: 22, angle: between(0, TAU), rest: 1.5, dive: between(5, 9) });
}

function drift(foe, dt) {
  foe.rest -= dt;
  foe.dive -= dt * GAME.speed;
  foe.angle += between(-2, 2) * dt;
  const isDiving = foe.dive < 0 && foe.rest < 0;
  if (isDiving) {
    const wanted = Math.atan2(paddle.y - foe.y, paddle.x - foe.x);
    foe.angle += Math.sin(wanted - foe.angle) * (GAME.rule === 'chase' ? 4 : 2.4) * dt;
  }
  const speed = (isDiving ? 120 : 55) * GAME.speed;
  foe.x = clamp(foe.x + Math.cos(foe.angle) * speed * dt, foe.r, field.w - foe.r);
  foe.y = clamp(foe.y + Math.sin(foe.angle) * speed * dt, field.h * 0.3, isDiving ? field.h : field.h * 0.68);
  if (foe.x <= foe.r || foe.x >= field.w - foe.r) foe.angle = Math.PI - foe.angle;
  if (isDiving && Math.abs(foe.x - paddle.x) < paddle.w / 2 + foe.r && foe.y > paddle.y - foe.r) bite(foe);
  else if (foe.y > field.h - foe.r) rise(foe);
}

function bite(foe) {
  rise(foe);
  if (powers.shield > 0) return;  //? powers
  paddle.w = Math.max(52, paddle.w * 0.78);
  burst(foe.x, foe.y, COLOURS.hero, 18);
  labels.push({ x: foe.x, y: paddle.y - 24, text: 'Bitten!', age: 0 });
  play('steal');
}

function rise(foe) {
  foe.dive = between(6, 11);
  foe.angle = -Math.PI / 2;
}

function scare(foe) {
  score(40, foe.x, foe.y);
  burst(foe.x, foe.y, '#eef0ff', 24);
  play('bonus');
  foe.rest = 6;
  foe.dive = between(6, 11);
  foe.y = field.h * 0.4;
  ball.vy = -ball.vy;
}

/* ---- Drawing ---- */

function draw() {
  for (const brick of bricks) drawBrick(brick);
  for (const thing of drops) { glow(thing.x, thing.y, 34, '#ff4f9a', 0.3); sprite(thing.name, thing.x, thing.y, 15); }
  drawPaddle();
  glow(ball.x, ball.y, 42, COLOURS.accent, 0.45);
  sprite(GAME.ball, ball.x, ball.y, ball.r + 2, ball.isHeld ? 0 : clock * 4);
  for (const other of more) sprite(GAME.ball, other.x, other.y, other.r, clock * 4);  //? multi
  for (const foe of foes) drawFoe(foe);  //? foes
  if (game.state === 'playing' && ball.isHeld) hint('Space or tap to launch');
}

function drawBrick({ x, y, w, h, row, strength }) {
  ink.fillStyle = COLOURS.bricks[row % 6];
  ink.beginPath();
  ink.roundRect(x, y, w, h, [9, 9, 4, 4]);
  ink.fill();
  ink.fillStyle = 'rgba(255, 255, 255, 0.2)';
  ink.fillRect(x + 8, y + 3, w - 16, 3);
  ink.fillStyle = 'rgba(0, 0, 0, 0.2)';
  ink.fillRect(x + 2, y + h - 6, w - 4, 5);
  if (strength < 2) return;
  ink.strokeStyle = '#ffe9b0';
  ink.lineWidth = 2.5;
  ink.stroke();
}

function drawPaddle() {
  const { x, y, w, h } = paddle;
  if (powers.shield > 0) { glow(x, field.h, field.w, '#8fd8ff', 0.25); box('#8fd8ff', 0, field.h - 4, field.w, 4); }  //? powers
  ink.globalAlpha = game.safe > 0 && clock % 0.24 < 0.1 ? 0.4 : 1;
  shape(COLOURS.outline, () => ink.roundRect(x - w / 2, y, w, h, 7));
  shape(COLOURS.edge, () => ink.roundRect(x - w / 2 + 2, y + 1, w - 4, h - 5, 6));
  shape(COLOURS.hero, () => ink.roundRect(x - w / 2 + 2, y + 1, w - 4, 4, 3));
  ink.globalAlpha = 1;
}

function drawFoe(foe) {
  const isAway = foe.rest > 0;
  glow(foe.x, foe.y, foe.r * 2, '#d9d2ff', isAway ? 0.08 : 0.25);
  sprite(foe.name, foe.x, foe.y + Math.sin(clock * 3 + foe.r) * 3, foe.r, 0, isAway ? 0.25 : 0.95);
}

function hint(text) {
  ink.font = '20px Palatino, Georgia, serif';
  ink.textAlign = 'center';
  ink.fillStyle = COLOURS.text;
  ink.fillText(text, field.w / 2, field.h * 0.72);
}
