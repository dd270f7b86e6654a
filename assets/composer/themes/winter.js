/* ---- The winter theme: snow on the hills and light in the sky. ---- */

function paintScenery(w, h) {
  sky(w, h, ['#0b1a3a', '#1d3d6b', '#3f6f9c', '#9cc3d9']);
  specks(90, w, h * 0.5, '#ffffff', 1);
  for (let i = 0; i < 3; i += 1) aurora(w, h, h * (0.16 + i * 0.09), ['#5dffc344', '#6bb8ff3c', '#c58cff38'][i]);  //? rich
  for (let i = 0; i < 5; i += 1) peak(w * (i / 4 + random() * 0.12 - 0.06), h * (0.3 + random() * 0.15), w * 0.2, h * 0.76);  //? rich
  hill('#c5dcec', w, h, 0.72, 0.04);
  for (let x = 16; x < w; x += 40 + random() * 90) fir(x, h * (0.8 + random() * 0.05), h * (0.09 + random() * 0.1));
  hill('#e3f0f8', w, h, 0.84, 0.03);
  hill('#ffffff', w, h, 0.93, 0.016);
}

function aurora(w, h, y, colour) {
  brush.strokeStyle = colour;
  brush.lineWidth = h * 0.07;
  brush.lineCap = 'round';
  brush.beginPath();
  const shift = random() * 9;
  for (let x = -20; x <= w + 20; x += 20) brush.lineTo(x, y + Math.sin(x / 150 + shift) * h * 0.05);
  brush.stroke();
}

function peak(x, y, wide, foot) {
  for (const [colour, part, low] of [['#4d7599', 1, foot], ['#eef7ff', 0.28, y + (foot - y) * 0.28]]) {
    brush.fillStyle = colour;
    brush.beginPath();
    [[x, y], [x - wide * part, low], [x + wide * part, low]].forEach(([px, py]) => brush.lineTo(px, py));
    brush.fill();
  }
}

function fir(x, y, tall) {
  for (let i = 0; i < 3; i += 1) {
    const top = y - tall * (1 - i * 0.25), wide = tall * (0.16 + i * 0.08);
    for (const [colour, lift] of [['#2b5a5f', 0], ['#f4fbff', tall * 0.22]]) {
      brush.fillStyle = colour;
      brush.beginPath();
      [[x, top], [x - wide + lift * 0.5, top + tall * 0.4 - lift], [x + wide - lift * 0.5, top + tall * 0.4 - lift]].forEach(([px, py]) => brush.lineTo(px, py));
      brush.fill();
    }
  }
}

/* What moves behind the game: snow. */
function paintWeather(w, h, t) {
  for (let i = 0; i < 70; i += 1) {
    ink.globalAlpha = 0.4 + (i % 4) * 0.15;
    disc('#ffffff', (i * 127 + Math.sin(t * 0.7 + i) * 26 + w) % w, (i * 71 + t * (20 + i % 5 * 12)) % (h + 10) - 5, 1 + (i % 4) * 0.7);
  }
  ink.globalAlpha = 1;
}
