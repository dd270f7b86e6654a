/* ---- Pinball. A table of lines and circles, a ball that falls, two flippers.
   A step is cut into short ones, so that no ball jumps over a line. ---- */

const SHADE = 0.6;
const DOWN = 0.52, UP = -0.52;       // the angles of a flipper
// The table, from 0 to 1 across and down; the right side mirrors the left one.
const WALL = [[0.5, 0.02], [0.32, 0.035], [0.16, 0.075], [0.05, 0.14], [0, 0.22], [0, 0.74], [0.05, 0.8], [0.27, 0.885]];
const SLING = [[0.13, 0.63], [0.13, 0.735], [0.25, 0.79]];
const BUMPERS = [[0.5, 0.2], [0.27, 0.31], [0.73, 0.31], [0.5, 0.42], [0.2, 0.48], [0.8, 0.48], [0.5, 0.57], [0.25, 0.16], [0.75, 0.16]];
const PRIZES = [[0.12, 0.2], [0.88, 0.2], [0.5, 0.31], [0.08, 0.56], [0.92, 0.56], [0.34, 0.55], [0.66, 0.55]];

let table, radius, walls, slings, bumpers, flippers, prizes, balls;
let wait, calm;             // until a ball comes, and how long all have been too slow
let flicked;                // how much longer a tap lifts a flipper

const place = ([x, y]) => ({ x: table.x + x * table.w, y: y * field.h });
const mirror = (points) => [points.map(place), points.map(([x, y]) => place([1 - x, y]))];
const focus = () => balls[0] || place([0.5, 0.5]);

function setUp() {
  const w = Math.min(field.w - 16, field.h * 0.68);
  table = { x: (field.w - w) / 2, w };
  radius = w * 0.031 * Math.min(GAME.size, 1.2);
  walls = mirror(WALL);
  slings = mirror(SLING);
  bumpers = BUMPERS.slice(0, GAME.foes).map((at, i) => ({ ...place(at), name: GAME.foe[i % GAME.foe.length], lit: 0 }));
  flippers = walls.map((wall, i) => ({ ...wall[wall.length - 1], way: i ? -1 : 1, angle: DOWN, spin: 0 }));
  flicked = [0, 0];
  balls = [];
  wait = 0.8;
  layPrizes();
}

function layPrizes() {
  prizes = PRIZES.slice(0, Math.min(3 + game.level, PRIZES.length)).map(place);
}

function serve() {
  const { x, y } = place([between(0.35, 0.65), 0.09]);
  balls.push({ x, y, vx: between(-160, 160), vy: 0 });
  balls.push({ x, y: y + radius, vx: between(-160, 160), vy: 0 });  //? multi
  calm = 0;
}

function update(dt) {
  if (!balls.length && (wait -= dt) <= 0) serve();
  for (const word of pressed.splice(0)) if (word === 'tap') flicked[touched()] = 0.14;
  flicked = flicked.map((left) => left - dt);
  for (const one of bumpers) one.lit -= dt;
  const parts = Math.ceil(dt * 300);
  for (let i = 0; i < parts && game.state === 'playing'; i += 1) moveAll(dt / parts);
}

const touched = () => (pointer.x < field.w / 2 ? 0 : 1);

function isLifted(i) {
  return held.fire || held.up || (i ? held.right : held.left) || flicked[i] > 0 || (swipe && touched() === i);
}

function moveAll(dt) {
  flippers.forEach((one, i) => {
    const before = one.angle;
    one.angle = clamp(before + (isLifted(i) ? -17 : 9) * dt, UP, DOWN);
    one.spin = (one.angle - before) / dt;
  });
  for (const ball of balls) move(ball, dt);
  if (balls.some((ball) => Math.hypot(ball.vx, ball.vy) > 30)) calm = 0; else if (balls.length) calm += dt;
  if (calm > 2.5) { calm = 0; for (const ball of balls) { ball.vx = between(-220, 220); ball.vy = -260; } }
  keep(balls, ({ y }) => y < field.h + radius);
  if (balls.length || wait > 0) return;
  wait = 0.9;
  const { x, y } = place([0.5, 0.95]);
  stumble(x, y);
}

