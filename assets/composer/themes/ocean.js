/* ---- The ocean theme: light from above, sand and weed below. ---- */

function paintScenery(w, h) {
  sky(w, h, ['#2aa6c9', '#117aa8', '#0a4f80', '#07315c', '#051f40']);
  for (let i = 0; i < 7; i += 1) {         // rays of the sun
    const x = w * (i / 6 + random() * 0.1), wide = w * (0.02 + random() * 0.06);
    brush.fillStyle = '#d8fff61c';
    brush.beginPath();
    [[x, 0], [x + wide, 0], [x + wide * 3 - w * 0.15, h], [x - w * 0.15, h]].forEach(([px, py]) => brush.lineTo(px, py));
    brush.fill();
  }
  hill('#083a5e', w, h, 0.8, 0.05);
  for (let x = 10; x < w; x += 26 + random() * 70) weed(x, h * 0.95, h * (0.08 + random() * 0.16), random() < 0.6 ? '#0d6b5a' : '#7a2f5f');  //? rich
  hill('#c9a86a', w, h, 0.93, 0.014);
  for (let i = 0; i < 60; i += 1) orb('#7d653c66', random() * w, h * (0.95 + random() * 0.05), 1 + random() * 3);
}

function weed(x, y, tall, colour) {
  brush.strokeStyle = colour;
  brush.lineCap = 'round';
  for (const lean of [-1, 0, 1]) {
    brush.lineWidth = 7;
    brush.beginPath();
    brush.moveTo(x + lean * 4, y);
    brush.bezierCurveTo(x + lean * 30, y - tall * 0.4, x - lean * 18 - 14, y - tall * 0.6, x + lean * 24, y - tall * (1 - lean * 0.2));
    brush.stroke();
  }
}

/* What moves behind the game: bubbles on their way up. */
function paintWeather(w, h, t) {
  for (let i = 0; i < 22; i += 1) {
    const y = h - ((t * (22 + i % 6 * 9) + i * 113) % (h + 30)), r = 2 + (i % 5) * 1.6;
    ink.globalAlpha = 0.4;
    disc('#bdf3ff', (i * 151) % w + Math.sin(t * 1.4 + i) * 9, y, r);
    disc('#0d5d8d', (i * 151) % w + Math.sin(t * 1.4 + i) * 9 + r * 0.15, y + r * 0.15, r * 0.75);
  }
  ink.globalAlpha = 1;
}
