/* ---- Invaders. A crowd marches sideways, one row lower at each edge, and
   faster the fewer are left. Shields of stone crumble from both sides. ---- */

const SHADE = 0.5;

let hero, crowd, march, shots, bombs, stones, reload, saucer;
let gifts;  //? powers

function setUp() {
  hero = { x: field.w / 2, y: field.h - 36, r: 24 * GAME.size };
  gifts = [];  //? powers
  muster();
}

// A new crowd: more rows and a lower start with each level.
function muster() {
  const columns = Math.min(11, Math.max(5, Math.floor(field.w / 78))), rows = Math.min(3 + Math.floor((game.level + (GAME.crowd > 1 ? 3 : 0)) / 2), 6);  //? !count
  const columns = Math.min(11, Math.max(5, Math.floor(field.w / 78))), rows = GAME.count;  //? count
  crowd = [];
  for (let row = 0; row < rows; row += 1) for (let column = 0; column < columns; column += 1) {
    crowd.push({ name: GAME.foe[row % GAME.foe.length], row, x: 50 + column * 56, y: 70 + Math.min(game.level, 5) * 10 + row * 46, r: 19, points: (rows - row) * 10 });
  }
  march = { way: 1, size: crowd.length };
  shots = [];
  bombs = [];
  reload = 0;
  saucer = null;
  stones = [];
  for (let wall = 0; wall < 4; wall += 1) for (let i = 0; i < 10; i += 1) {
    stones.push({ x: field.w * (wall + 0.5) / 4 + (i % 5 - 2) * 17, y: field.h - 118 + Math.floor(i / 5) * 17, r: 9, left: 2 });
  }
  if (game.level % 2 === 0) summon();  //? boss
}

// In each second level a single one comes, who takes many hits.
function summon() {
  const left = 8 + game.level * 2;
  crowd = [{ name: GAME.foe[0], x: field.w / 2, y: 130, r: 64, left, whole: left, points: 300 }];
  march.size = 1;
}

function wound(foe, shot) {
  foe.left -= 1;
  score(10, shot.x, shot.y);
  burst(shot.x, shot.y, COLOURS.alarm, 6);
  play('hit');
}

const focus = () => hero;

function update(dt) {
  const push = (held.right ? 1 : 0) - (held.left ? 1 : 0);
  const lift = (held.down ? 1 : 0) - (held.up ? 1 : 0) || (pointer.isUsed ? clamp((pointer.y - hero.y) / 30, -1, 1) : 0);  //? free
  hero.y = clamp(hero.y + lift * 330 * dt, field.h * 0.5, field.h - 36);  //? free
  const pull = pointer.isUsed ? clamp((pointer.x - hero.x) / 30, -1, 1) : 0;
  hero.x = clamp(hero.x + (push || pull) * 430 * dt, hero.r, field.w - hero.r);
  reload -= dt;
  const isFiring = held.fire || swipe || pressed.includes('fire') || pressed.includes('tap');  //? !auto
  const isFiring = true;  //? auto
  pressed.length = 0;
  if (isFiring && reload <= 0) shoot();
  for (const shot of shots) fly(shot, dt);
  for (const bomb of bombs) fall(bomb, dt);
  for (const gift of gifts) sink(gift, dt);  //? powers
  keep(shots, (shot) => !shot.isGone);
  keep(bombs, (bomb) => !bomb.isGone);
  keep(gifts, (gift) => !gift.isGone);  //? powers
  keep(stones, (stone) => stone.left > 0);
  visit(dt);
  advance(dt);
}

function shoot() {
  reload = 0.42;
  shots.push({ x: hero.x, y: hero.y - hero.r });
  play('shoot');
}

function advance(dt) {
  const pace = (22 + game.level * 5 + (1 - crowd.length / march.size) * 90) * GAME.speed;
  for (const foe of crowd) foe.x += march.way * pace * dt;
  if (crowd.some((foe) => (march.way > 0 ? foe.x > field.w - foe.r - 7 : foe.x < foe.r + 7))) {
    march.way *= -1;
    for (const foe of crowd) foe.y += 16;
  }
  const anger = 0.55 + game.level * 0.14;  //? !shoots
  const anger = 1.1 + game.level * 0.2;  //? shoots
  if (Math.random() < dt * anger * GAME.speed && crowd.length && bombs.length < 7) {
    const foe = pick(crowd), lead = GAME.rule === 'chase' ? clamp(hero.x - foe.x, -90, 90) : 0;
    bombs.push({ x: foe.x, y: foe.y + 16, vx: lead });
  }
  if (crowd[0]?.left && Math.random() < dt * 0.7 * GAME.speed) for (const vx of [-70, 0, 70]) bombs.push({ x: crowd[0].x, y: crowd[0].y + 60, vx });  //? boss
  if (crowd.some((foe) => foe.y > field.h - 74)) { return finish('They have landed'); }
  if (crowd.length === 0) { score(100); levelUp(); muster(); }
}

