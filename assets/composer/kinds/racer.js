/* ---- Racer. A winding road from above, traffic to overtake, and verges that
   slow down whoever leaves the road. ---- */

const SHADE = 0.4;

let car, traffic, junk, far, pace, since, toward;

// `far` is how many units of road lie behind; the car is always at the same height.
function setUp() {
  far = since = 0;
  pace = 0;
  toward = 420;
  traffic = [];
  junk = [];
  car = { x: roadAt(0), y: field.h - 105, w: 19 * Math.min(1.3, GAME.size), h: 32 * Math.min(1.3, GAME.size), lean: 0 };
}

const focus = () => ({ x: car.x, y: car.y - 40 });
const halfRoad = () => Math.max(100, Math.min(165, field.w * 0.22) - game.level * 4);
const limit = () => (330 + Math.min(game.level, 12) * 24) * GAME.speed;
const seen = (at) => car.y - (at - far);

// Where the middle of the road is; straight at first, then in longer and sharper bends.
function roadAt(at) {
  const room = field.w / 2 - halfRoad() - 50, grown = clamp((at - 300) / 1500, 0, 1);
  return field.w / 2 + room * grown * (Math.sin(at / 510) * 0.6 + Math.sin(at / 293 + GAME.seed) * 0.4);
}

function update(dt) {
  pressed.length = 0;
  since += dt;
  const offRoad = Math.abs(car.x - roadAt(far)) - halfRoad() + car.w;
  const wish = limit() * (offRoad > 0 ? 0.42 : held.up || held.fire ? 1.25 : held.down ? 0.5 : 1);
  pace += (wish - pace) * Math.min(1, dt * (offRoad > 0 ? 5 : 1.4));
  far += pace * dt;
  steer(dt);
  if (offRoad > 4 && Math.random() < dt * 30) burst(car.x + between(-12, 12), car.y + car.h, COLOURS.dim, 1);
  while (toward < far + field.h + 100) lay();
  for (const one of traffic) drive(one, dt);
  for (const thing of junk) meet(thing);
  keep(traffic, (one) => !one.isGone && one.at > far - 240);
  keep(junk, (thing) => !thing.isGone && thing.at > far - 160);
  if (far > game.level * 5200) { levelUp(); score(100); }
}

function steer(dt) {
  const push = (held.right ? 1 : 0) - (held.left ? 1 : 0);
  const wish = push || (pointer.isUsed ? clamp((pointer.x - car.x) / 40, -1, 1) : 0);
  car.lean += (wish * 0.28 - car.lean) * Math.min(1, dt * 9);
  car.x = clamp(car.x + wish * (250 + pace * 0.42) * Math.min(1, since * 2) * dt, car.w, field.w - car.w);
}

/* ---- What lies and drives ahead ---- */

function lay() {
  toward += 150;
  const side = pick([-1, 1]), lane = pick([-0.62, 0, 0.62]), dice = Math.random();
  // Stones stand beside the road, on both sides in turn.
  junk.push({ name: GAME.stone, isHard: true, at: toward, off: side * (halfRoad() + between(26, 46)), r: 19 });
  if (dice < 0.3) for (let i = 0; i < 3; i += 1) junk.push({ name: GAME.food, at: toward + i * 46, lane, r: 15 });
  else if (dice < 0.36) junk.push({ name: GAME.treat, at: toward, lane, r: 17 });
  else if (dice < 0.41) junk.push({ name: GAME.gift, isGift: true, at: toward, lane, r: 17 });  //? powers
  const most = Math.min(9, (GAME.foes || 4) * GAME.crowd + Math.floor((game.level - 1) / 2));
  if (toward < 900 || traffic.length >= most || Math.random() > 0.62) return;
  // Never so close to another that the road is shut.
  if (traffic.some((one) => Math.abs(one.at - toward - 40) < 170)) return;
  const names = GAME.foes ? GAME.foe : [GAME.stone];
  traffic.push({ name: names[Math.floor(toward / 150) % names.length], colour: COLOURS.bricks[Math.floor(toward / 150) % 6], at: toward + 40, lane: pick([-0.62, 0, 0.62]), goal: 0, pace: between(0.36, 0.58), turn: between(2, 6) });
}

const spotOf = (one) => ({ x: roadAt(one.at) + (one.off ?? one.lane * halfRoad()), y: seen(one.at) });

function drive(one, dt) {
  const ahead = traffic.some((other) => other !== one && other.at > one.at && other.at < one.at + 130 && Math.abs(other.lane - one.lane) < 0.5);
  one.at += limit() * (ahead ? 0.34 : one.pace) * dt;
  if (game.level > 2) one.lane = clamp(one.lane + Math.sin(one.at / 260 + one.turn) * 0.22 * dt, -0.66, 0.66);
  const wanted = clamp((car.x - roadAt(one.at)) / halfRoad(), -0.66, 0.66);  //? chase
  if (one.at > far + 60 && one.at < far + 420) one.lane += clamp(wanted - one.lane, -0.3 * dt, 0.3 * dt);  //? chase
  const { x, y } = spotOf(one);
  if (!one.isPassed && one.at < far - car.h * 2) { one.isPassed = true; score(15, x, y - 30); play('hit'); }
  if (since < 2 || Math.abs(x - car.x) > car.w * 2 - 4 || Math.abs(y - car.y) > car.h * 2 - 6) return;
  if (game.safe > 0) return;
  if (GAME.foes && game.score > 0) { game.safe = 1.4; score(-Math.min(50, game.score), x, y); pace *= 0.5; return play('steal'); }  //? steal
  crash(x, y);
  one.at += one.at > far ? 90 : -90;
}

