/* ---- Whack. They look out of their holes for a moment; hit them before they
   are gone, and leave your friends alone. ---- */

const SHADE = 0.45;

let holes, since, hits, slips, hammer;

function setUp() {
  const wide = GAME.size < 1 ? 4 : 3;
  layBoard(field.w > field.h ? 4 : wide, field.w > field.h ? 3 : 4, 14);
  holes = [];
  for (let y = 0; y < board.rows; y += 1) for (let x = 0; x < board.columns; x += 1) holes.push({ x, y, up: 0, left: 0, who: null });
  since = 0;
  hits = 0;
  slips = 0;
  hammer = { x: field.w / 2, y: field.h / 2, age: 9 };
}

const focus = () => (pointer.isUsed ? pointer : middle(cursor.x, cursor.y));
const rush = () => (1 + (game.level - 1) * 0.13) * GAME.speed;

function update(dt) {
  since += dt * GAME.crowd;
  hammer.age += dt;
  if (since > 0.95 / rush()) { since = between(0, 0.25); rise(); }
  for (const hole of holes) stir(hole, dt);
  if (game.state === 'playing') steerCursor(strike);
}

function rise() {
  const hole = pick(holes.filter((hole) => !hole.who && hole.up <= 0));
  if (!hole) return;
  const dice = Math.random();
  const isFriend = dice > 0.84;
  Object.assign(hole, { who: isFriend ? GAME.hero : dice < 0.12 ? GAME.treat : pick(GAME.foe), isFriend, isHit: false, left: between(1, 1.5) / rush() });
  if (dice > 0.77 && !isFriend) hole.who = GAME.gift;  //? powers
}

function stir(hole, dt) {
  hole.left -= dt;
  hole.up = clamp(hole.up + (hole.who && hole.left > 0 && !hole.isHit ? 6 : -6) * dt, 0, 1);
  if (!hole.who || hole.up > 0 || hole.left > 0 && !hole.isHit) return;
  // Three that got away cost a life.
  const isMissed = !hole.isHit && GAME.foe.includes(hole.who);
  hole.who = null;
  if (!isMissed) return;
  slips += 1;
  if (slips % 3) return play('steal');
  const at = middle(hole.x, hole.y);
  game.safe = 0;
  hurt(at.x, at.y);
}

function strike(x, y) {
  const hole = holes[y * board.columns + x], at = middle(x, y);
  Object.assign(hammer, at, { age: 0 });
  if (!hole.who || hole.isHit || hole.up < 0.3) return play('bounce');
  hole.isHit = true;
  if (hole.isFriend) { game.safe = 0; hurt(at.x, at.y); return; }
  if (hole.who === GAME.gift) return grant(pick(GAME.powers), at.x, at.y);  //? powers
  hits += 1;
  score(hole.who === GAME.treat ? 50 : 10 + game.level, at.x, at.y - 30);
  burst(at.x, at.y, COLOURS.accent, 18);
  play(hole.who === GAME.treat ? 'bonus' : 'boom');
  if (hits % 10 === 0) levelUp();
}

function draw() {
  const r = board.size * 0.36;
  for (const hole of holes) {
    const { x, y } = middle(hole.x, hole.y), base = y + r * 0.62;
    disc(COLOURS.bricks[3] + '77', x, base + 5, r * 1.22, r * 0.5);
    disc(COLOURS.outline, x, base, r * 1.1, r * 0.4);
    if (hole.who) {
      ink.save();
      ink.beginPath();
      ink.rect(x - r * 1.6, y - r * 2, r * 3.2, base - y + r * 2);
      ink.ellipse(x, base, r * 1.1, r * 0.4, 0, 0, Math.PI);
      ink.clip();
      if (hole.isFriend) glow(x, y, r * 1.6, '#7dff9a', 0.45);
      sprite(hole.who, x, y + r * 1.9 * (1 - hole.up) - r * 0.08, r * 0.86, 0, hole.isHit ? 0.6 : 1);
      ink.restore();
    }
    shape(COLOURS.bricks[3], () => { ink.ellipse(x, base, r * 1.16, r * 0.46, 0, 0, Math.PI); ink.ellipse(x, base, r * 1.1, r * 0.36, 0, Math.PI, 0, true); });
  }
  drawCursor();
  if (hammer.age > 0.3) return;
  ink.save();
  ink.translate(hammer.x + r * 0.7, hammer.y + r * 0.1);
  ink.rotate(0.9 - Math.min(1, hammer.age * 9) * 1.5);
  box('#8a5a2a', -r * 0.09, -r * 0.2, r * 0.18, r * 1.1, 4);
  box(COLOURS.alarm, -r * 0.46, -r * 0.56, r * 0.92, r * 0.48, 8);
  ink.restore();
}