function fly(shot, dt) {
  shot.y -= 620 * dt;
  shot.isGone = shot.y < -10;
  const foe = [...crowd, ...(saucer ? [saucer] : [])].find((foe) => distance(foe, shot) < foe.r + 5);
  if (foe) {
    shot.isGone = true;
    if (foe.left > 1) return wound(foe, shot);  //? boss
    keep(crowd, (other) => other !== foe);
    score(foe.points, foe.x, foe.y);
    burst(foe.x, foe.y, COLOURS.bricks[(foe.row || 0) % 6], 18);
    play(foe === saucer ? 'bonus' : 'boom');
    if (Math.random() < 0.12) gifts.push({ x: foe.x, y: foe.y, power: pick(GAME.powers) });  //? powers
    if (foe === saucer) saucer = null;
  }
  crumble(shot);
}

function fall(bomb, dt) {
  bomb.y += (190 + game.level * 12) * GAME.speed * dt;
  bomb.x += bomb.vx * dt;
  bomb.isGone = bomb.y > field.h;
  if (distance(bomb, hero) < hero.r) {
    bomb.isGone = true;
    if (GAME.rule === 'steal' && game.score > 0) { score(-Math.min(50, game.score), hero.x, hero.y - 30); play('steal'); } else hurt(hero.x, hero.y);
  }
  crumble(bomb);
}

function crumble(shot) {
  const stone = stones.find((stone) => Math.abs(stone.x - shot.x) < 10 && Math.abs(stone.y - shot.y) < 12);
  if (!stone || shot.isGone) return;
  stone.left -= 1;
  shot.isGone = true;
}

function sink(gift, dt) {
  gift.y += 140 * dt;
  gift.isGone = gift.y > field.h + 20;
  if (distance(gift, hero) < hero.r + 14) { gift.isGone = true; grant(gift.power, gift.x, gift.y); }
}

// Now and then something worth a lot passes at the top.
function visit(dt) {
  if (!saucer && Math.random() < dt / 14) saucer = { name: GAME.treat, x: -20, y: 32, r: 18, points: 150 };
  if (saucer && (saucer.x += 130 * dt) > field.w + 20) saucer = null;
}

function draw() {
  for (const stone of stones) box(COLOURS.edge, stone.x - 8, stone.y - 8, 16, 16, stone.left > 1 ? 3 : 8);
  for (const foe of crowd) sprite(foe.name, foe.x, foe.y, foe.r);
  for (const foe of crowd) if (foe.left) healthBar(foe, foe.left / foe.whole);  //? boss
  if (saucer) { glow(saucer.x, saucer.y, 40, COLOURS.accent, 0.5); sprite(saucer.name, saucer.x, saucer.y, saucer.r); }
  for (const gift of gifts) { glow(gift.x, gift.y, 32, COLOURS.hero, 0.4); sprite(GAME.gift, gift.x, gift.y, 15); }  //? powers
  for (const shot of shots) { glow(shot.x, shot.y, 18, COLOURS.accent, 0.7); box(COLOURS.accent, shot.x - 2, shot.y - 9, 4, 18, 2); }
  for (const bomb of bombs) lines(COLOURS.alarm, 4, [0, 1, 2, 3].map((i) => [bomb.x + (i % 2 ? 4 : -4), bomb.y - 12 + i * 7]));
  if (powers.shield > 0) glow(hero.x, hero.y, hero.r * 2.2, '#8fd8ff', 0.7);  //? powers
  glow(hero.x, hero.y, hero.r * 2, COLOURS.hero, 0.3);
  sprite(GAME.hero, hero.x, hero.y, hero.r, 0, game.safe > 0 && clock % 0.24 < 0.1 ? 0.35 : 1);
}
