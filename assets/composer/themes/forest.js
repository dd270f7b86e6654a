/* ---- The forest theme: morning mist between tall trunks. ---- */

function paintScenery(w, h) {
  sky(w, h, ['#f6e7a8', '#bcd88c', '#6fae6a', '#2f7350']);
  halo(w * (0.3 + random() * 0.4), h * 0.12, Math.max(w, h) * 0.4, '#fffbe0cc');
  for (const [colour, height, count] of [['#7fb57866', 0.62, 16], ['#3f8455', 0.72, 11], ['#245a40', 0.82, 8]]) {
    for (let i = 0; i < count; i += 1) fir((i + random()) * w / count, h * (height + 0.06), h * (0.25 + random() * 0.2), colour);  //? rich
    hill(colour, w, h, height, 0.03);
  }
  hill('#173d2c', w, h, 0.9, 0.02);
  for (let x = 0; x < w; x += 9) {        // grass
    brush.strokeStyle = random() < 0.5 ? '#2f6b3d' : '#1f5233';
    brush.lineWidth = 3;
    brush.beginPath();
    brush.moveTo(x, h * 0.93);
    brush.lineTo(x + random() * 16 - 8, h * (0.88 + random() * 0.03));
    brush.stroke();
  }
}

function fir(x, y, tall, colour) {
  brush.fillStyle = colour;
  for (let i = 0; i < 4; i += 1) {
    const top = y - tall * (1 - i * 0.2), wide = tall * (0.12 + i * 0.06);
    brush.beginPath();
    [[x, top], [x - wide, top + tall * 0.34], [x + wide, top + tall * 0.34]].forEach(([px, py]) => brush.lineTo(px, py));
    brush.fill();
  }
  brush.fillRect(x - tall * 0.03, y - tall * 0.1, tall * 0.06, tall * 0.2);
}

/* What moves behind the game: leaves on the wind. */
function paintWeather(w, h, t) {
  for (let i = 0; i < 16; i += 1) {
    const x = (i * 211 + t * (20 + i % 4 * 8)) % (w + 40) - 20, y = (i * 137 + t * (14 + i % 5 * 7)) % (h + 40) - 20;
    ink.globalAlpha = 0.75;
    disc(['#e0a83a', '#c9662e', '#8fb53f'][i % 3], x + Math.sin(t + i) * 16, y, 6, 2.6, t * 1.3 + i);
  }
  ink.globalAlpha = 1;
}
