/* ---- The arcade theme: a dark hall, a glowing screen, chunky pixels. ---- */

function paintScenery(w, h) {
  sky(w, h, ['#05060f', '#0d1030', '#05060f']);
  const dot = 8;
  for (let i = 0; i < 90; i += 1) {
    brush.fillStyle = COLOURS.bricks[Math.floor(random() * 6)] + '55';
    brush.fillRect(Math.floor(random() * w / dot) * dot, Math.floor(random() * h / dot) * dot, dot, dot);
  }
  // A skyline of blocks with lit windows.
  for (let x = 0; x < w; x += dot * 8) {
    const tall = dot * Math.floor(5 + random() * 16);
    brush.fillStyle = random() < 0.5 ? '#151a45' : '#1d1650';
    brush.fillRect(x, h - tall, dot * 7, tall);
    for (let y = h - tall + dot; y < h; y += dot * 2) for (let i = 1; i < 6; i += 2) {
      if (random() < 0.45) continue;
      brush.fillStyle = random() < 0.7 ? '#ffd84a44' : '#4ae0ff44';
      brush.fillRect(x + i * dot, y, dot, dot);
    }
  }
  brush.fillStyle = '#00000038';   // the lines of an old screen
  for (let y = 0; y < h; y += 4) brush.fillRect(0, y, w, 2);
}

/* What moves behind the game: pixels that rise like bubbles. */
function paintWeather(w, h, t) {
  for (let i = 0; i < 14; i += 1) {
    const y = h - ((t * (16 + i * 3) + i * 131) % (h + 20)), x = (i * 197 + Math.floor(t + i) * 8) % w;
    ink.globalAlpha = 0.3;
    box(COLOURS.bricks[i % 6], Math.floor(x / 8) * 8, Math.floor(y / 8) * 8, 8, 8);
  }
  ink.globalAlpha = 1;
}
