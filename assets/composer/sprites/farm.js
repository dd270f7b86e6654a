  pig(t) {
    for (const side of [-1, 1]) poly('#e07f98', [[side * 0.24, -0.62], [side * 0.72, -0.98], [side * 0.7, -0.34]]);
    disc('#f7a8bc', 0, 0.06, 0.8, 0.82);
    eyes('#3a1824', 0.34, -0.2, 0.1);
    disc('#e07f98', 0, 0.3, 0.36, 0.27 + Math.sin(t * 6) * 0.02);
    for (const side of [-1, 1]) disc('#8f3f58', side * 0.14, 0.3, 0.07, 0.12);
    lines('#8f3f58', 0.06, [[-0.2, 0.7], [0, 0.75], [0.2, 0.7]]);
  },
  cow(t) {
    for (const side of [-1, 1]) { poly('#e8d9b0', [[side * 0.3, -0.6], [side * 0.72, -1], [side * 0.56, -0.5]]); disc('#5a4438', side * 0.78, -0.3, 0.24, 0.14, side * (0.5 + Math.sin(t * 4) * 0.1)); }
    disc('#fbf7f0', 0, 0, 0.66, 0.8);
    disc('#4a3a34', 0.34, -0.34, 0.26, 0.32, -0.4);
    disc('#4a3a34', -0.5, 0.1, 0.16, 0.26);
    eyes('#1c1412', 0.27, -0.22, 0.1);
    disc('#f4b8b4', 0, 0.58, 0.54, 0.36);
    for (const side of [-1, 1]) disc('#8a4a4a', side * 0.2, 0.5, 0.08, 0.1);
    lines('#8a4a4a', 0.06, [[-0.2, 0.74], [0, 0.78], [0.2, 0.74]]);
  },
  sheep(t) {
    for (const x of [-0.36, 0.36]) box('#4a4048', x - 0.09, 0.5, 0.18, 0.46, 0.06);
    for (let i = 0; i < 9; i += 1) disc('#f6f2ec', Math.cos(i * TAU / 9) * 0.56, 0.08 + Math.sin(i * TAU / 9) * 0.46, 0.32);
    disc('#f6f2ec', 0, 0.08, 0.62, 0.5);
    for (const side of [-1, 1]) disc('#4a4048', side * 0.44, -0.24, 0.22, 0.12, side * (0.5 + Math.sin(t * 5) * 0.12));
    disc('#5a4e58', 0, -0.1, 0.36, 0.46);
    eyes('#ffffff', 0.15, -0.2, 0.1);
    for (const side of [-1, 1]) disc('#20181e', side * 0.15, -0.17, 0.05);
    for (const [x, y] of [[-0.2, -0.58], [0.2, -0.58], [0, -0.68]]) disc('#ffffff', x, y, 0.22);
  },
  horse(t) {
    shape('#4a2a18', () => { ink.moveTo(0.1, -0.95); ink.quadraticCurveTo(0.95, -0.7, 0.8, 0.9 + Math.sin(t * 5) * 0.04); ink.lineTo(0.3, 0.9); });
    shape('#a8683a', () => { ink.moveTo(0.24, -0.72); ink.quadraticCurveTo(-0.2, -0.82, -0.45, -0.24); ink.quadraticCurveTo(-0.95, 0.28, -0.84, 0.58); ink.quadraticCurveTo(-0.6, 0.9, -0.26, 0.5); ink.quadraticCurveTo(0.06, 0.4, -0.04, 0.96); ink.lineTo(0.6, 0.96); ink.quadraticCurveTo(0.6, 0, 0.24, -0.72); });
    for (const x of [0, 0.22]) poly('#a8683a', [[x - 0.1, -0.64], [x + 0.02, -1], [x + 0.14, -0.62]]);
    disc('#e8d2b8', -0.68, 0.5, 0.18, 0.16, -0.5);
    disc('#241008', -0.26, -0.16, 0.09, 0.12);
    disc('#5a3018', -0.74, 0.46, 0.05);
  },
  frog(t) {
    for (const side of [-1, 1]) { disc('#3f9a3a', side * 0.66, 0.56, 0.3, 0.36, side * -0.5); disc('#58bf4a', side * 0.42, -0.52, 0.32); }
    disc('#58bf4a', 0, 0.14, 0.8, 0.66);
    disc('#b8e89a', 0, 0.48, 0.5, 0.34 + Math.sin(t * 7) * 0.03);
    for (const side of [-1, 1]) { disc('#ffffff', side * 0.42, -0.56, 0.22); disc('#14240c', side * 0.4, -0.54, 0.11); disc('#2f7a2c', side * 0.12, -0.06, 0.04); }
    lines('#2f7a2c', 0.07, [[-0.5, 0.12], [-0.2, 0.26], [0.2, 0.26], [0.5, 0.12]]);
  },
  monkey(t) {
    for (const side of [-1, 1]) { disc('#7a4a2c', side * 0.76, -0.06, 0.24, 0.3); disc('#f0c8a0', side * 0.76, -0.06, 0.13, 0.18); }
    disc('#7a4a2c', 0, -0.04, 0.74, 0.8);
    for (const side of [-1, 1]) disc('#f0c8a0', side * 0.22, -0.12, 0.3, 0.34);
    disc('#f0c8a0', 0, 0.36, 0.5, 0.4);
    eyes('#20100a', 0.22, -0.1, 0.1);
    for (const side of [-1, 1]) disc('#7a4a2c', side * 0.08, 0.22, 0.04);
    lines('#7a3a2c', 0.07, [[-0.26, 0.44], [0, 0.52 + Math.sin(t * 6) * 0.03], [0.26, 0.44]]);
    poly('#7a4a2c', [[-0.12, -0.8], [0, -1], [0.14, -0.8]]);
  },
  bird(t) {
    const beat = Math.sin(t * 12) * 0.3;
    poly('#2a6fb8', [[-0.5, 0.1], [-1, -0.1], [-0.94, 0.4]]);
    disc('#4a9ae8', 0, 0.08, 0.7, 0.62);
    disc('#ffe9c8', 0.16, 0.34, 0.44, 0.32);
    poly('#ffb02e', [[0.6, -0.12], [1, 0.06], [0.62, 0.22]]);
    disc('#ffffff', 0.36, -0.18, 0.2);
    disc('#14202c', 0.42, -0.16, 0.1);
    shape('#2a6fb8', () => { ink.moveTo(-0.5, 0); ink.quadraticCurveTo(-0.3, 0.1 - beat * 2, 0.1, 0.06); ink.quadraticCurveTo(-0.2, 0.5, -0.5, 0); });
    for (const x of [-0.1, 0.06]) poly('#2a6fb8', [[x - 0.08, -0.5], [x - 0.16, -0.84], [x + 0.1, -0.52]]);
  },
  butterfly(t) {
    const beat = 0.8 + Math.sin(t * 9) * 0.2;
    for (const side of [-1, 1]) {
      disc('#ff8a3a', side * 0.5 * beat, -0.36, 0.46 * beat, 0.52, side * 0.4);
      disc('#ffb85a', side * 0.42 * beat, 0.42, 0.36 * beat, 0.4, side * -0.4);
      disc('#fff2c8', side * 0.58 * beat, -0.4, 0.18 * beat, 0.22);
      disc('#c8482a', side * 0.46 * beat, 0.44, 0.13 * beat, 0.16);
      lines('#2a1a20', 0.05, [[0, -0.5], [side * 0.14, -0.8], [side * 0.28, -0.92]]);
    }
    disc('#2a1a20', 0, 0.04, 0.11, 0.62);
  },
  turtle(t) {
    const step = Math.sin(t * 6) * 0.08;
    for (const [x, y] of [[-0.56, 0.6 + step], [0.4, 0.6 - step]]) disc('#6fbf5a', x, y, 0.24, 0.3);
    disc('#6fbf5a', 0.76, 0.06, 0.26, 0.24);
    disc('#14240c', 0.84, 0, 0.06);
    shape('#3f7a4a', () => { ink.moveTo(-0.92, 0.48); ink.quadraticCurveTo(-0.8, -0.64, -0.1, -0.64); ink.quadraticCurveTo(0.6, -0.64, 0.66, 0.48); });
    for (const x of [-0.5, -0.12, 0.26]) poly('#8fd07a', [[x - 0.15, 0.1], [x - 0.08, -0.3], [x + 0.1, -0.3], [x + 0.16, 0.1], [x, 0.26]]);
    box('#c8b06a', -0.92, 0.44, 1.58, 0.16, 0.08);
  },
  ninja(t) {
    for (const lean of [0, 0.2]) poly('#c8283a', [[0.6, -0.2], [1, -0.4 + lean + Math.sin(t * 8) * 0.08], [0.96, -0.14 + lean]]);
    disc('#2a2c3c', 0, 0, 0.76, 0.84);
    box('#f0c8a0', -0.6, -0.26, 1.2, 0.38, 0.18);
    box('#c8283a', -0.74, -0.44, 1.48, 0.17, 0.06);
    for (const side of [-1, 1]) { disc('#ffffff', side * 0.28, -0.08, 0.17, 0.13); disc('#14141c', side * 0.26, -0.06, 0.08); lines('#14141c', 0.07, [[side * 0.08, -0.16], [side * 0.44, -0.26]]); }
    lines('#4a4e66', 0.06, [[-0.5, 0.4], [0, 0.54], [0.5, 0.4]]);
  },
  princess(t) {
    for (const side of [-1, 1]) disc('#e8b84a', side * 0.58, 0.26, 0.28, 0.66);
    disc('#f6d0b0', 0, 0.12, 0.6, 0.66);
    shape('#e8b84a', () => { ink.moveTo(-0.66, 0.1); ink.quadraticCurveTo(-0.6, -0.6, 0, -0.6); ink.quadraticCurveTo(0.6, -0.6, 0.66, 0.1); ink.quadraticCurveTo(0.3, -0.26, 0, -0.26); ink.quadraticCurveTo(-0.3, -0.26, -0.66, 0.1); });
    poly('#ffd84a', [[-0.46, -0.46], [-0.54, -0.98], [-0.24, -0.72], [0, -1], [0.24, -0.72], [0.54, -0.98], [0.46, -0.46]]);
    for (const [x, colour] of [[-0.26, '#ff5a8a'], [0, '#5ad0ff'], [0.26, '#ff5a8a']]) disc(colour, x, -0.58, 0.08 + Math.sin(t * 4 + x * 9) * 0.01);
    eyes('#3a2030', 0.23, 0.12, 0.08);
    for (const side of [-1, 1]) disc('#ff9aa8', side * 0.36, 0.34, 0.11, 0.08);
    lines('#c8485a', 0.07, [[-0.14, 0.46], [0, 0.52], [0.14, 0.46]]);
  },
