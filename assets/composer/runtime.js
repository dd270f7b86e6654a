/* ---- The engine: everything a small canvas game needs and no more.
   A kind of game brings setUp(), update(seconds) and draw(); a theme
   brings the scenery, the sprites and the sounds. ---- */

const TAU = Math.PI * 2;
const clamp = (value, low, high) => Math.max(low, Math.min(high, value));
const between = (low, high) => low + Math.random() * (high - low);
const pick = (list) => list[Math.floor(Math.random() * list.length)];
// Each order is as likely as any other. To sort by chance would prefer some, and
// browsers differ about which.
function shuffle(list, random = Math.random) {
  for (let i = list.length - 1; i > 0; i -= 1) {
    const j = Math.floor(random() * (i + 1));
    [list[i], list[j]] = [list[j], list[i]];
  }
  return list;
}
const distance = (a, b) => Math.hypot(a.x - b.x, a.y - b.y);
const byId = (id) => document.getElementById(id);

// Random numbers that come out the same for the same seed, so that the
// scenery of this game is always the same place.
function seeded(seed) {
  let state = (seed % 9973 + 1) * 48271;
  return () => (state = state * 16807 % 2147483647) / 2147483647;
}

// Storage is forbidden in some places, such as a sandboxed frame. Then the
// best score lasts as long as the page.
const memory = {
  read(name, otherwise) {
    try { return JSON.parse(localStorage.getItem(GAME.id + '.' + name)) ?? otherwise; } catch { return otherwise; }
  },
  write(name, value) {
    try { localStorage.setItem(GAME.id + '.' + name, JSON.stringify(value)); } catch { /* played without a memory */ }
  },
};

/* ---- The state of play ---- */

const game = { state: 'start', score: 0, best: memory.read('best', 0), lives: GAME.lives, level: 1, left: 0, safe: 0 };
const powers = { shield: 0, slow: 0, double: 0 };  // seconds left of each  //? powers
let isCalm = wantsCalm();                  // few sparks and no shaking
let clock = 0;   // seconds of scenery
let shake = 0;
let endedAt = -1;

function wantsCalm() {
  return memory.read('calm', true);  //? calm
  return memory.read('calm', matchMedia('(prefers-reduced-motion: reduce)').matches);  //? !calm
}

function setState(state) {
  game.state = state;
  document.body.dataset.state = state;
  byId('pause').textContent = state === 'paused' ? 'Resume' : 'Pause';
  showNumbers();
  keepMusic();  //? recordings
}

function start() {
  Object.assign(game, { score: 0, lives: GAME.lives, level: 1, left: GAME.seconds, safe: 0 });
  game.lives = Math.max(1, game.lives + (ease < 1 ? 2 : ease > 1 ? -1 : 0));  //? choice
  Object.assign(powers, { shield: 0, slow: 0, double: 0 });  //? powers
  sparks.length = labels.length = 0;
  measure();
  setUp();
  setState('playing');
  document.activeElement?.blur();
  play('start');
}

function pause() {
  if (game.state !== 'playing') return;
  say('Paused', GAME.title, 'Take your time.', 'Go on');
  setState('paused');
}

function go() {
  // Whoever was hammering a key at the end shall still see the score.
  if (game.state === 'playing' || clock - endedAt < 0.7) return;
  if (game.state === 'paused') setState('playing'); else start();
}

function finish(why) {
  const isBest = game.score > game.best;
  if (isBest) memory.write('best', game.best = game.score);
  say(why, isBest ? 'A new best!' : GAME.ending, 'You scored ' + game.score + ' and reached level ' + game.level + '.', 'Play again');  //? ending
  say(why, isBest ? 'A new best!' : 'Game over', 'You scored ' + game.score + ' and reached level ' + game.level + '.', 'Play again');  //? !ending
  setState('over');
  endedAt = clock;
  play(isBest ? 'best' : 'over');
}

function score(points, x, y) {
  points *= powers.double > 0 ? 2 : 1;  //? powers
  if (points > 0) points *= comboFactor(x, y);  //? combo
  game.score = Math.max(0, game.score + points);
  if (x !== undefined) labels.push({ x, y, text: (points > 0 ? '+' : '') + points, age: 0 });
}

