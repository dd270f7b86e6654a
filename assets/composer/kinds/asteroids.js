/* ---- Asteroids. The ship keeps its speed until you brake by turning round.
   Rocks break in two, and what leaves on one side comes back on the other. ---- */

const SHADE = 0.55;

let ship, rocks, shots, foes, gifts, reload, sinceFoe;
let bolts;  //? shoots

function setUp() {
  shots = [];
  foes = [];
  gifts = [];
  rocks = [];
  sinceFoe = 0;
  sinceFoe = 9;  //? shoots
  bolts = [];  //? shoots
  launch();
  wave();
}

function launch() {
  ship = { x: field.w / 2, y: field.h / 2, r: 19 * GAME.size, vx: 0, vy: 0, angle: -Math.PI / 2, isBurning: false };
  reload = 0;
}

function wave() {
  const count = Math.min(3 + game.level, 9);
  for (let i = 0; i < count; i += 1) {
    const side = Math.random() < 0.5;
    addRock(side ? pick([0, field.w]) : between(0, field.w), side ? between(0, field.h) : pick([0, field.h]), 3);
  }
  if (game.level % 2 === 0) foes.push({ name: GAME.foe[0], x: -40, y: field.h / 2, r: 56, vx: 0, vy: 0, left: 14, whole: 14 });  //? boss
}

function wound(foe, shot) {
  foe.left -= 1;
  score(10, shot.x, shot.y);
  burst(shot.x, shot.y, COLOURS.alarm, 6);
}

// Foes aim at the ship, every two seconds.
function aim(foe, dt) {
  foe.wait = (foe.wait ?? 1.2) - dt;
  if (foe.wait > 0) return;
  foe.wait = 2.2 / GAME.speed;
  const angle = Math.atan2(ship.y - foe.y, ship.x - foe.x);
  bolts.push({ x: foe.x, y: foe.y, r: 6, vx: Math.cos(angle) * 230, vy: Math.sin(angle) * 230, left: 2.2 });
  play('bounce');
}

function addRock(x, y, size) {
  const angle = between(0, TAU), speed = between(35, 75) * (1 + (3 - size) * 0.45 + game.level * 0.06) * GAME.speed;
  rocks.push({ x, y, size, r: [0, 15, 27, 44][size], vx: Math.cos(angle) * speed, vy: Math.sin(angle) * speed, spin: between(-1, 1), turn: between(0, TAU) });
}

const focus = () => ship;

function update(dt) {
  fly(dt);
  reload -= dt;
  if ((held.fire || swipe || pressed.includes('fire') || pressed.includes('tap')) && reload < 0) shoot();  //? !auto
  if (reload < 0) shoot();  //? auto
  pressed.length = 0;
  for (const shot of shots) { shot.left -= dt; glide(shot, dt); }
  for (const rock of rocks) { rock.turn += rock.spin * dt; glide(rock, dt); }
  for (const foe of foes) hunt(foe, dt);
  for (const foe of foes) aim(foe, dt);  //? shoots
  for (const bolt of bolts) { bolt.left -= dt; glide(bolt, dt); }  //? shoots
  keep(bolts, (bolt) => bolt.left > 0);  //? shoots
  for (const shot of shots) hit(shot);
  keep(shots, (shot) => shot.left > 0);
  for (const gift of gifts) gift.left -= dt;
  collide();
  sinceFoe += dt;
  if (sinceFoe > 14 / GAME.crowd && foes.length < Math.max(1, GAME.foes)) { sinceFoe = 0; foes.push({ name: pick(GAME.foe), x: -20, y: between(40, field.h - 40), r: 20, vx: 0, vy: 0 }); }
  if (rocks.length === 0 && !foes.some((foe) => foe.left)) { score(100); levelUp(); wave(); }
}

// Keys turn and push; the mouse or a finger points the way and pulls.
function fly(dt) {
  const turn = (held.right ? 1 : 0) - (held.left ? 1 : 0);
  ship.angle += turn * 4.2 * dt;
  let isBurning = held.up;
  if (pointer.isUsed && !turn && distance(pointer, ship) > 10) {
    const wanted = Math.atan2(pointer.y - ship.y, pointer.x - ship.x);
    ship.angle += Math.atan2(Math.sin(wanted - ship.angle), Math.cos(wanted - ship.angle)) * Math.min(1, dt * 9);
    isBurning ||= swipe && distance(pointer, ship) > 130;
  }
  ship.isBurning = isBurning;
  if (isBurning) { ship.vx += Math.cos(ship.angle) * 330 * dt; ship.vy += Math.sin(ship.angle) * 330 * dt; }
  const drag = 1 - (held.down ? 2.4 : 0.35) * dt;
  ship.vx *= drag;
  ship.vy *= drag;
  glide(ship, dt);
}

function glide(one, dt) {
  one.x = (one.x + one.vx * dt + field.w + 40) % (field.w + 40);
  one.y = (one.y + one.vy * dt + field.h + 40) % (field.h + 40);
}

