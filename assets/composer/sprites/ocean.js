  shark(t) {
    const sway = Math.sin(t * 6) * 0.14;
    poly('#557391', [[0.55, 0], [1, -0.5 + sway], [0.9, 0.05], [1, 0.5 + sway]]);
    poly('#47627d', [[-0.1, -0.35], [0.25, -0.9], [0.3, -0.2]]);
    disc('#6485a6', -0.1, 0, 0.82, 0.45);
    disc('#e6eef2', -0.2, 0.18, 0.66, 0.25);
    poly('#47627d', [[-0.1, 0.2], [0.2, 0.75], [0.24, 0.2]]);
    disc('#fff', -0.52, -0.12, 0.11);
    disc('#10202e', -0.55, -0.12, 0.06);
    poly('#7a1f2e', [[-0.85, 0.1], [-0.4, 0.18], [-0.6, 0.3]]);
    for (const x of [-0.75, -0.62, -0.5]) poly('#fff', [[x, 0.12], [x + 0.1, 0.13], [x + 0.05, 0.23]]);
  },
  jellyfish(t) {
    for (let i = -2; i < 3; i += 1) lines('#ff9ee0', 0.09, [[i * 0.26, 0], [i * 0.26 + Math.sin(t * 4 + i) * 0.12, 0.45], [i * 0.26 + Math.sin(t * 4 + i + 1) * 0.16, 0.9]]);
    shape('#e05fc4ee', () => { ink.moveTo(-0.8, 0.1); ink.bezierCurveTo(-0.75, -1.15, 0.75, -1.15, 0.8, 0.1); ink.quadraticCurveTo(0, -0.15, -0.8, 0.1); });
    disc('#ffc4ef88', -0.25, -0.45, 0.26, 0.16, -0.5);
    eyes('#3a0f40', 0.24, -0.2, 0.09);
  },
  crab(t) {
    const snap = Math.sin(t * 5) * 0.12;
    for (const side of [-1, 1]) {
      for (let i = 0; i < 3; i += 1) lines('#c23a2a', 0.1, [[side * 0.45, 0.2 + i * 0.16], [side * 0.95, 0.3 + i * 0.24]]);
      lines('#c23a2a', 0.14, [[side * 0.55, 0], [side * 0.8, -0.4]]);
      shape('#ff6b4a', () => { ink.arc(side * 0.78, -0.55, 0.27, 0.4 + snap, TAU - 0.4 + snap); ink.lineTo(side * 0.78, -0.55); });
      lines('#ff6b4a', 0.08, [[side * 0.2, -0.1], [side * 0.24, -0.45]]);
      disc('#fff', side * 0.24, -0.48, 0.14);
      disc('#2a0f0a', side * 0.24, -0.46, 0.07);
    }
    disc('#ff6b4a', 0, 0.22, 0.66, 0.48);
    disc('#ff9478', -0.15, 0.06, 0.3, 0.14);
    lines('#8f2a1c', 0.06, [[-0.2, 0.35], [0, 0.43], [0.2, 0.35]]);
  },
  fish(t) {
    const wag = Math.sin(t * 9) * 0.16;
    poly('#e0761a', [[-0.5, 0], [-1, -0.45 + wag], [-0.86, 0], [-1, 0.45 + wag]]);
    poly('#e0761a', [[-0.25, -0.4], [0.15, -0.85], [0.3, -0.35]]);
    disc(COLOURS.hero, 0.1, 0, 0.78, 0.55);
    for (const x of [-0.2, 0.28]) disc('#fff6e0', x, 0, 0.1, 0.5);
    disc('#fff', 0.56, -0.12, 0.16);
    disc('#16222e', 0.6, -0.12, 0.08);
    disc('#e0761a', 0.08, 0.15, 0.2, 0.12, 0.5 + wag);
  },
  shell() {
    shape('#ffb38a', () => { ink.moveTo(0, 0.8); ink.bezierCurveTo(-1.4, 0.1, -0.8, -0.95, 0, -0.85); ink.bezierCurveTo(0.8, -0.95, 1.4, 0.1, 0, 0.8); });
    for (let i = -2; i < 3; i += 1) lines('#e07a5f', 0.07, [[0, 0.7], [i * 0.32, -0.72 + Math.abs(i) * 0.12]]);
    box('#ffcfb3', -0.3, 0.6, 0.6, 0.28, 0.12);
  },
  starfish(t) {
    const ray = (i, r) => [Math.sin(i * TAU / 10 + t * 0.3) * r, -Math.cos(i * TAU / 10 + t * 0.3) * r];
    const arms = Array.from({ length: 11 }, (_, i) => ray(i, i % 2 ? 0.42 : 0.86));
    lines('#ff8a3d', 0.26, arms);
    poly('#ff8a3d', arms);
    for (let i = 0; i < 10; i += 2) disc('#ffd0a3', ...ray(i, 0.5), 0.08);
    eyes('#5a2a10', 0.14, -0.04, 0.07);
  },
  pearl() {
    disc('#c4cfe0', 0.04, 0.05, 0.86);
    disc('#f4f1ff', -0.03, -0.03, 0.78);
    disc('#ffe3f2', 0.1, 0.25, 0.45, 0.35);
    disc('#ffffff', -0.3, -0.32, 0.2, 0.15, -0.6);
  },
  coral() {
    for (const [x, y, bend] of [[-0.7, -0.35, -0.35], [-0.28, -0.9, -0.1], [0.25, -0.75, 0.15], [0.72, -0.2, 0.4]]) {
      lines('#d9436b', 0.28, [[0, 0.85], [bend, 0.2], [x, y]]);
      disc('#ff7a9c', x, y, 0.15);
    }
    disc('#8f2a4a', 0, 0.9, 0.6, 0.16);
  },
