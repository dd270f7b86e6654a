/* ---- Rhythm. Notes come down four lanes in time with a beat; each is hit when
   it is on the pad of its lane, and sounds only then: who plays well hears the
   tune. ---- */

const SHADE = 0.62;
const WAYS = ['left', 'down', 'up', 'right'];
const TINTS = [0, 2, 3, 4].map((i) => COLOURS.bricks[i]);
// One chord for each bar, and of each chord one tone for each lane.
const CHORDS = [[220, 262, 330, 440], [175, 220, 262, 349], [262, 330, 392, 523], [196, 247, 294, 392]];
const AHEAD = 3.5;    // beats that can be seen
const REACH = 0.17;   // seconds too early or too late that still count

let track, hero, pads, notes, beat, bars, figure, written, mood, streak, hits;

function setUp() {
  let lane = Math.min(field.w - 60, 540) / 4;
  lane = 84;  //? dark
  track = { x: field.w / 2 - lane * 2, lane, line: field.h - 150, r: clamp(lane * 0.3 * GAME.size, 20, lane * 0.42) };
  hero = { x: field.w / 2, lane: 1, hop: 0 };
  pads = WAYS.map(() => ({ age: 9 }));
  notes = [];
  beat = -AHEAD;
  bars = written = streak = hits = 0;
  mood = 1;
}

const middleOf = (lane) => track.x + (lane + 0.5) * track.lane;
const heightOf = (one) => track.line - (one.beat - beat) * track.line / AHEAD;
const tempo = () => (1.45 + (game.level - 1) * 0.1) * GAME.speed;   // beats in a second
const late = (one) => (beat - one.beat) / tempo();                  // seconds; less than 0 is early
const chord = (at) => CHORDS[Math.floor(at / 4) + GAME.seed & 3];
const focus = () => ({ x: field.w / 2, y: track.line - 60 });

function update(dt) {
  while (pressed.length && game.state === 'playing') press(pressed.shift());
  const last = Math.floor(beat);
  beat += dt * tempo();
  if (Math.floor(beat) > last) sing(chord(beat)[0] / 2, VOICE.soft, 0.16, (last + 1) % 4 ? 0.08 : 0.14);
  while (bars * 4 < beat + AHEAD + 1) writeBar();
  for (const pad of pads) pad.age += dt;
  hero.x += (middleOf(hero.lane) - hero.x) * Math.min(1, dt * 14);
  hero.hop = Math.max(0, hero.hop - dt * 4);
  for (const one of notes) pass(one, dt);
  keep(notes, (one) => !one.isGone);
}

// A tone of any height: the sounds of the theme have but one each.
function sing(pitch, wave, time, volume) {
  SOUNDS.tone = { wave, notes: [pitch], time, volume };
  play('tone');
}

/* ---- The tune ---- */

// Each figure comes twice, the second time in the mirror: that can be learnt.
function writeBar() {
  figure = bars % 2 ? figure.map((lane) => (lane < 0 ? lane : 3 - lane)) : invent();
  figure.forEach((lane, i) => { if (lane >= 0) write(bars * 4 + i / 2, lane); });
  if (bars > 1) sneak();  //? foes
  bars += 1;
}

// Eight half beats. Off the beat there is little at first, and on it two notes in the first bars.
function invent() {
  let lane = Math.floor(between(0, 4)), isRun = false;
  return Array.from({ length: 8 }, (_, i) => {
    const chance = i % 2 ? Math.min(0.72, (game.level - 1) * 0.11) : 0.58 + game.level * 0.06;
    const isRest = bars < 2 ? i % 4 > 0 : i > 0 && Math.random() > chance;
    // Half a beat is time for the next lane, not for any.
    if (!isRest) lane = isRun ? clamp(lane + pick([-1, 1]), 0, 3) : (lane + Math.floor(between(1, 4))) % 4;
    isRun = !isRest;
    return isRest ? -1 : lane;
  });
}

