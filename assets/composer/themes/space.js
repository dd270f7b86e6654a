/* ---- The space theme: far stars, a nebula and a planet with a ring. ---- */

function paintScenery(w, h) {
  sky(w, h, ['#03040d', '#0a1030', '#060818']);
  for (let i = 0; i < 7; i += 1) halo(random() * w, random() * h, Math.max(w, h) * (0.15 + random() * 0.2), ['#3b2b8a40', '#0f5a8a3a', '#7a2a6a38'][i % 3]);
  specks(220, w, h, '#ffffff', 0.9);
  specks(30, w, h, '#ffd9a0', 1.7);
  const planet = { x: w * (0.12 + random() * 0.18), y: h * (0.68 + random() * 0.12), r: Math.min(w, h) * 0.2 };
  halo(planet.x, planet.y, planet.r * 1.6, '#4aa8ff44');
  brush.save();
  brush.beginPath();
  brush.arc(planet.x, planet.y, planet.r, 0, TAU);
  brush.clip();
  orb('#c9743e', planet.x, planet.y, planet.r);
  for (let i = -4; i < 5; i += 1) orb(i % 2 ? '#e39a5a' : '#a9552f', planet.x + random() * 12, planet.y + i * planet.r * 0.24, planet.r * 1.2, planet.r * 0.09);
  orb('#03040daa', planet.x + planet.r * 0.45, planet.y + planet.r * 0.3, planet.r * 1.05);
  brush.restore();
  brush.strokeStyle = '#ffe2b877';
  brush.lineWidth = planet.r * 0.09;
  brush.beginPath();
  brush.ellipse(planet.x, planet.y, planet.r * 1.7, planet.r * 0.42, -0.3, -0.35, Math.PI + 0.35);
  brush.stroke();
}

/* What moves behind the game: near stars drift by, and twinkle. */
function paintWeather(w, h, t) {
  for (let i = 0; i < 26; i += 1) {
    const x = w - ((t * (5 + i % 5 * 6) + i * 173) % (w + 10)), y = (i * 97) % h;
    ink.globalAlpha = 0.5 + Math.sin(t * 2 + i) * 0.35;
    disc('#ffffff', x, y, 0.8 + (i % 3) * 0.5);
  }
  ink.globalAlpha = 1;
}