// What follows within two seconds counts twice, up to five times.
let comboLinks = 0, comboAt = -9;
function comboFactor(x = field.w / 2, y = 90) {
  comboLinks = clock - comboAt < 2 ? Math.min(comboLinks + 1, 5) : 1;
  comboAt = clock;
  if (comboLinks > 1) labels.push({ x, y: y - 26, text: '×' + comboLinks, age: -0.2 });
  return comboLinks;
}

function levelUp() {
  game.level += 1;
  labels.push({ x: field.w / 2, y: field.h / 3, text: 'Level ' + game.level, age: -0.6, big: true });  //? !waves
  labels.push({ x: field.w / 2, y: field.h / 3, text: 'Wave ' + game.level, age: -0.6, big: true });  //? waves
  play('level');
}

// Costs a life unless the last blow was a moment ago.
// True when the blow was felt and the game goes on.
function hurt(x, y) {
  if (game.state !== 'playing' || game.safe > 0) return false;  // one step may hold several blows
  game.safe = 1.6;
  burst(x, y, COLOURS.alarm, 26);
  shake = isCalm ? 0 : 0.4;
  if (powers.shield > 0) { powers.shield = 0; play('shield'); return false; }  //? powers
  game.lives -= 1;
  play('hurt');
  if (game.lives > 0) return true;
  finish('The last life is gone');
  return false;
}

// A blow that cannot be waited out. True when the game goes on.
function stumble(x, y) {
  game.safe = 0;
  hurt(x, y);
  return game.state === 'playing';
}

function grant(power, x, y) {
  if (power === 'life') game.lives += 1;
  else powers[power] = { shield: 15, slow: 6, double: 10 }[power];
  labels.push({ x, y, text: { shield: 'Shield!', slow: 'Slow time!', double: 'Double points!', life: '♥' }[power], age: -0.4 });
  play('power');
}

/* ---- Words on the screen ---- */

function say(above, title, story, button) {
  byId('above').textContent = above;
  byId('title').textContent = title;
  byId('story').textContent = story;
  byId('go').textContent = button;
}

const shown = {};
function show(id, text) {
  if (shown[id] !== text) byId(id).textContent = shown[id] = text;
}

function showNumbers() {
  show('score', String(game.score));
  show('best', String(Math.max(game.best, game.score)));
  show('level', String(game.level));
  show('lives', game.lives > 6 ? '♥ ' + game.lives : '♥'.repeat(Math.max(0, game.lives)));
  const notes = [];
  for (const name in powers) if (powers[name] > 0) notes.push({ shield: 'shield ', slow: 'slow ', double: 'double ' }[name] + Math.ceil(powers[name]));  //? powers
  if (GAME.seconds) notes.push(Math.ceil(game.left) + ' s left');  //? time
  if (game.state === 'playing') notes.push((game.wins ?? game.score) + ' / ' + GAME.goal);  //? goal
  if (game.state === 'playing') notes.push(game.level + ' / ' + GAME.levels);  //? levels
  show('note', notes.join(' · '));
}

/* ---- The canvas: sharp on every screen, any size of window ---- */

const canvas = byId('scene');
let ink = canvas.getContext('2d');
const field = { w: 800, h: 600 };          // the playing field, in its own units
const view = { w: 0, h: 0, x: 0, y: 0, scale: 1 };
let scenery = null;
let corners = null;                        // the scenery as a pattern

// The field takes the shape of the window: its shorter side is 600 units.
function measure() {
  const room = { w: innerWidth - 24, h: innerHeight - 76 };
  const shape = clamp(room.w / room.h, 0.6, 1.7);
  field.w = Math.round(shape > 1 ? 600 * shape : 600);
  field.h = Math.round(shape > 1 ? 600 : 600 / shape);
  fit();
}

function fit() {
  const dots = Math.min(devicePixelRatio || 1, 3);
  view.w = innerWidth;
  view.h = innerHeight;
  view.scale = Math.max(0.1, Math.min((view.w - 24) / field.w, (view.h - 76) / field.h));
  view.x = (view.w - field.w * view.scale) / 2;
  view.y = 60 + (view.h - 72 - field.h * view.scale) / 2;
  canvas.width = view.w * dots;
  canvas.height = view.h * dots;
  scenery = paper(canvas.width, canvas.height);
  brush = scenery.getContext('2d');
  random = seeded(GAME.seed);  //? scenic
  brush.scale(dots, dots);
  paintScenery(view.w, view.h);  //? scenic
  sky(view.w, view.h, [COLOURS.shade, COLOURS.night]);  //? !scenic
  if (backdrop) brush.drawImage(backdrop, 0, 0, view.w, view.h);  //? pictures
  corners = ink.createPattern(scenery, 'no-repeat');
}