function write(at, lane) {
  written += 1;
  const one = { beat: at, lane, x: middleOf(lane), name: written % 12 ? GAME.food : GAME.treat };
  if (written % 26 === 0) Object.assign(one, { name: GAME.gift, power: pick(GAME.powers) });  //? powers
  notes.push(one);
}

// Foes come where the tune rests: who only plays what is written meets none.
function sneak() {
  const rests = shuffle([0, 1, 2, 3, 4, 5, 6, 7].filter((i) => figure[i] < 0));
  for (let left = GAME.foes * GAME.crowd * 0.4; left > 0 && rests.length; left -= 1) {
    const lane = Math.floor(between(0, 4)), at = bars * 4 + rests.pop() / 2;
    if (Math.random() < left) notes.push({ beat: at, lane, x: middleOf(lane), name: pick(GAME.foe), isFoe: true });
  }
}

/* ---- Hits and misses ---- */

function press(word) {
  // A swipe says the same as an arrow, but no key is held then: it was a tap before.
  const touched = clamp(Math.floor((pointer.x - track.x) / track.lane), 0, 3);
  const lane = word === 'tap' ? touched : held[word] ? WAYS.indexOf(word) : -1;
  if (lane < 0) return;
  pads[lane].age = 0;
  Object.assign(hero, { lane, hop: 1 });
  const near = notes.filter((one) => one.lane === lane && !one.isGone && !one.isLost && Math.abs(late(one)) < REACH);
  near.sort((a, b) => Math.abs(late(a)) - Math.abs(late(b)));
  const one = near.find((one) => !one.isFoe) || near[0];
  if (one && one.isFoe) return wake(one);  //? foes
  if (one) return hit(one);
  play('bounce');
  // Before the first note the keys can be tried.
  if (beat > -0.5) slip(lane, 0.12);
}

function hit(one) {
  const isClean = Math.abs(late(one)) < 0.06, isTreat = one.name === GAME.treat;
  one.isGone = true;
  streak += 1;
  hits += 1;
  mood = Math.min(1, mood + 0.06);
  sing(chord(one.beat)[one.lane] * 2, VOICE.lead, 0.24, 0.07);
  burst(one.x, track.line, TINTS[one.lane], isClean ? 16 : 7);
  const points = (isTreat ? 40 : 10) + (isClean ? 5 : 0) + Math.min(20, Math.floor(streak / 5) * 2), y = track.line - 54;
  if (isClean) labels.push({ x: one.x, y, text: 'Perfect!', age: 0 });
  if (isClean) score(points); else score(points, one.x, y);
  if (isTreat) play('bonus');
  if (one.power) grant(one.power, one.x, y - 30);  //? powers
  if (hits % 24 === 0) levelUp();
}

// The mood lasts for four missed notes; those that are hit mend it.
function slip(lane, cost) {
  streak = 0;
  if (game.state !== 'playing' || game.safe > 0) return;
  mood -= cost;
  if (mood > 0.01) return;
  mood = 1;
  stumble(middleOf(lane), track.line);
}

function pass(one, dt) {
  one.isGone ||= heightOf(one) > field.h + 50;
  if (one.isFoe && one.beat - beat < 2) one.lane = one.home ??= hero.lane;  //? chase
  one.x += (middleOf(one.lane) - one.x) * Math.min(1, dt * 9);
  if (one.isLost || one.isGone || late(one) < REACH) return;
  one.isLost = true;
  if (one.isFoe) return;  //? foes
  play('hit');
  slip(one.lane, 0.25);
}

function wake(foe) {
  foe.isGone = true;
  streak = 0;
  const loot = Math.min(game.score, 40);  //? steal
  if (loot) { score(-loot, foe.x, track.line - 54); burst(foe.x, track.line, COLOURS.alarm, 18); return play('steal'); }  //? steal
  stumble(foe.x, track.line);
}

/* ---- Drawing ---- */