function meet(thing) {
  const { x, y } = spotOf(thing);
  if (Math.abs(x - car.x) > car.w + thing.r - 3 || Math.abs(y - car.y) > car.h + thing.r - 6) return;
  if (thing.isHard && game.safe > 0) return;
  thing.isGone = true;
  if (thing.isHard) return crash(x, y);
  burst(x, y, COLOURS.accent, 12);
  if (thing.isGift) return grant(pick(GAME.powers), x, y);  //? powers
  score(thing.name === GAME.treat ? 50 : 10, x, y);
  play(thing.name === GAME.treat ? 'bonus' : 'eat');
}

function crash(x, y) {
  pace *= 0.3;
  play('boom');
  burst(x, y, COLOURS.accent, 24);
  hurt(car.x, car.y);
}

/* ---- Drawing ---- */

function draw() {
  const edge = [];
  for (let y = -20; y <= field.h + 20; y += 20) edge.push([roadAt(far + car.y - y), y]);
  const half = halfRoad(), strip = (colour, wide) => poly(colour, [...edge.map(([x, y]) => [x - wide, y]), ...edge.map(([x, y]) => [x + wide, y]).reverse()]);
  box(COLOURS.bricks[3] + 'bb', 0, 0, field.w, field.h);
  for (let at = Math.floor(far / 120) * 120 - 240; at < far + field.h; at += 240) box('#0000001c', 0, seen(at) - 120, field.w, 120);
  strip(COLOURS.bricks[2] + '77', half + 58);
  strip('#ffffff', half + 7);
  strip(COLOURS.outline, half);
  strip('#ffffff1c', half);
  for (let at = Math.ceil((far - 140) / 60) * 60; at < far + field.h; at += 60) drawMarks(at, half);
  for (const thing of junk) drawJunk(thing);
  for (const one of traffic) { const { x, y } = spotOf(one); drawCar(x, y, one.colour, one.name, bend(one.at)); }
  if (powers.shield > 0) glow(car.x, car.y, car.h * 2, '#8fd8ff', 0.8);  //? powers
  glow(car.x, car.y, car.h * 2, COLOURS.hero, 0.4);
  ink.globalAlpha = game.safe > 0 && clock % 0.24 < 0.1 ? 0.4 : 1;
  if (pace > limit() * 0.9) for (const side of [-9, 9]) poly(COLOURS.accent, [[car.x + side - 4, car.y + car.h], [car.x + side, car.y + car.h + 12 + Math.sin(clock * 60) * 4], [car.x + side + 4, car.y + car.h]]);
  drawCar(car.x, car.y, COLOURS.hero, GAME.hero, car.lean);
  ink.globalAlpha = 1;
  const wide = 150, gone = far - (game.level - 1) * 5200;
  box('#00000066', field.w / 2 - wide, 12, wide * 2, 10, 5);
  box(COLOURS.accent, field.w / 2 - wide, 12, Math.max(10, wide * 2 * clamp(gone / 5200, 0, 1)), 10, 5);
}

const bend = (at) => Math.atan2(roadAt(at + 20) - roadAt(at - 20), 40);

// Red and white kerbs, and the dashes between three lanes.
function drawMarks(at, half) {
  const y = seen(at), next = seen(at + 30);
  for (const side of [-1, 1]) {
    lines(COLOURS.alarm, 7, [[roadAt(at) + side * (half + 3), y], [roadAt(at + 30) + side * (half + 3), next]]);
    lines('#ffffff88', 4, [[roadAt(at) + side * half * 0.31, y], [roadAt(at + 30) + side * half * 0.31, next]]);
  }
}

function drawJunk(thing) {
  const { x, y } = spotOf(thing);
  if (y < -40) return;
  disc(thing.isHard ? '#00000044' : '#ffffff33', x, y + (thing.isHard ? 4 : 0), thing.r * 1.15);
  sprite(thing.name, x, y, thing.r);
}

function drawCar(x, y, colour, name, turn) {
  const { w, h } = car;
  if (y < -h * 2) return;
  ink.save();
  ink.translate(x, y);
  ink.rotate(turn);
  for (const side of [-1, 1]) for (const end of [-0.6, 0.55]) box('#111111', side * w - 4, end * h - 8, 8, 17, 3);
  box(COLOURS.outline, -w - 1, -h - 1, w * 2 + 2, h * 2 + 2, 11);
  box(colour, -w + 1, -h + 1, w * 2 - 2, h * 2 - 2, 10);
  box('#ffffff66', -w * 0.72, -h * 0.62, w * 1.44, h * 0.3, 4);
  for (const side of [-1, 1]) { disc('#fff6c0', side * w * 0.62, -h + 4, 4, 3); box('#c01818', side * w * 0.62 - 4, h - 6, 8, 4, 2); }
  disc('#ffffff66', 0, h * 0.22, w * 0.92);
  ink.restore();
  sprite(name, x, y + h * 0.2, w * 0.95, turn);
}
