  fox(t) {
    for (const side of [-1, 1]) { poly('#d9661f', [[side * 0.25, -0.45], [side * 0.85, -0.95], [side * 0.75, -0.1]]); poly('#4a2410', [[side * 0.5, -0.5], [side * 0.76, -0.78], [side * 0.7, -0.35]]); }
    shape('#ee7d2b', () => { ink.moveTo(-0.9, 0); ink.quadraticCurveTo(0, -0.9, 0.9, 0); ink.lineTo(0, 0.9); });
    for (const side of [-1, 1]) poly('#fff4e0', [[side * 0.86, 0.04], [side * 0.14, 0.28], [side * 0.04, 0.84]]);
    eyes('#2a1408', 0.34, -0.06, 0.1 * (Math.sin(t * 1.3) > 0.97 ? 0.2 : 1));
    disc('#2a1408', 0, 0.78, 0.13, 0.1);
  },
  wasp(t) {
    for (const side of [-1, 1]) disc('#e6f7ffaa', side * 0.32, -0.55, 0.22, 0.42, side * (0.6 + Math.sin(t * 40) * 0.25));
    poly('#2a2010', [[0.7, -0.05], [1, 0.12], [0.7, 0.25]]);
    disc('#ffcf2e', 0.1, 0.1, 0.74, 0.45);
    for (const x of [-0.08, 0.22, 0.52]) disc('#2a2010', x, 0.1, 0.08, 0.4 - Math.abs(x) * 0.22);
    disc('#2a2010', -0.55, 0.02, 0.34);
    disc('#fff', -0.62, -0.05, 0.13);
    disc('#c4122f', -0.65, -0.05, 0.06);
    for (const x of [-0.75, -0.45]) lines('#2a2010', 0.07, [[-0.6, -0.2], [x, -0.65]]);
  },
  hedgehog(t) {
    for (let i = 0; i < 11; i += 1) {
      const a = Math.PI * (0.98 + i * 0.1);
      poly('#5a3d28', [[Math.cos(a - 0.14) * 0.7, 0.3 + Math.sin(a - 0.14) * 0.7], [Math.cos(a) * 1.05, 0.3 + Math.sin(a) * 1.05], [Math.cos(a + 0.14) * 0.7, 0.3 + Math.sin(a + 0.14) * 0.7]]);
    }
    disc('#7a5538', 0, 0.25, 0.78, 0.62);
    shape('#e8c9a0', () => { ink.moveTo(-0.2, 0.75); ink.quadraticCurveTo(-0.5, -0.1, -1, 0.5 + Math.sin(t * 4) * 0.03); ink.quadraticCurveTo(-0.7, 0.8, -0.2, 0.75); });
    disc('#2a1408', -0.95, 0.46, 0.11);
    disc('#2a1408', -0.55, 0.3, 0.08);
  },
  rabbit(t) {
    for (const side of [-1, 1]) { const lean = side * (0.2 + Math.sin(t * 3) * 0.05); disc('#e8dccb', side * 0.3, -0.6, 0.2, 0.48, lean); disc('#ffb3b3', side * 0.3, -0.58, 0.1, 0.34, lean); }
    disc('#f7efe2', 0, 0.22, 0.72, 0.66);
    disc('#e8dccb', -0.36, 0.45, 0.26, 0.22);
    disc('#e8dccb', 0.36, 0.45, 0.26, 0.22);
    eyes('#33241a', 0.28, 0.08, 0.1);
    disc('#ff8fa3', 0, 0.32, 0.1, 0.07);
    box('#fff', -0.09, 0.46, 0.18, 0.2, 0.04);
  },
  mushroom() {
    shape('#fff3dc', () => { ink.moveTo(-0.34, 0); ink.quadraticCurveTo(-0.2, 0.5, -0.42, 0.9); ink.lineTo(0.42, 0.9); ink.quadraticCurveTo(0.2, 0.5, 0.34, 0); });
    shape('#d93232', () => { ink.moveTo(-0.95, 0.15); ink.bezierCurveTo(-0.9, -1.15, 0.9, -1.15, 0.95, 0.15); ink.quadraticCurveTo(0, 0.4, -0.95, 0.15); });
    for (const [x, y, r] of [[-0.5, -0.15, 0.16], [0.05, -0.5, 0.2], [0.55, -0.1, 0.14], [0.1, 0.02, 0.1]]) disc('#fff3dc', x, y, r);
  },
  acorn() {
    shape('#b8763a', () => { ink.moveTo(-0.6, -0.15); ink.quadraticCurveTo(-0.6, 0.65, 0, 0.98); ink.quadraticCurveTo(0.6, 0.65, 0.6, -0.15); });
    disc('#e0a868', -0.22, 0.22, 0.12, 0.32, 0.2);
    lines('#5a3a1c', 0.14, [[0, -0.6], [0.14, -0.95]]);
    shape('#7a5028', () => { ink.moveTo(-0.76, -0.1); ink.bezierCurveTo(-0.7, -0.85, 0.7, -0.85, 0.76, -0.1); });
    for (let i = -2; i < 3; i += 1) lines('#5a3a1c', 0.05, [[i * 0.26, -0.14], [i * 0.18 + 0.16, -0.5]]);
  },
  apple() {
    disc('#c4182c', -0.28, 0.16, 0.55, 0.7);
    disc('#c4182c', 0.28, 0.16, 0.55, 0.7);
    disc('#e8394a', -0.24, 0.08, 0.46, 0.58);
    disc('#ff9aa3', -0.36, -0.14, 0.13, 0.22, 0.4);
    lines('#5a3a1c', 0.12, [[0, -0.4], [0.1, -0.85]]);
    shape('#6fbf4a', () => { ink.moveTo(0.1, -0.62); ink.quadraticCurveTo(0.5, -1.05, 0.85, -0.7); ink.quadraticCurveTo(0.5, -0.45, 0.1, -0.62); });
  },
  stump() {
    shape('#5f4023', () => { ink.moveTo(-0.66, -0.45); ink.quadraticCurveTo(-0.6, 0.5, -0.95, 0.95); ink.lineTo(0.95, 0.95); ink.quadraticCurveTo(0.6, 0.5, 0.66, -0.45); });
    for (const x of [-0.35, 0.1, 0.4]) lines('#452c16', 0.07, [[x, -0.15], [x * 1.2, 0.75]]);
    for (const [colour, r] of [['#8a6236', 0.68], ['#d9ac6b', 0.56], ['#b88648', 0.36], ['#d9ac6b', 0.26]]) disc(colour, 0, -0.48, r, r * 0.45);
    disc('#4f8a3a', 0.6, 0.9, 0.34, 0.12);
  },
