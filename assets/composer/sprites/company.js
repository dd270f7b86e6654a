  dog(t) {
    const wag = Math.sin(t * 5) * 0.05;
    disc('#e0a868', 0, 0.05, 0.74, 0.78);
    for (const side of [-1, 1]) disc('#8a5a34', side * 0.68, -0.02 + wag * side, 0.26, 0.6, side * 0.25);
    disc('#8a5a34', 0.3, -0.2, 0.3, 0.34);
    disc('#fff4e0', 0, 0.42, 0.46, 0.4);
    eyes('#2a1408', 0.3, -0.16, 0.11);
    disc('#2a1408', 0, 0.22, 0.19, 0.14);
    lines('#2a1408', 0.06, [[0, 0.34], [0, 0.5]]);
    shape('#ff7a8a', () => { ink.moveTo(-0.16, 0.54); ink.lineTo(0.16, 0.54); ink.quadraticCurveTo(0.16, 0.96 + wag, 0, 0.96 + wag); ink.quadraticCurveTo(-0.16, 0.96 + wag, -0.16, 0.54); });
  },
  dragon(t) {
    const beat = Math.sin(t * 6) * 0.18;
    for (const side of [-1, 1]) {
      poly('#2f7a3a', [[side * 0.3, 0.1], [side * 1, -0.5 + beat], [side * 0.92, 0.1], [side * 0.72, 0.02], [side * 0.62, 0.36], [side * 0.46, 0.26]]);
      poly('#ffe9b0', [[side * 0.2, -0.6], [side * 0.5, -1], [side * 0.5, -0.42]]);
    }
    disc('#4fb04a', 0, -0.14, 0.6, 0.6);
    disc('#6fcf5f', 0, 0.38, 0.5, 0.42);
    for (const side of [-1, 1]) { disc('#fff8d0', side * 0.28, -0.22, 0.2, 0.24); disc('#1c2a10', side * 0.26, -0.18, 0.08, 0.18); disc('#1c4a1a', side * 0.18, 0.26, 0.07, 0.05); }
    for (const x of [-0.3, -0.1, 0.1, 0.3]) poly('#ffffff', [[x - 0.08, 0.52], [x + 0.08, 0.52], [x, 0.7]]);
  },
  unicorn(t) {
    for (const [i, colour] of ['#ff6b8a', '#ffb13d', '#6bd6ff', '#b98cff'].entries()) disc(colour, 0.42 - i * 0.02, -0.5 + i * 0.36, 0.34, 0.3, Math.sin(t * 2 + i) * 0.1);
    shape('#ffffff', () => { ink.moveTo(0.3, -0.7); ink.quadraticCurveTo(-0.2, -0.8, -0.45, -0.2); ink.quadraticCurveTo(-0.9, 0.3, -0.82, 0.56); ink.quadraticCurveTo(-0.6, 0.86, -0.25, 0.5); ink.quadraticCurveTo(0.1, 0.4, 0, 0.96); ink.lineTo(0.62, 0.96); ink.quadraticCurveTo(0.6, 0, 0.3, -0.7); });
    lines('#c8a8e8', 0.05, [[0.3, -0.7], [0.02, -0.74], [-0.3, -0.5], [-0.45, -0.2], [-0.74, 0.24], [-0.82, 0.56], [-0.62, 0.7], [-0.25, 0.5], [0, 0.5], [0, 0.96]]);
    poly('#ffd84a', [[-0.36, -0.42], [-0.6, -1], [-0.08, -0.62]]);
    lines('#e0a020', 0.05, [[-0.4, -0.62], [-0.22, -0.7]]);
    poly('#ffffff', [[0.12, -0.66], [0.3, -1], [0.4, -0.6]]);
    disc('#3a2a5a', -0.28, -0.12, 0.1, 0.14);
    disc('#ffb3c8', -0.7, 0.52, 0.08, 0.06);
  },
  pirate() {
    disc('#f0c090', 0, 0.2, 0.66, 0.68);
    shape('#3a2418', () => { ink.moveTo(-0.6, 0.36); ink.quadraticCurveTo(0, 0.2, 0.6, 0.36); ink.quadraticCurveTo(0.5, 0.98, 0, 0.98); ink.quadraticCurveTo(-0.5, 0.98, -0.6, 0.36); });
    disc('#c4483a', 0, 0.6, 0.2, 0.08);
    disc('#ffffff', -0.27, 0.1, 0.14);
    disc('#20304a', -0.25, 0.12, 0.07);
    lines('#14141c', 0.08, [[-0.62, -0.18], [0.66, 0.16]]);
    disc('#14141c', 0.28, 0.08, 0.2, 0.18);
    shape('#3a3a50', () => { ink.moveTo(-1, -0.2); ink.quadraticCurveTo(-0.6, -0.95, 0, -0.95); ink.quadraticCurveTo(0.6, -0.95, 1, -0.2); ink.quadraticCurveTo(0, -0.5, -1, -0.2); });
    disc('#f4f0e4', 0, -0.66, 0.16, 0.15);
    for (const side of [-1, 1]) lines('#f4f0e4', 0.06, [[side * -0.24, -0.5], [side * 0.24, -0.4]]);
  },
  duck(t) {
    for (const side of [-1, 1]) disc('#ff9d2e', side * 0.24 - 0.1, 0.88, 0.22, 0.1);
    poly('#e8b52a', [[-0.55, 0.1], [-1, -0.24], [-0.72, 0.5]]);
    disc('#f7cf3a', -0.1, 0.34, 0.74, 0.52);
    disc('#e8b52a', -0.2, 0.3, 0.42, 0.25, -0.25 + Math.sin(t * 7) * 0.2);
    disc('#f7cf3a', 0.34, -0.38, 0.44);
    poly('#ff8a2b', [[0.68, -0.5], [1, -0.3], [0.66, -0.18]]);
    disc('#2a2a1a', 0.46, -0.5, 0.09);
  },
  chicken(t) {
    for (const x of [-0.24, 0.14]) lines('#e39a2b', 0.1, [[x, 0.6], [x, 0.92], [x + 0.2, 0.95]]);
    poly('#e6ddcc', [[-0.45, 0], [-0.98, -0.5], [-0.86, 0.24]]);
    disc('#fbf7ee', -0.1, 0.24, 0.68, 0.52);
    disc('#ddd2be', -0.2, 0.24, 0.4, 0.25, -0.2 + Math.sin(t * 8) * 0.2);
    for (const x of [0.2, 0.38, 0.54]) disc('#d8343f', x, -0.76, 0.14, 0.18);
    disc('#fbf7ee', 0.38, -0.36, 0.38);
    disc('#d8343f', 0.6, 0, 0.11, 0.17);
    poly('#f0a52a', [[0.68, -0.46], [1, -0.3], [0.66, -0.16]]);
    disc('#2a2018', 0.48, -0.44, 0.08);
  },
  mouse(t) {
    for (const side of [-1, 1]) { disc('#9aa0ac', side * 0.58, -0.5, 0.42); disc('#ffb8c4', side * 0.58, -0.48, 0.27); }
    shape('#b4bac6', () => { ink.moveTo(-0.74, 0); ink.quadraticCurveTo(-0.6, -0.7, 0, -0.7); ink.quadraticCurveTo(0.6, -0.7, 0.74, 0); ink.quadraticCurveTo(0.5, 0.66, 0, 0.92); ink.quadraticCurveTo(-0.5, 0.66, -0.74, 0); });
    eyes('#20202c', 0.3, 0, 0.11);
    disc('#ff8fa3', 0, 0.76, 0.14, 0.11);
    for (const side of [-1, 1]) for (const lean of [0, 0.16]) lines('#6a707c', 0.04, [[side * 0.2, 0.64], [side * 0.8, 0.5 + lean + Math.sin(t * 9) * 0.03]]);
  },
  dino(t) {
    const step = Math.sin(t * 10) * 0.1;
    shape('#4a9a5a', () => { ink.moveTo(-1, 0.1); ink.quadraticCurveTo(-0.5, 0.1, -0.3, -0.1); ink.quadraticCurveTo(-0.1, -0.3, 0, -0.6); ink.quadraticCurveTo(0.1, -1, 0.6, -0.92); ink.quadraticCurveTo(1, -0.86, 0.96, -0.5); ink.lineTo(0.5, -0.36); ink.quadraticCurveTo(0.6, 0.3, 0.1, 0.56); ink.quadraticCurveTo(-0.6, 0.7, -1, 0.1); });
    for (const [x, lift] of [[-0.26, step], [0.16, -step]]) box('#3a7f4a', x - 0.14, 0.3, 0.26, 0.66 - Math.max(0, lift), 0.1);
    lines('#3a7f4a', 0.12, [[0.42, -0.02], [0.66, 0.06], [0.7, 0.18]]);
    for (let i = 0; i < 5; i += 1) poly('#e0a24a', [[-0.78 + i * 0.18, 0.06 - i * 0.12], [-0.74 + i * 0.16, -0.2 - i * 0.14], [-0.6 + i * 0.18, 0 - i * 0.12]]);
    disc('#ffffff', 0.46, -0.68, 0.13);
    disc('#1c2a10', 0.49, -0.67, 0.07);
    for (const x of [0.64, 0.8]) poly('#ffffff', [[x, -0.46], [x + 0.12, -0.5], [x + 0.07, -0.34]]);
  },