function shoot() {
  reload = 0.24;
  const [dx, dy] = [Math.cos(ship.angle), Math.sin(ship.angle)];
  shots.push({ x: ship.x + dx * ship.r, y: ship.y + dy * ship.r, vx: dx * 560 + ship.vx * 0.4, vy: dy * 560 + ship.vy * 0.4, left: 0.85 });
  play('shoot');
}

function hunt(foe, dt) {
  const angle = GAME.rule === 'hurt' ? clock * 0.7 + foe.r : Math.atan2(ship.y - foe.y, ship.x - foe.x);
  const pull = (GAME.rule === 'hurt' ? 60 : 90) * GAME.speed;
  foe.vx = clamp(foe.vx + Math.cos(angle) * pull * dt, -110, 110);
  foe.vy = clamp(foe.vy + Math.sin(angle) * pull * dt, -110, 110);
  glide(foe, dt);
}

function hit(shot) {
  const rock = rocks.find((rock) => distance(rock, shot) < rock.r);
  const foe = foes.find((foe) => distance(foe, shot) < foe.r + 4);
  if (!rock && !foe) return;
  shot.left = 0;
  play('boom');
  if (foe?.left > 1) return wound(foe, shot);  //? boss
  if (foe) { keep(foes, (other) => other !== foe); score(120, foe.x, foe.y); burst(foe.x, foe.y, COLOURS.alarm, 22); return; }
  keep(rocks, (other) => other !== rock);
  score([0, 50, 30, 15][rock.size], rock.x, rock.y);
  burst(rock.x, rock.y, COLOURS.bricks[rock.size], 14);
  if (rock.size > 1) for (const _ of [0, 1]) addRock(rock.x, rock.y, rock.size - 1);
  else if (Math.random() < 0.15) gifts.push({ x: rock.x, y: rock.y, left: 8, power: pick(GAME.powers) });  //? powers
  else if (Math.random() < 0.3) gifts.push({ x: rock.x, y: rock.y, left: 8 });
}

function collide() {
  for (const gift of gifts) {
    if (distance(gift, ship) > ship.r + 18) continue;
    gift.left = 0;
    if (gift.power) grant(gift.power, gift.x, gift.y); else  //? powers
    { score(60, gift.x, gift.y); play('bonus'); }
  }
  keep(gifts, (gift) => gift.left > 0);
  const blows = [...rocks, ...foes];  //? !shoots
  const blows = [...rocks, ...foes, ...bolts];  //? shoots
  const blow = blows.find((one) => distance(one, ship) < one.r * 0.85 + ship.r * 0.7);
  if (blow && game.safe <= 0 && hurt(ship.x, ship.y)) launch();
}

function draw() {
  for (const rock of rocks) sprite(GAME.stone, rock.x, rock.y, rock.r, rock.turn);
  for (const gift of gifts) { glow(gift.x, gift.y, 34, COLOURS.accent, 0.4); sprite(gift.power ? GAME.gift : GAME.food, gift.x, gift.y, 15, 0, Math.min(1, gift.left)); }  //? powers
  for (const gift of gifts) { glow(gift.x, gift.y, 34, COLOURS.accent, 0.4); sprite(GAME.food, gift.x, gift.y, 15, 0, Math.min(1, gift.left)); }  //? !powers
  for (const foe of foes) { glow(foe.x, foe.y, 42, COLOURS.alarm, 0.35); sprite(foe.name, foe.x, foe.y, foe.r); }
  for (const foe of foes) if (foe.left) healthBar(foe, foe.left / foe.whole);  //? boss
  for (const bolt of bolts) { glow(bolt.x, bolt.y, 18, COLOURS.alarm, 0.8); disc(COLOURS.alarm, bolt.x, bolt.y, 5); }  //? shoots
  for (const shot of shots) { glow(shot.x, shot.y, 16, COLOURS.accent, 0.8); disc(COLOURS.accent, shot.x, shot.y, 3.5); }
  if (powers.shield > 0) glow(ship.x, ship.y, ship.r * 2.2, '#8fd8ff', 0.7);  //? powers
  ink.save();
  ink.translate(ship.x, ship.y);
  ink.rotate(ship.angle);
  ink.globalAlpha = game.safe > 0 && clock % 0.24 < 0.1 ? 0.35 : 1;
  if (ship.isBurning) poly('#ff9d2e', [[-ship.r * 0.7, -7], [-ship.r * (1.5 + Math.sin(clock * 40) * 0.2), 0], [-ship.r * 0.7, 7]]);
  poly(COLOURS.outline, [[ship.r * 1.35, 0], [-ship.r, -ship.r * 0.95], [-ship.r * 0.6, 0], [-ship.r, ship.r * 0.95]]);
  poly(COLOURS.hero, [[ship.r * 1.15, 0], [-ship.r * 0.8, -ship.r * 0.75], [-ship.r * 0.45, 0], [-ship.r * 0.8, ship.r * 0.75]]);
  disc('#ffffffcc', ship.r * 0.15, 0, ship.r * 0.26, ship.r * 0.16);
  ink.restore();
}
