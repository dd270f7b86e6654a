/* ---- The neon theme: a synthetic sunset over a grid of light. ---- */

function paintScenery(w, h) {
  const horizon = h * 0.62;
  sky(w, h, ['#090220', '#1c0640', '#4a0b66', '#90127a', '#12021f', '#12021f']);
  specks(110, w, horizon * 0.8, '#c9f7ff', 1.2);
  const sun = { x: w * (0.35 + random() * 0.3), r: Math.min(w, h) * 0.24 };
  halo(sun.x, horizon, sun.r * 2.2, '#ff3fae66');
  const fade = brush.createLinearGradient(0, horizon - sun.r, 0, horizon);
  fade.addColorStop(0, '#ffe45c');
  fade.addColorStop(1, '#ff2f92');
  orb(fade, sun.x, horizon, sun.r);
  brush.fillStyle = '#5b0d70';
  for (let i = 0; i < 6; i += 1) brush.fillRect(0, horizon - i * sun.r * 0.13, w, 6 - i);
  brush.fillStyle = '#0d0120';
  brush.fillRect(0, horizon, w, h);
  brush.strokeStyle = '#ff4fd888';
  brush.lineWidth = 1.5;
  brush.beginPath();
  for (let i = -24; i <= 24; i += 1) { brush.moveTo(w / 2 + i * w * 0.035, horizon); brush.lineTo(w / 2 + i * w * 0.2, h); }
  brush.moveTo(0, horizon);
  brush.lineTo(w, horizon);
  brush.stroke();
}

/* What moves behind the game: the lines of the grid come nearer. */
function paintWeather(w, h, t) {
  for (let i = 0; i < 9; i += 1) {
    const near = ((i + t * 0.5) % 9) / 9;
    ink.globalAlpha = near * 0.7;
    box('#ff4fd8', 0, h * (0.62 + 0.38 * near * near), w, 1.5);
  }
  ink.globalAlpha = 1;
}
