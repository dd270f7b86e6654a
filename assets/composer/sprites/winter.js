  snowman(t) {
    for (const side of [-1, 1]) lines('#6b4a2f', 0.08, [[side * 0.4, 0.1], [side * 0.95, -0.25 + Math.sin(t * 4) * 0.08]]);
    disc('#c9dcea', 0.03, 0.5, 0.58, 0.48);
    disc('#ffffff', 0, 0.46, 0.56, 0.46);
    disc('#ffffff', 0, -0.22, 0.43);
    box('#c4303f', -0.42, 0.02, 0.84, 0.16, 0.08);
    eyes('#1c2733', 0.15, -0.3, 0.06);
    poly('#ff8a2b', [[0, -0.22], [0.5, -0.12], [0, -0.08]]);
    box('#26303f', -0.42, -0.66, 0.84, 0.12, 0.05);
    box('#26303f', -0.28, -1, 0.56, 0.4, 0.06);
    for (const y of [0.34, 0.56]) disc('#1c2733', 0, y, 0.06);
  },
  yeti(t) {
    for (const side of [-1, 1]) { lines('#b9d3e8', 0.3, [[side * 0.5, 0.1], [side * 0.8, -0.45 - Math.sin(t * 5 + side) * 0.15]]); poly('#7a8aa0', [[side * 0.3, -0.7], [side * 0.62, -1], [side * 0.56, -0.5]]); }
    for (let i = 0; i < 12; i += 1) disc('#d6e8f5', Math.cos(i * TAU / 12) * 0.56, 0.15 + Math.sin(i * TAU / 12) * 0.66, 0.24);
    disc('#eaf5fd', 0, 0.1, 0.62, 0.74);
    disc('#7fb0d9', 0, -0.1, 0.44, 0.4);
    eyes('#fff', 0.18, -0.2, 0.12);
    eyes('#13293d', 0.18, -0.18, 0.06);
    box('#13293d', -0.24, 0.03, 0.48, 0.17, 0.06);
    for (const x of [-0.17, 0.07]) poly('#fff', [[x, 0.2], [x + 0.1, 0.2], [x + 0.05, 0.07]]);
  },
  penguin(t) {
    for (const side of [-1, 1]) { disc('#1d2b45', side * 0.62, 0.15, 0.16, 0.44, side * (-0.4 + Math.sin(t * 8) * 0.15)); disc('#ff9d2e', side * 0.26, 0.92, 0.25, 0.12); }
    disc('#24365a', 0, 0.02, 0.62, 0.9);
    disc('#ffffff', 0, 0.25, 0.44, 0.6);
    for (const side of [-1, 1]) disc('#ffffff', side * 0.2, -0.4, 0.24, 0.28);
    eyes('#10182a', 0.18, -0.42, 0.09);
    poly('#ff9d2e', [[-0.17, -0.26], [0.17, -0.26], [0, -0.04]]);
    lines(COLOURS.hero, 0.15, [[-0.46, 0], [0, 0.08], [0.46, 0]]);
  },
  snowflake(t) {
    for (let i = 0; i < 6; i += 1) {
      const a = i * TAU / 6 + t * 0.4, x = Math.cos(a), y = Math.sin(a);
      lines('#d3f3ff', 0.13, [[0, 0], [x * 0.92, y * 0.92]]);
      for (const side of [-0.5, 0.5]) lines('#ffffff', 0.1, [[x * 0.52, y * 0.52], [x * 0.52 + Math.cos(a + side) * 0.3, y * 0.52 + Math.sin(a + side) * 0.3]]);
    }
    disc('#ffffff', 0, 0, 0.14);
  },
  cocoa(t) {
    for (const x of [-0.25, 0.05]) lines('#ffffff99', 0.09, [0, 1, 2, 3].map((i) => [x + Math.sin(t * 3 + i) * 0.08, -0.5 - i * 0.15]));
    ink.strokeStyle = '#c4303f';
    ink.lineWidth = 0.18;
    ink.beginPath();
    ink.arc(0.52, 0.25, 0.3, -1.4, 1.4);
    ink.stroke();
    box('#e0404f', -0.7, -0.35, 1.24, 1.25, [0.05, 0.05, 0.3, 0.3]);
    disc('#5a2f1c', -0.08, -0.35, 0.6, 0.14);
    for (const x of [-0.3, 0, 0.2]) box('#fff', x - 0.1, -0.48, 0.2, 0.15, 0.05);
    lines('#fff', 0.07, [[-0.4, 0.2], [-0.1, 0.45], [0.2, 0.2]]);
  },
  snowball() {
    disc('#a9c6db', 0.05, 0.06, 0.86);
    disc('#f4faff', -0.02, -0.02, 0.8);
    disc('#d6e8f4', 0.2, 0.25, 0.4, 0.3);
    for (const [x, y] of [[-0.3, -0.3], [0.25, -0.4], [-0.1, 0.15]]) disc('#ffffff', x, y, 0.14, 0.1);
  },
  ice() {
    box('#4aa0cc', -0.88, -0.88, 1.76, 1.76, 0.18);
    box('#9fdcf5', -0.76, -0.76, 1.46, 1.46, 0.12);
    poly('#d9f5ff', [[-0.6, -0.1], [-0.1, -0.65], [0.15, -0.65], [-0.6, 0.2]]);
    lines('#ffffff', 0.07, [[0.1, 0.5], [0.5, 0.1]]);
    lines('#6fc0e6', 0.06, [[-0.4, 0.55], [-0.1, 0.3], [0.05, 0.45]]);
  },
  present() {
    box('#2f8f5b', -0.8, -0.3, 1.6, 1.2, 0.08);
    box('#38a86b', -0.9, -0.5, 1.8, 0.36, 0.08);
    box('#ffd83d', -0.15, -0.5, 0.3, 1.4);
    for (const side of [-1, 1]) shape('#ffd83d', () => { ink.moveTo(0, -0.5); ink.bezierCurveTo(side * 0.3, -1.2, side * 1, -0.9, 0, -0.5); });
  },