function paint() {
  const dots = canvas.width / view.w;
  ink.setTransform(1, 0, 0, 1, 0, 0);
  ink.drawImage(scenery, 0, 0);
  ink.scale(dots, dots);
  paintWeather(view.w, view.h, isCalm ? 0 : clock);  //? rich
  ink.save();
  ink.translate(view.x + between(-1, 1) * shake * 14, view.y + between(-1, 1) * shake * 14);
  ink.scale(view.scale, view.scale);
  ink.save();
  outline();
  ink.globalAlpha = SHADE;
  ink.fillStyle = COLOURS.shade;
  ink.fill();
  ink.globalAlpha = 1;
  clipToDots();
  paintSky();  //? day
  draw();
  paintFlakes();  //? weather
  paintSparks();
  if (GAME.dark) paintDarkness(focus());  //? dark
  paintLabels();
  ink.restore();
  roundCorners();
  outline();
  ink.strokeStyle = COLOURS.edge;
  ink.lineWidth = 2.5;
  ink.stroke();
  ink.restore();
  if (game.state !== 'playing') paintPoster();
}

// A sun and a moon take turns, and at night all is darker.
function paintSky() {
  const turn = clock / 14, height = Math.cos(turn), x = field.w * (0.5 + 0.42 * Math.sin(turn));
  const light = height > 0 ? '#ffd75e' : '#dfe6ff', y = 70 + (1 - Math.abs(height)) * field.h * 0.4;
  ink.globalAlpha = 0.5 * clamp(0.5 - height, 0, 1);
  ink.fillStyle = '#03061c';
  ink.fillRect(0, 0, field.w, field.h);
  ink.globalAlpha = 1;
  glow(height > 0 ? x : field.w - x, y, 90, light, 0.5);
  disc(light, height > 0 ? x : field.w - x, y, 26);
}

// What falls over the game: how fast, how far aside, how large.
const FALLS = { rain: [1.5, -0.12, 1], snow: [0.13, 0.03, 2.6], stars: [0.05, 0, 1.3], leaves: [0.16, 0.09, 4], confetti: [0.24, 0.04, 4] };
const flakes = Array.from({ length: 80 }, () => ({ x: Math.random(), y: Math.random(), near: between(0.5, 1) }));
function paintFlakes() {
  const [fall, aside, size] = FALLS[GAME.weather], now = isCalm ? 0 : clock;
  flakes.forEach(({ x, y, near }, i) => {
    const at = { x: ((x + now * aside * near) % 1 + 1) % 1 * field.w, y: (y + now * fall * near) % 1 * field.h };
    ink.globalAlpha = near * 0.7;
    if (GAME.weather === 'rain') lines('#a9d4ff', 1.5, [[at.x, at.y], [at.x - 2, at.y + 17 * near]]);
    else if (size < 4) disc('#fff', at.x, at.y, size * near);
    else disc(COLOURS.bricks[i % 6], at.x, at.y, size * near, size * Math.abs(Math.sin(now * 3 + i)), i);
  });
  ink.globalAlpha = 1;
}

// What stands still is painted once, and again only when the key or the window is another.
const plate = { key: '', canvas: null };
function still(key, paintOnce) {
  const dots = canvas.width / view.w, now = [key, field.w, canvas.width, canvas.height].join();
  if (plate.key !== now) {
    const page = ink;
    plate.key = now;
    plate.canvas = paper(canvas.width, canvas.height);
    ink = plate.canvas.getContext('2d');
    ink.setTransform(view.scale * dots, 0, 0, view.scale * dots, view.x * dots, view.y * dots);
    paintOnce();
    ink = page;
  }
  const dot = 1 / (view.scale * dots);
  ink.drawImage(plate.canvas, -view.x / view.scale, -view.y / view.scale, canvas.width * dot, canvas.height * dot);
}

function outline() {
  ink.beginPath();
  ink.roundRect(0, 0, field.w, field.h, 14);
}

