/* ------------------------------------------------------------------
   The spooky theme: a churchyard at night. No pictures are loaded;
   each sprite is a few lines and curves inside a circle of radius 1.
   ------------------------------------------------------------------ */

const COLOURS = { accent: GAME.colour || '#ffa63d', text: '#fff3dc', alarm: '#ff5d6c', edge: '#c58cff66', hero: GAME.colour || '#8be36b' };

const SOUNDS = {
  start: { wave: 'triangle', notes: [220, 277, 330], time: 0.16 },
  eat: { wave: 'square', notes: [520, 780], time: 0.08, volume: 0.06 },
  bonus: { wave: 'triangle', notes: [660, 880, 1100], time: 0.1 },
  hit: { wave: 'square', notes: [330], time: 0.06, volume: 0.05 },
  bounce: { wave: 'triangle', notes: [180], time: 0.07, slide: 1.4 },
  steal: { wave: 'sine', notes: [900], time: 0.5, slide: 0.3 },
  hurt: { wave: 'sawtooth', notes: [240], time: 0.45, slide: 0.25 },
  shield: { wave: 'triangle', notes: [500, 300], time: 0.15 },
  power: { wave: 'sine', notes: [392, 523, 659, 784], time: 0.12 },
  level: { wave: 'triangle', notes: [330, 392, 494, 659], time: 0.15 },
  over: { wave: 'sine', notes: [330, 294, 262, 196], time: 0.34 },
  best: { wave: 'triangle', notes: [392, 494, 587, 784, 988], time: 0.2 },
};

/* Small helpers: a filled path, and a filled disc. */
function shape(colour, path) {
  ink.fillStyle = colour;
  ink.beginPath();
  path();
  ink.fill();
}
const disc = (colour, x, y, rx, ry = rx, turn = 0) => shape(colour, () => ink.ellipse(x, y, rx, ry, turn, 0, TAU));
function lines(colour, width, points) {
  ink.strokeStyle = colour;
  ink.lineWidth = width;
  ink.lineCap = ink.lineJoin = 'round';
  ink.beginPath();
  points.forEach(([x, y], i) => (i ? ink.lineTo(x, y) : ink.moveTo(x, y)));
  ink.stroke();
}
function eyes(colour, x, y, r) {
  disc(colour, -x, y, r, r * 1.25);
  disc(colour, x, y, r, r * 1.25);
}

const SPRITES = {
{{sprites}}
};

/* The scenery does not move, so it is painted once for each size of window. */
function paintScenery(brush, w, h, random) {
  const stops = (fade, list) => { list.forEach(([at, colour]) => fade.addColorStop(at, colour)); return fade; };
  brush.fillStyle = stops(brush.createLinearGradient(0, 0, 0, h), [[0, '#0a0518'], [0.45, '#1f0f3a'], [0.75, '#4b1f57'], [0.9, '#7a3a55']]);
  brush.fillRect(0, 0, w, h);
  for (let i = 0; i < 130; i += 1) {
    brush.fillStyle = 'rgba(255, 240, 220, ' + random() * 0.8 + ')';
    brush.fillRect(random() * w, random() * h * 0.7, 1.6, 1.6);
  }
  const moon = { x: w * (0.66 + random() * 0.2), y: h * (0.2 + random() * 0.1), r: Math.min(w, h) * 0.12 };
  brush.fillStyle = stops(brush.createRadialGradient(moon.x, moon.y, moon.r * 0.9, moon.x, moon.y, moon.r * 3.4), [[0, '#ffe9b066'], [1, '#ffe9b000']]);
  brush.fillRect(0, 0, w, h);
  brush.fillStyle = stops(brush.createRadialGradient(moon.x - moon.r * 0.3, moon.y - moon.r * 0.3, 0, moon.x, moon.y, moon.r * 1.1), [[0, '#fff8df'], [1, '#f0d490']]);
  circle(moon.x, moon.y, moon.r);
  brush.fillStyle = '#d9b87a77';
  for (const [x, y, r] of [[-0.4, -0.1, 0.2], [0.3, 0.35, 0.26], [0.2, -0.45, 0.13], [-0.2, 0.5, 0.12]]) circle(moon.x + x * moon.r, moon.y + y * moon.r, r * moon.r);
  hill('#24123d', 0.7, 0.05);
  for (let x = w * 0.04; x < w; x += w * (0.12 + random() * 0.2)) tree(x, h * 0.78, h * (0.09 + random() * 0.08), -Math.PI / 2 + (random() - 0.5) * 0.3, 6);
  hill('#170a29', 0.8, 0.035);
  for (let x = 20; x < w; x += 46 + random() * 90) stone(x, h * (0.84 + random() * 0.06), 15 + random() * 16);
  hill('#0e0619', 0.9, 0.02);

  function circle(x, y, r) { brush.beginPath(); brush.arc(x, y, r, 0, TAU); brush.fill(); }
  function hill(colour, height, swing) {
    const shift = random() * 9;
    brush.fillStyle = colour;
    brush.beginPath();
    brush.moveTo(0, h);
    for (let x = 0; x <= w + 20; x += 20) brush.lineTo(x, h * (height + Math.sin(x / 190 + shift) * swing + Math.sin(x / 83 + shift) * swing * 0.4));
    brush.lineTo(w, h);
    brush.fill();
  }
  // A branch that ends in two smaller branches, six times over.
  function tree(x, y, length, angle, depth) {
    const to = { x: x + Math.cos(angle) * length, y: y + Math.sin(angle) * length };
    brush.strokeStyle = '#170a29';
    brush.lineWidth = depth * 1.5;
    brush.lineCap = 'round';
    brush.beginPath();
    brush.moveTo(x, y);
    brush.lineTo(to.x, to.y);
    brush.stroke();
    if (depth === 0) return;
    tree(to.x, to.y, length * (0.66 + random() * 0.12), angle - 0.25 - random() * 0.4, depth - 1);
    tree(to.x, to.y, length * (0.6 + random() * 0.14), angle + 0.25 + random() * 0.4, depth - 1);
  }
  function stone(x, y, size) {
    brush.fillStyle = '#2b1d42';
    brush.beginPath();
    brush.roundRect(x - size / 2, y - size * 1.3, size, size * 2, [size / 2, size / 2, 0, 0]);
    brush.fill();
    brush.fillStyle = '#0e061955';
    brush.fillRect(x - size * 0.05, y - size * 0.95, size * 0.1, size * 0.6);
    brush.fillRect(x - size * 0.2, y - size * 0.75, size * 0.4, size * 0.1);
  }
}

/* What moves behind the game: fog along the ground and a few bats. */
function paintWeather(w, h, t) {
  for (let i = 0; i < 5; i += 1) {
    const x = ((t * (9 + i * 4) + i * w * 0.37) % (w * 1.8)) - w * 0.4, y = h * (0.82 + i * 0.045);
    ink.save();
    ink.translate(x, y);
    ink.scale(1, 0.16);
    glow(0, 0, w * 0.42, '#b9a3d9', 0.16);
    ink.restore();
  }
  for (let i = 0; i < 3; i += 1) {
    sprite('bat', ((t * (34 + i * 13) + i * 420) % (w + 160)) - 80, h * (0.12 + i * 0.09) + Math.sin(t * 1.6 + i * 2) * 22, 11 + i * 3, 0, 0.55);
  }
}
