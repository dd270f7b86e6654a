/* ---- The candy theme: hills of icing under a sugar sky. ---- */

function paintScenery(w, h) {
  sky(w, h, ['#8fd3ff', '#c9e6ff', '#ffe3f3', '#ffc4e1']);
  brush.lineWidth = 16;
  ['#ff8fb1', '#ffc56e', '#fff08a', '#a3e6a0', '#8fc8ff', '#c9a3ff'].forEach((colour, i) => {
    brush.strokeStyle = colour + 'aa';
    brush.beginPath();
    brush.arc(w / 2, h * 0.9, Math.min(w * 0.55, h * 0.75) - i * 16, Math.PI, TAU);
    brush.stroke();
  });
  for (let i = 0; i < 7; i += 1) {        // clouds of sugar
    const x = random() * w, y = h * (0.08 + random() * 0.3), r = 14 + random() * 18;
    for (let j = -2; j < 3; j += 1) orb('#ffffffcc', x + j * r, y + Math.abs(j) * r * 0.25, r * (1.2 - Math.abs(j) * 0.25));
  }
  hill('#ff9ecb', w, h, 0.72, 0.05);
  for (let x = 30; x < w; x += 60 + random() * 110) lolly(x, h * 0.82, 16 + random() * 16);  //? rich
  hill('#f2709c', w, h, 0.82, 0.04);
  hill('#8a4a34', w, h, 0.92, 0.02);
  for (let i = 0; i < 90; i += 1) orb(COLOURS.bricks[i % 6], random() * w, h * (0.95 + random() * 0.05), 3);
}

function lolly(x, y, r) {
  brush.fillStyle = '#fff';
  brush.fillRect(x - 3, y - r * 3, 6, r * 4);
  orb(COLOURS.bricks[Math.floor(random() * 6)], x, y - r * 3, r);
  brush.strokeStyle = '#ffffffcc';
  brush.lineWidth = r * 0.18;
  brush.beginPath();
  for (let i = 0; i < 40; i += 1) brush.lineTo(x + Math.cos(i / 4) * r * i / 44, y - r * 3 + Math.sin(i / 4) * r * i / 44);
  brush.stroke();
}

/* What moves behind the game: sprinkles that never land. */
function paintWeather(w, h, t) {
  for (let i = 0; i < 26; i += 1) {
    ink.save();
    ink.translate((i * 149 + Math.sin(t + i) * 12) % w, (i * 83 + t * (18 + i % 4 * 7)) % (h + 20) - 10);
    ink.rotate(t + i);
    box(COLOURS.bricks[i % 6], -6, -2, 12, 4, 2);
    ink.restore();
  }
}