function draw() {
  const pulse = (1 - (beat - Math.floor(beat))) ** 2;
  drawSides(pulse);
  drawTrack(pulse);
  WAYS.forEach((_, lane) => drawPad(lane, pulse));
  for (const one of notes) drawNote(one);
  const y = field.h - 54 - hero.hop * 14 - pulse * 5, isBlinking = game.safe > 0 && clock % 0.24 < 0.1;
  if (powers.shield > 0) glow(hero.x, y, 86, '#8fd8ff', 0.7);  //? powers
  glow(hero.x, y, 76, COLOURS.hero, 0.16 + pulse * 0.16);
  sprite(GAME.hero, hero.x, y, 38, Math.sin(beat * Math.PI) * 0.14, isBlinking ? 0.35 : 1);
  if (streak > 4) caption(streak + ' in a row', field.w / 2, 34, 22, COLOURS.accent);
}

// Beside the track there is room on a wide screen alone: columns that dance.
function drawSides(pulse) {
  for (let i = 0, x = track.x - 66; x > 0; i += 1, x -= 40) {
    const tall = 50 + (Math.sin(i * 2.1 + Math.floor(beat) * 1.7) + 1) * 100 * (0.4 + pulse * 0.6);
    for (const left of [x, field.w - x - 28]) for (let y = 0; y < tall; y += 16) box(TINTS[i % 4] + (y + 16 < tall ? '66' : 'cc'), left, field.h - 20 - y, 28, 11, 3);
  }
}

function drawTrack(pulse) {
  const { x, lane, line } = track, w = lane * 4;
  box(COLOURS.panel.slice(0, 7) + 'b8', x - 6, -20, w + 12, field.h + 40);
  pads.forEach((pad, i) => {
    if (i % 2) box(COLOURS.text + '0a', x + i * lane, 0, lane, field.h);
    if (pad.age < 0.25) box(TINTS[i] + '44', x + i * lane, 0, lane, field.h);
  });
  for (let at = Math.ceil(beat - 1); at < beat + AHEAD; at += 1) box(COLOURS.text + (at % 4 ? '18' : '44'), x, heightOf({ beat: at }) - 1, w, 2);
  box(COLOURS.edge, x, line - 2 - pulse, w, 4 + pulse * 2);
  // How much of the mood is left.
  box(COLOURS.outline, x - 24, 60, 14, line - 60, 7);
  const tall = (line - 66) * clamp(mood, 0.02, 1);
  box(mood > 0.3 ? COLOURS.accent : COLOURS.alarm, x - 21, line - 3 - tall, 8, tall, 4);
}

function drawPad(lane, pulse) {
  const x = middleOf(lane), y = track.line, isLit = pads[lane].age < 0.16, r = track.r * (isLit ? 1.02 : 1.12 + pulse * 0.05);
  if (isLit) glow(x, y, r * 2, TINTS[lane], 0.9);
  disc(COLOURS.outline, x, y + 3, r * 1.1);
  disc(TINTS[lane], x, y, r);
  disc(isLit ? COLOURS.text : COLOURS.shade, x, y, r * 0.84);
  const turn = [2, 1, 3, 0][lane] * TAU / 4, tip = (i) => [x + Math.cos(turn + i * TAU / 3) * r * 0.5, y + Math.sin(turn + i * TAU / 3) * r * 0.5];
  poly(isLit ? TINTS[lane] : COLOURS.text, [tip(0), tip(1), tip(2)]);
}

function drawNote(one) {
  const y = heightOf(one), r = track.r;
  if (y < -60) return;
  if (one.isFoe) { glow(one.x, y, r * 1.7, COLOURS.alarm, 0.5); return sprite(one.name, one.x, y, r * 0.8, 0, one.isLost ? 0.4 : 1); }  //? foes
  ink.globalAlpha = one.isLost ? 0.3 : 1;
  disc(COLOURS.outline, one.x, y + 3, r * 1.06);
  disc(one.name === GAME.food ? TINTS[one.lane] : COLOURS.text, one.x, y, r);
  disc(COLOURS.shade + '88', one.x, y, r * 0.8);
  ink.globalAlpha = 1;
  sprite(one.name, one.x, y, r * 0.62, 0, one.isLost ? 0.3 : 1);
}