// A clip along whole dots costs nothing; one with round corners would cost a
// sixth of each picture. So the corners are covered with the scenery instead.
function clipToDots() {
  const at = ink.getTransform(), right = at.e + field.w * at.a, bottom = at.f + field.h * at.d;
  const left = Math.round(at.e), top = Math.round(at.f);
  ink.setTransform(1, 0, 0, 1, 0, 0);
  ink.beginPath();
  ink.rect(left, top, Math.round(right) - left, Math.round(bottom) - top);
  ink.clip();
  ink.setTransform(at);
}

function roundCorners() {
  corners.setTransform(ink.getTransform().inverse());
  ink.fillStyle = corners;
  ink.beginPath();
  ink.rect(-1, -1, field.w + 2, field.h + 2);
  ink.roundRect(0, 0, field.w, field.h, 14);
  ink.fill('evenodd');
}

// Only what is near the light can be seen.
function paintDarkness({ x, y }) {
  const reach = 150 + Math.sin(clock * 9) * (isCalm ? 0 : 3);
  const light = ink.createRadialGradient(x, y, reach * 0.45, x, y, reach * 1.5);
  light.addColorStop(0, 'rgba(3, 1, 8, 0)');
  light.addColorStop(1, 'rgba(3, 1, 8, 0.94)');
  ink.fillStyle = light;
  ink.fillRect(0, 0, field.w, field.h);
}

function glow(x, y, radius, colour, strength = 0.5) {
  const light = ink.createRadialGradient(x, y, 0, x, y, radius);
  light.addColorStop(0, colour);
  light.addColorStop(1, colour.slice(0, 7) + '00');   // 'transparent' would be a grey rim on white
  ink.globalAlpha = strength;
  ink.fillStyle = light;
  ink.fillRect(x - radius, y - radius, radius * 2, radius * 2);
  ink.globalAlpha = 1;
}

// Draws a sprite of the theme so that it fills a circle of this radius.
function sprite(name, x, y, radius, turn = 0, alpha = 1) {
  ink.save();
  ink.translate(x, y);
  ink.rotate(turn);
  ink.scale(radius, radius);
  ink.globalAlpha = alpha;
  const at = ink.getTransform();
  if (ink.canvas === plate.canvas) SPRITES[name](clock);  // walls side by side need no rims
  else ink.drawImage(sticker(name, Math.hypot(at.a, at.b)), -ROOM, -ROOM, ROOM * 2, ROOM * 2);
  ink.restore();
}

// On a ground of any colour a sprite stands out by two rims, one as light as
// the text and one as dark as the night. All of a kind share one picture, which
// is painted twenty times a second.
const ROOM = 1.4;                          // wings and tails reach out of the circle
const stickers = {};
function sticker(name, dots) {
  const r = 2 ** Math.ceil(Math.log2(Math.max(4, dots))), width = r * ROOM * 2, tick = Math.floor(clock * 20);
  const made = stickers[name + r] ??= [paper(width, width).getContext('2d'), paper(width, width).getContext('2d')];
  const [whole, form] = made, page = ink;
  if (made.tick === tick) return whole.canvas;
  made.tick = tick;
  const draw = (on) => {
    ink = on;
    ink.setTransform(r, 0, 0, r, width / 2, width / 2);
    SPRITES[name](clock);
    ink.setTransform(1, 0, 0, 1, 0, 0);
  };
  for (const each of made) each.clearRect(0, 0, width, width);
  draw(form);
  form.globalCompositeOperation = 'source-atop';
  const rim = Math.max(2.2, r * 0.08);
  for (const [colour, reach] of [[COLOURS.night, rim * 2], [COLOURS.text, rim]]) {
    form.fillStyle = colour;
    form.fillRect(0, 0, width, width);
    for (let i = 0; i < TAU; i += TAU / 12) whole.drawImage(form.canvas, Math.cos(i) * reach, Math.sin(i) * reach);
  }
  form.globalCompositeOperation = 'source-over';
  draw(whole);
  ink = page;
  return whole.canvas;
}

// Pictures of your own take the place of drawn ones as soon as they are read.
let backdrop = null;
function usePictures() {
  for (const [name, url] of Object.entries(PICTURES)) {
    const picture = new Image();
    picture.onload = () => {
      if (name === 'background') { backdrop = picture; return fit(); }
      const long = Math.max(picture.width, picture.height), w = picture.width / long, h = picture.height / long;
      SPRITES[name] = () => ink.drawImage(picture, -w, -h, w * 2, h * 2);
    };
    picture.src = url;
  }
}

const paper = (width, height) => Object.assign(document.createElement('canvas'), { width, height });

