/* ---- Pong. Where the ball meets the bat decides its way. The other side is
   quick, but never quite quick enough; or it is a friend. ---- */

const SHADE = 0.55;

let me, other, ball, wait, rally;
let floats;  //? foes

function setUp() {
  me = { x: 34, y: field.h / 2, half: 52 * GAME.size, wish: null };
  other = { x: field.w - 34, y: field.h / 2, half: 52, aim: 0, wish: null };
  other.half = me.half;  //? friend
  other.missed = 0;  //? friend
  game.wins = 0;
  floats = [];  //? foes
  for (let i = 0; i < Math.min(GAME.foes, 5); i += 1) addFloat();  //? foes
  serve(1);
}

function addFloat() {
  floats.push({ name: GAME.foe[floats.length % GAME.foe.length], x: field.w * between(0.4, 0.6), y: between(60, field.h - 60), r: 24, way: pick([-1, 1]), rest: 0 });
}

function serve(way) {
  ball = { x: field.w / 2, y: field.h / 2, r: 12, vx: way * pace() * 0.8, vy: between(-0.5, 0.5) * pace() };
  wait = 0.9;
  rally = 0;
}

const focus = () => ball;
const pace = () => (330 + game.level * 24 + Math.min(rally || 0, 20) * 11) * GAME.speed;

function update(dt) {
  pressed.length = 0;
  if (pointer.isUsed) me.wish = pointer.y;  //? !friend
  slide(me, (held.down ? 1 : 0) - (held.up ? 1 : 0), dt);  //? !friend
  slide(me, (down.KeyS ? 1 : 0) - (down.KeyW ? 1 : 0), dt);  //? friend
  slide(other, (down.ArrowDown ? 1 : 0) - (down.ArrowUp ? 1 : 0), dt);  //? friend
  think(dt);  //? !friend
  for (const one of floats) drift(one, dt);  //? foes
  if ((wait -= dt) > 0) return;
  for (let i = 0; i < 4 && wait <= 0; i += 1) fly(dt / 4);
}

// Keys push a bat; a finger or the mouse pulls it, until a key is pressed.
function slide(bat, push, dt) {
  if (push) bat.wish = null;
  if (bat.wish !== null) bat.y += clamp(bat.wish - bat.y, -1100 * dt, 1100 * dt);
  bat.y = clamp(bat.y + push * 480 * dt, bat.half, field.h - bat.half);
}

function touchSide({ x, y }) { (x < field.w / 2 ? me : other).wish = y; }

// The other side looks ahead, but its hand is slow and its eye not perfect.
function think(dt) {
  const goal = ball.vx > 0 ? ball.y + other.aim * other.half : field.h / 2;
  const quick = (150 + game.level * 26) * GAME.speed;
  other.y = clamp(other.y + clamp(goal - other.y, -quick * dt, quick * dt), other.half, field.h - other.half);
}

function fly(dt) {
  ball.x += ball.vx * dt;
  ball.y += ball.vy * dt;
  if (ball.y < ball.r || ball.y > field.h - ball.r) { ball.vy = Math.abs(ball.vy) * (ball.y < ball.r ? 1 : -1); play('bounce'); }
  if (ball.vx < 0 && ball.x < me.x + 20 && ball.x > me.x - 14 && Math.abs(ball.y - me.y) < me.half + ball.r) strike(me, 1);
  if (ball.vx > 0 && ball.x > other.x - 20 && ball.x < other.x + 14 && Math.abs(ball.y - other.y) < other.half + ball.r) strike(other, -1);
  const float = floats.find((one) => one.rest <= 0 && distance(one, ball) < one.r + ball.r);  //? foes
  if (float) bump(float);  //? foes
  if (ball.x > field.w + 20) win();
  else if (ball.x < -20) lose();
}

function strike(bat, way) {
  rally += 1;
  const slant = clamp((ball.y - bat.y) / bat.half, -1, 1) * 0.95;
  ball.vx = Math.cos(slant) * pace() * way;
  ball.vy = Math.sin(slant) * pace();
  other.aim = between(-0.7, 0.7);
  bat.half = Math.max(26, bat.half - 1.5);  //? shrinks
  burst(ball.x, ball.y, way > 0 ? COLOURS.hero : COLOURS.alarm, 7);
  play('hit');
  if (way > 0) score(1);  //? !friend
  score(1);  //? friend
  if (way > 0 && rally % 9 === 0) grant(pick(GAME.powers), me.x + 60, me.y);  //? powers
}

function win() {
  if ((other.missed += 1) === GAME.lives) return finish('The left side wins');  //? friend
  score(25, field.w - 60, ball.y);  //? !friend
  play('bonus');
  game.wins += 1;
  if (game.wins % 3 === 0) { levelUp(); me.half = Math.max(34, me.half - 3); }  //? !friend
  serve(-1);
}

function lose() {
  if (game.lives === 1) return finish('The right side wins');  //? friend
  if (stumble(24, clamp(ball.y, 20, field.h - 20))) serve(1);
}

function drift(one, dt) {
  one.rest -= dt;
  const goal = GAME.rule === 'chase' ? clamp(ball.y - one.y, -1, 1) : one.way;
  one.y += goal * 70 * GAME.speed * dt;
  if (one.y < one.r + 8 || one.y > field.h - one.r - 8) { one.way *= -1; one.y = clamp(one.y, one.r + 8, field.h - one.r - 8); }
}

function bump(one) {
  const angle = Math.atan2(ball.y - one.y, ball.x - one.x), speed = Math.hypot(ball.vx, ball.vy);
  ball.vx = (Math.cos(angle) || 0.3) * speed;
  if (Math.abs(ball.vx) < speed * 0.35) ball.vx = Math.sign(ball.vx || 1) * speed * 0.35;
  ball.vy = Math.sin(angle) * speed * 0.9;
  one.rest = 0.3;
  if (GAME.rule === 'steal') score(-Math.min(10, game.score), one.x, one.y); else score(5, one.x, one.y);
  burst(one.x, one.y, COLOURS.tint, 12);
  play('bounce');
}

function draw() {
  for (let y = 14; y < field.h; y += 34) box(COLOURS.edge, field.w / 2 - 3, y, 6, 18, 3);
  bat(me, COLOURS.hero, GAME.hero);
  bat(other, COLOURS.alarm, GAME.foe[0]);
  caption(String(other.missed), field.w / 2 - 60, 44, 44, COLOURS.hero);  //? friend
  caption(String(GAME.lives - game.lives), field.w / 2 + 60, 44, 44, COLOURS.alarm);  //? friend
  for (const one of floats) { glow(one.x, one.y, one.r * 1.9, COLOURS.tint, 0.25); sprite(one.name, one.x, one.y, one.r, 0, one.rest > 0 ? 0.5 : 1); }  //? foes
  glow(ball.x, ball.y, 40, COLOURS.accent, 0.5);
  sprite(GAME.ball, ball.x, ball.y, ball.r + 3, clock * 3, wait > 0 && clock % 0.3 < 0.12 ? 0.4 : 1);
}

function bat({ x, y, half }, colour, name) {
  if (colour === COLOURS.hero && powers.shield > 0) { glow(4, y, 160, '#8fd8ff', 0.4); box('#8fd8ff', 0, 0, 5, field.h); }  //? powers
  glow(x, y, half * 1.5, colour, 0.2);
  box(COLOURS.outline, x - 10, y - half - 2, 20, half * 2 + 4, 10);
  box(colour, x - 8, y - half, 16, half * 2, 8);
  box('#ffffff55', x - 5, y - half + 6, 4, half * 2 - 12, 2);
  sprite(name, x, y, 17);
}