function move(ball, dt) {
  const heavy = field.h / 600;
  ball.vy += 640 * heavy * GAME.speed * (1 + game.level * 0.04) * dt;
  const pace = Math.hypot(ball.vx, ball.vy), most = 1300 * heavy;
  if (pace > most) { ball.vx *= most / pace; ball.vy *= most / pace; }
  ball.x += ball.vx * dt;
  ball.y += ball.vy * dt;
  for (const wall of walls) for (let i = 1; i < wall.length; i += 1) bounce(ball, nearest(ball, wall[i - 1], wall[i]), radius, 0.45);
  for (const [a, b, c] of slings) {
    bounce(ball, nearest(ball, a, b), radius, 0.4);
    bounce(ball, nearest(ball, b, c), radius, 0.4);
    if (bounce(ball, nearest(ball, a, c), radius, 0.6, 300 * heavy)) { score(5); play('bounce'); }
  }
  for (const one of flippers) flip(ball, one);
  for (const one of bumpers) if (bounce(ball, one, radius + table.w * 0.07, 0.6, 330 * heavy)) bump(one);
  collect(ball);
}

// The point of a line that is next to the ball.
function nearest(ball, a, b) {
  const dx = b.x - a.x, dy = b.y - a.y;
  const part = clamp(((ball.x - a.x) * dx + (ball.y - a.y) * dy) / (dx * dx + dy * dy), 0, 1);
  return { x: a.x + dx * part, y: a.y + dy * part };
}

// Off a point, which may move and kick. True if the ball came against it.
function bounce(ball, point, reach, spring, kick = 0, vx = 0, vy = 0) {
  const far = distance(ball, point);
  if (far >= reach || far === 0) return false;
  const nx = (ball.x - point.x) / far, ny = (ball.y - point.y) / far;
  ball.x = point.x + nx * reach;
  ball.y = point.y + ny * reach;
  const into = (ball.vx - vx) * nx + (ball.vy - vy) * ny;
  if (into >= 0) return false;
  ball.vx += nx * (kick - (1 + spring) * into);
  ball.vy += ny * (kick - (1 + spring) * into);
  return true;
}

const tip = ({ x, y, way, angle }) => ({ x: x + way * Math.cos(angle) * table.w * 0.175, y: y + Math.sin(angle) * table.w * 0.175 });

function flip(ball, one) {
  const point = nearest(ball, one, tip(one)), turn = one.spin * one.way;
  bounce(ball, point, radius + table.w * 0.018, 0.25, 0, -turn * (point.y - one.y), turn * (point.x - one.x));
}

function bump(one) {
  one.lit = 0.2;
  score(10, one.x, one.y);
  burst(one.x, one.y, COLOURS.accent, 8);
  play('hit');
}

function collect(ball) {
  const one = prizes.find((other) => distance(other, ball) < radius + table.w * 0.045);
  if (!one) return;
  keep(prizes, (other) => other !== one);
  score(50, one.x, one.y);
  burst(one.x, one.y, '#ffe9a8', 16);
  play('bonus');
  if (prizes.length) return;
  score(200, one.x, one.y - 30);
  levelUp();
  layPrizes();
}

/* ---- Drawing ---- */

function draw() {
  ink.globalAlpha = 0.5;
  poly(COLOURS.night, [...walls[0], ...[...walls[1]].reverse()].map(({ x, y }) => [x, y]));
  ink.globalAlpha = 1;
  for (const [colour, width] of [[COLOURS.outline, 12], [COLOURS.tint, 6]]) for (const wall of walls) lines(colour, width, wall.map(({ x, y }) => [x, y]));
  slings.forEach((points) => {
    const corners = points.map(({ x, y }) => [x, y]);
    poly(COLOURS.bricks[1], corners);
    lines(COLOURS.outline, 4, [...corners, corners[0]]);
  });
  for (const { x, y } of prizes) {
    glow(x, y, table.w * 0.09, COLOURS.accent, 0.35);
    sprite(GAME.food, x, y, table.w * 0.042 * (1 + Math.sin(clock * 4 + x) * 0.06));
  }
  bumpers.forEach(drawBumper);
  for (const one of flippers) {
    const end = tip(one), wide = table.w * 0.036;
    for (const [colour, more] of [[COLOURS.outline, 5], [COLOURS.hero, 0]]) lines(colour, wide + more, [[one.x, one.y], [end.x, end.y]]);
    disc(COLOURS.outline, one.x, one.y, wide * 0.3);
  }
  for (const { x, y } of balls) sprite(GAME.ball, x, y, radius, (x + y) / radius / 3);
}

function drawBumper({ x, y, name, lit }, i) {
  const r = table.w * 0.07 * (lit > 0 ? 1.1 : 1);
  glow(x, y, r * 1.7, COLOURS.bricks[i % 6], lit > 0 ? 0.9 : 0.35);
  disc(COLOURS.outline, x, y, r);
  disc(COLOURS.bricks[i % 6], x, y, r * 0.92);
  disc(COLOURS.night, x, y, r * 0.76);
  sprite(name, x, y, r * 0.6);
}