// Whom the game is about, on the screens between two games.
function paintPoster() {
  const page = ink;
  ink = byId('poster').getContext('2d');
  ink.clearRect(0, 0, 640, 208);
  GAME.poster.forEach((name, i) => {
    const side = i - (GAME.poster.length - 1) / 2;
    sprite(name, 320 + side * 172, 104, 72 - Math.abs(side) * 22);
  });
  ink = page;
}

/* ---- Sparks and floating numbers ---- */

const sparks = [];
const labels = [];

function burst(x, y, colour, count) {
  count *= 2.5;  //? booms
  if (count > 30 && !isCalm) shake = Math.max(shake, 0.25);  //? booms
  for (let i = 0; i < (isCalm ? 4 : count) && sparks.length < 300; i += 1) {
    const angle = between(0, TAU), speed = between(40, 230);
    sparks.push({ x, y, vx: Math.cos(angle) * speed, vy: Math.sin(angle) * speed, age: 0, life: between(0.3, 0.8), size: between(1.5, 4.5), colour });
  }
}

function moveSparks(dt) {
  for (const spark of sparks) {
    spark.age += dt;
    spark.x += spark.vx * dt;
    spark.y += spark.vy * dt;
    spark.vy += 160 * dt;
  }
  for (const label of labels) { label.age += dt; label.y -= 34 * dt; }
  keep(sparks, (spark) => spark.age < spark.life);
  keep(labels, (label) => label.age < 0.9);
}

// Removes from a list, in place, whatever does not pass the test.
function keep(list, test) {
  for (let i = list.length - 1; i >= 0; i -= 1) if (!test(list[i])) list.splice(i, 1);
}

function paintSparks() {
  for (const spark of sparks) {
    ink.globalAlpha = 1 - spark.age / spark.life;
    ink.fillStyle = spark.colour;
    ink.beginPath();
    ink.arc(spark.x, spark.y, spark.size, 0, TAU);
    ink.fill();
  }
  ink.globalAlpha = 1;
}

function paintLabels() {
  ink.textAlign = 'center';
  for (const label of labels) {
    ink.globalAlpha = clamp(1 - label.age / 0.9, 0, 1);
    ink.font = 'bold ' + (label.big ? 44 : 21) + 'px Palatino, Georgia, serif';
    ink.fillStyle = label.big ? COLOURS.accent : COLOURS.text;
    ink.fillText(label.text, clamp(label.x, 40, field.w - 40), Math.max(24, label.y));
  }
  ink.globalAlpha = 1;
}

/* ---- Sound: each one is a short slide of a single tone, or of noise ---- */

let speaker = null;
let isMuted = GAME.mute;

function play(name) {
  if (RECORDINGS[name]) return playRecording(name);  //? recordings
  const sound = SOUNDS[name];
  const Context = window.AudioContext || window.webkitAudioContext;
  if (isMuted || !sound || !Context || navigator.userActivation?.hasBeenActive === false) return;  // no sound before the first key
  try {
    speaker ??= new Context();
    if (speaker.state === 'suspended') speaker.resume();
    sound.notes.forEach((pitch, i) => note(sound, pitch, speaker.currentTime + i * sound.time * 0.6));
  } catch { /* a machine without sound plays on */ }
}

function note({ wave, time, slide = 1, volume = 0.12 }, height, at) {
  const pitch = height * VOICE.pitch;
  const tone = speaker.createOscillator(), level = speaker.createGain();
  tone.type = wave;
  tone.frequency.setValueAtTime(pitch, at);
  tone.frequency.exponentialRampToValueAtTime(pitch * slide, at + time);
  level.gain.setValueAtTime(volume, at);
  level.gain.exponentialRampToValueAtTime(0.001, at + time);
  tone.connect(level).connect(speaker.destination);
  tone.start(at);
  tone.stop(at + time);
}

// A tune without end: sixteen steps of five tones, and others in each level.
const SCALE = [1, 9 / 8, 5 / 4, 3 / 2, 5 / 3, 2];
let sinceNote = 0, noteStep = 0;
function playMusic(dt) {
  sinceNote += dt;
  if (sinceNote < 0.21) return;
  sinceNote = 0;
  noteStep = (noteStep + 1) % 16;
  const random = seeded(GAME.seed + game.level * 16 + noteStep), bass = noteStep % 4 === 0;
  random();
  if (!bass && random() < 0.35) return;
  SOUNDS.tune.notes = [(bass ? 110 : 220) * SCALE[Math.floor(random() * SCALE.length)]];
  play('tune');
}

