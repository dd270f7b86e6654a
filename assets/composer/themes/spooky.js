/* ---- The spooky theme: a churchyard at night. ---- */

function paintScenery(w, h) {
  sky(w, h, ['#0a0518', '#1a0d33', '#2f1646', '#4b1f57', '#7a3a55']);
  specks(130, w, h * 0.7, '#fff0dc', 1.1);
  const moon = { x: w * (0.66 + random() * 0.2), y: h * (0.2 + random() * 0.1), r: Math.min(w, h) * 0.12 };
  halo(moon.x, moon.y, moon.r * 3.4, '#ffe9b077');
  orb('#f6e3ae', moon.x, moon.y, moon.r);
  for (const [x, y, r] of [[-0.4, -0.1, 0.2], [0.3, 0.35, 0.26], [0.2, -0.45, 0.13], [-0.2, 0.5, 0.12]]) orb('#d9b87a77', moon.x + x * moon.r, moon.y + y * moon.r, r * moon.r);
  hill('#24123d', w, h, 0.7, 0.05);
  for (let x = w * 0.04; x < w; x += w * (0.12 + random() * 0.2)) tree(x, h * 0.78, h * (0.09 + random() * 0.08), -Math.PI / 2 + (random() - 0.5) * 0.3, 6);  //? rich
  hill('#170a29', w, h, 0.8, 0.035);
  for (let x = 20; x < w; x += 46 + random() * 90) gravestone(x, h * (0.84 + random() * 0.06), 15 + random() * 16);  //? rich
  hill('#0e0619', w, h, 0.9, 0.02);
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

function gravestone(x, y, size) {
  brush.fillStyle = '#2b1d42';
  brush.beginPath();
  brush.roundRect(x - size / 2, y - size * 1.3, size, size * 2, [size / 2, size / 2, 0, 0]);
  brush.fill();
  brush.fillStyle = '#0e061955';
  brush.fillRect(x - size * 0.05, y - size * 0.95, size * 0.1, size * 0.6);
  brush.fillRect(x - size * 0.2, y - size * 0.75, size * 0.4, size * 0.1);
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
