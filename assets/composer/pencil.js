/* ---- The pencil. No pictures are loaded: each sprite is a few lines
   and curves inside a circle of radius 1. ---- */

function shape(colour, path) {
  ink.fillStyle = colour;
  ink.beginPath();
  path();
  ink.fill();
}
const disc = (colour, x, y, rx, ry = rx, turn = 0) => shape(colour, () => ink.ellipse(x, y, rx, ry, turn, 0, TAU));
const box = (colour, x, y, w, h, round = 0) => shape(colour, () => ink.roundRect(x, y, w, h, round));
const poly = (colour, points) => shape(colour, () => points.forEach(([x, y]) => ink.lineTo(x, y)));
function lines(colour, width, points) {
  ink.strokeStyle = colour;
  ink.lineWidth = width;
  ink.lineCap = ink.lineJoin = 'round';
  ink.beginPath();
  points.forEach(([x, y]) => ink.lineTo(x, y));
  ink.stroke();
}
function eyes(colour, x, y, r) {
  disc(colour, -x, y, r, r * 1.25);
  disc(colour, x, y, r, r * 1.25);
}

// A sprite as a map of pixels: '#' is the colour, 'o' the other one.
function pixels(rows, colour, other) {
  const size = 2 / Math.max(rows.length, rows[0].length), left = -rows[0].length * size / 2, top = -rows.length * size / 2;
  rows.forEach((row, y) => [...row].forEach((dot, x) => dot !== '.' && box(dot === 'o' ? other : colour, left + x * size, top + y * size, size * 1.05, size * 1.05)));
}

function caption(text, x, y, size, colour = COLOURS.text) {
  ink.font = 'bold ' + Math.round(size) + 'px "Trebuchet MS", system-ui, sans-serif';
  ink.textAlign = 'center';
  ink.fillStyle = colour;
  ink.fillText(text, x, y + size * 0.36);
}

// How much is left of somebody, above them.
function healthBar({ x, y, r }, part) {
  box(COLOURS.outline, x - r, y - r - 12, r * 2, 8, 4);
  box(COLOURS.alarm, x - r + 2, y - r - 10, Math.max(2, (r * 2 - 4) * part), 4, 2);
}

const SPRITES = {
  {{sprites}}
};

// One list of tunes; the theme says what they are played on, and how high.
const SOUNDS = {
  start: { wave: VOICE.soft, notes: [220, 277, 330], time: 0.16 },
  eat: { wave: VOICE.lead, notes: [520, 780], time: 0.08, volume: 0.06 },
  bonus: { wave: VOICE.soft, notes: [660, 880, 1100], time: 0.1 },
  hit: { wave: VOICE.lead, notes: [330], time: 0.06, volume: 0.05 },
  shoot: { wave: VOICE.lead, notes: [880], time: 0.1, slide: 0.4, volume: 0.04 },
  boom: { wave: VOICE.harsh, notes: [160], time: 0.22, slide: 0.35, volume: 0.08 },
  bounce: { wave: VOICE.soft, notes: [180], time: 0.07, slide: 1.4 },
  jump: { wave: VOICE.soft, notes: [260], time: 0.14, slide: 1.9, volume: 0.08 },
  steal: { wave: 'sine', notes: [900], time: 0.5, slide: 0.3 },
  hurt: { wave: VOICE.harsh, notes: [240], time: 0.45, slide: 0.25 },
  shield: { wave: VOICE.soft, notes: [500, 300], time: 0.15 },
  power: { wave: 'sine', notes: [392, 523, 659, 784], time: 0.12 },
  level: { wave: VOICE.soft, notes: [330, 392, 494, 659], time: 0.15 },
  over: { wave: 'sine', notes: [330, 294, 262, 196], time: 0.34 },
  tune: { wave: VOICE.soft, notes: [220], time: 0.3, volume: 0.035 },
  best: { wave: VOICE.soft, notes: [392, 494, 587, 784, 988], time: 0.2 },
};

/* The brush of the scenery, which is painted once for each window size. */
let brush, random;

function sky(w, h, stops) {
  const fade = brush.createLinearGradient(0, 0, 0, h);
  stops.forEach((colour, i) => fade.addColorStop(i / (stops.length - 1), colour));
  brush.fillStyle = fade;
  brush.fillRect(0, 0, w, h);
}
function orb(colour, x, y, rx, ry = rx) {
  brush.fillStyle = colour;
  brush.beginPath();
  brush.ellipse(x, y, rx, ry, 0, 0, TAU);
  brush.fill();
}
function halo(x, y, radius, colour) {
  const light = brush.createRadialGradient(x, y, 0, x, y, radius);
  light.addColorStop(0, colour);
  light.addColorStop(1, colour.slice(0, 7) + '00');
  orb(light, x, y, radius);
}
function specks(count, w, h, colour, size) {
  for (let i = 0; i < count; i += 1) {
    brush.globalAlpha = random() * 0.8;
    orb(colour, random() * w, random() * h, size * (0.5 + random()));
  }
  brush.globalAlpha = 1;
}
function hill(colour, w, h, height, swing) {
  const shift = random() * 9;
  brush.fillStyle = colour;
  brush.beginPath();
  brush.moveTo(0, h);
  for (let x = 0; x <= w + 20; x += 20) brush.lineTo(x, h * (height + Math.sin(x / 190 + shift) * swing + Math.sin(x / 83 + shift) * swing * 0.4));
  brush.lineTo(w, h);
  brush.fill();
}