// Sounds of your own: music goes round, the others are heard when they are due.
const recordings = {};
function useRecordings() {
  for (const [name, url] of Object.entries(RECORDINGS)) {
    recordings[name] = new Audio(url);
    recordings[name].loop = name === 'music';
  }
}

function playRecording(name) {
  if (isMuted || navigator.userActivation?.hasBeenActive === false) return;
  recordings[name].currentTime = 0;
  hear(recordings[name]);
}

const hear = (recording) => recording.play().catch(() => { /* a machine without sound plays on */ });

// Music is heard while the game is played, and goes on where it stopped.
function keepMusic() {
  const { music } = recordings;
  if (!music) return;
  if (isMuted || game.state !== 'playing') music.pause(); else hear(music);
}

function setMuted(isOn) {
  memory.write('muted', isMuted = isOn);
  keepMusic();  //? recordings
  byId('mute').setAttribute('aria-pressed', String(!isMuted));
}

/* ---- Keys, mouse and touch become the same few words ---- */

const KEYS = {
  ArrowLeft: 'left', KeyA: 'left', ArrowRight: 'right', KeyD: 'right',
  ArrowUp: 'up', KeyW: 'up', ArrowDown: 'down', KeyS: 'down', KeyF: 'mark', Space: 'fire', Enter: 'fire',
};
const held = { left: false, right: false, up: false, down: false, fire: false, mark: false };
const pressed = [];                        // directions and shots not yet used
const down = {};                           // the very keys, where two people share them  //? friend
const pointer = { x: 0, y: 0, isUsed: false };
let swipe = null;

addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const word = KEYS[event.code];
  if (word && event.target.tagName !== 'BUTTON') event.preventDefault();  // no scrolling
  if (event.repeat) return;
  if (game.state === 'playing' && /^[a-z]$/i.test(event.key)) return letter(event.key.toLowerCase());  //? letters
  // A letter is where the keyboard has it, or where others do if it has other letters.
  const sign = /^[ -~]$/.test(event.key) ? event.key.toUpperCase() : event.code.replace('Key', '');
  if (sign === 'P' || sign === 'Escape') return game.state === 'paused' ? go() : pause();
  if (sign === 'M') return setMuted(!isMuted);
  if (sign === 'C') return memory.write('calm', isCalm = !isCalm);
  if (game.state !== 'playing') return word === 'fire' && event.target.tagName !== 'BUTTON' ? go() : undefined;
  keep(lifted, (code) => code !== event.code);
  down[event.code] = true;  //? friend
  if (word) { held[word] = true; pressed.push(word); pointer.isUsed = false; }
});
// A key that is let go before the next step was still held for it.
const lifted = [];
addEventListener('keyup', (event) => {
  lifted.push(event.code);
  if (game.state !== 'playing') letGo();
});
function letGo() {
  for (const code of lifted) if (KEYS[code]) held[KEYS[code]] = false;
  for (const code of lifted) down[code] = false;  //? friend
  lifted.length = 0;
}

function follow(event) {
  pointer.x = (event.clientX - view.x) / view.scale;
  pointer.y = (event.clientY - view.y) / view.scale;
  pointer.isUsed = true;
  touchSide(pointer);  //? friend sides
}
canvas.addEventListener('pointerdown', (event) => {
  follow(event);
  swipe = { x: event.clientX, y: event.clientY };
  if (game.state === 'playing') pressed.push(event.button === 2 ? 'mark' : 'tap');
});
addEventListener('pointermove', (event) => {
  if (event.target.tagName === 'BUTTON') return;  //? pad
  follow(event);
  if (!swipe) return;
  const dx = event.clientX - swipe.x, dy = event.clientY - swipe.y;
  if (Math.max(Math.abs(dx), Math.abs(dy)) < 24) return;
  pressed.push(Math.abs(dx) > Math.abs(dy) ? (dx > 0 ? 'right' : 'left') : (dy > 0 ? 'down' : 'up'));
  swipe = { x: event.clientX, y: event.clientY };
});
addEventListener('pointerup', () => { swipe = null; });

canvas.addEventListener('contextmenu', (event) => event.preventDefault());
byId('go').addEventListener('click', go);
byId('pause').addEventListener('click', () => (game.state === 'paused' ? go() : pause()));
byId('mute').addEventListener('click', () => setMuted(!isMuted));
addEventListener('resize', fit);
addEventListener('blur', () => { for (const word in held) held[word] = false; pause(); });
addEventListener('blur', () => { for (const code in down) down[code] = false; });  //? friend
document.addEventListener('visibilitychange', () => { if (document.hidden) pause(); });

// How hard it is, chosen before a game.
let ease = 1;
function layChoice() {
  const row = document.createElement('p'), choices = [['Easy', 0.75], ['Normal', 1], ['Hard', 1.3]];
  choices.forEach(([name, pace]) => {
    const key = document.createElement('button');
    key.type = 'button';
    key.textContent = name;
    key.style.cssText = 'margin: 0 4px; padding: 5px 14px; color: var(--text); border: 1px solid var(--edge); border-radius: 8px';
    key.addEventListener('click', () => {
      ease = pace;
      for (const other of row.children) other.style.background = other === key ? 'var(--edge)' : 'transparent';
      key.blur();
    });
    row.append(key);
  });
  row.children[1].click();
  byId('go').after(row);
}

// Buttons for thumbs.
function layPad() {
  [['left', '◀', 'left: 12px'], ['up', '▲', 'left: 72px; bottom: 74px'], ['down', '▼', 'left: 72px'], ['right', '▶', 'left: 132px'], ['fire', '●', 'right: 18px']].forEach(([word, sign, place]) => {
    const key = document.createElement('button');
    key.textContent = sign;
    key.tabIndex = -1;
    key.setAttribute('aria-hidden', 'true');
    key.style.cssText = 'position: fixed; bottom: 14px; width: 56px; height: 56px; border: 1px solid var(--edge); border-radius: 50%; color: var(--text); background: var(--panel); opacity: 0.8;' + place;
    key.addEventListener('pointerdown', (event) => {
      event.preventDefault();
      if (game.state !== 'playing') return word === 'fire' ? go() : undefined;
      held[word] = true;
      pressed.push(word);
      pointer.isUsed = false;
    });
    for (const end of ['pointerup', 'pointerleave', 'pointercancel']) key.addEventListener(end, () => { held[word] = false; });
    document.body.append(key);
  });
}

/* ---- The loop ---- */

let before = 0;
function frame(now) {
  // A tab that was away comes back with one huge step: cap it.
  const dt = Math.min((now - before) / 1000, 1 / 30);
  before = now;
  clock += dt;
  COLOURS.hero = COLOURS.accent = rainbow(clock);  //? rainbow
  if (game.state === 'playing') step(dt);
  paint();
  requestAnimationFrame(frame);
}

// A light colour, in turn with time.
const rainbow = (turn) => '#' + [0, 2.1, 4.2].map((part) => Math.round(168 + 87 * Math.cos(turn + part)).toString(16).padStart(2, '0')).join('');

function step(dt) {
  for (const name in powers) powers[name] = Math.max(0, powers[name] - dt);  //? powers
  game.safe = Math.max(0, game.safe - dt);
  shake = Math.max(0, shake - dt);
  let pace = dt;
  if (powers.slow > 0) pace *= 0.5;  //? powers
  pace *= ease;  //? choice
  update(pace);
  hasten(pace);  //? grows
  if (pressed.length > 3) pressed.splice(0, pressed.length - 3);  // the newest count
  letGo();
  moveSparks(dt);
  if (GAME.seconds && game.state === 'playing' && (game.left -= dt) <= 0) finish('Time is up');  //? time
  if (game.state === 'playing' && (game.wins ?? game.score) >= GAME.goal) finish('The goal is reached');  //? goal
  if (game.state === 'playing' && game.level > GAME.levels) finish('All levels are done');  //? levels
  playMusic(dt);  //? music
  showNumbers();
}

// The longer it lasts, the faster it goes: twice as fast after three minutes.
let played = 0;
function hasten(dt) {
  played = game.score || game.level > 1 ? Math.min(played + dt, 180) : 0;
  if (game.state === 'playing') update(dt * played / 180);
}

function begin() {
  layPad();  //? pad
  usePictures();  //? pictures
  useRecordings();  //? recordings
  layChoice();  //? choice
  setMuted(memory.read('muted', isMuted));
  measure();
  setUp();
  setState('start');
  requestAnimationFrame(frame);
}
