  ghost(t) {
    shape('#eef0ffe6', () => {
      ink.moveTo(-0.75, 0.9);
      ink.bezierCurveTo(-0.8, -1.3, 0.8, -1.3, 0.75, 0.9);
      // The hem ripples: three curves whose tips move with time.
      for (let i = 0; i < 3; i += 1) {
        const x = 0.75 - i * 0.5;
        ink.quadraticCurveTo(x - 0.12, 0.55 + Math.sin(t * 5 + i) * 0.12, x - 0.25, 0.72);
        ink.quadraticCurveTo(x - 0.36, 0.98 + Math.sin(t * 5 + i) * 0.08, x - 0.5, 0.9);
      }
    });
    eyes('#2a1440', 0.28, -0.2, 0.14);
    disc('#2a1440', 0, 0.2, 0.13, 0.2);
    disc('#ffb3c766', -0.48, 0.08, 0.14, 0.09);
    disc('#ffb3c766', 0.48, 0.08, 0.14, 0.09);
  },
  pumpkin() {
    for (const [x, r, colour] of [[-0.5, 0.48, '#c9570e'], [0.5, 0.48, '#c9570e'], [-0.25, 0.52, '#e8701a'], [0.25, 0.52, '#e8701a'], [0, 0.45, '#ff8a2b']]) disc(colour, x, 0.12, r, 0.78);
    shape('#4d7a2f', () => { ink.moveTo(-0.12, -0.6); ink.quadraticCurveTo(-0.05, -0.95, 0.28, -1); ink.quadraticCurveTo(0.12, -0.8, 0.14, -0.6); });
    const light = '#ffe27a';
    for (const side of [-1, 1]) shape(light, () => { ink.moveTo(side * 0.2, 0.02); ink.lineTo(side * 0.56, 0.02); ink.lineTo(side * 0.4, -0.3); });
    shape(light, () => [[-0.56, 0.28], [-0.28, 0.4], [-0.2, 0.28], [0, 0.42], [0.2, 0.28], [0.28, 0.4], [0.56, 0.28], [0.3, 0.66], [0, 0.74], [-0.3, 0.66]].forEach(([x, y]) => ink.lineTo(x, y)));
  },
  bat(t) {
    const flap = Math.sin(t * 13) * 0.35;
    for (const side of [-1, 1]) {
      shape('#6d47a0', () => {
        ink.moveTo(side * 0.1, -0.1);
        ink.quadraticCurveTo(side * 0.5, -0.75 - flap, side * 1.1, -0.3 - flap);
        ink.quadraticCurveTo(side * 0.95, -0.1, side * 0.95, 0.2 - flap * 0.5);
        ink.quadraticCurveTo(side * 0.7, 0, side * 0.58, 0.3);
        ink.quadraticCurveTo(side * 0.4, 0.05, side * 0.1, 0.35);
      });
      shape('#8a60bd', () => { ink.moveTo(side * 0.05, -0.3); ink.lineTo(side * 0.3, -0.72); ink.lineTo(side * 0.34, -0.2); });
    }
    disc('#8a60bd', 0, 0, 0.36, 0.42);
    eyes('#ffd23d', 0.14, -0.08, 0.09);
    for (const side of [-1, 1]) shape('#fff', () => { ink.moveTo(side * 0.06, 0.16); ink.lineTo(side * 0.16, 0.16); ink.lineTo(side * 0.11, 0.34); });
  },
  skull() {
    disc('#efe6d0', 0, -0.15, 0.75, 0.72);
    shape('#efe6d0', () => ink.roundRect(-0.42, 0.25, 0.84, 0.6, 0.15));
    eyes('#241332', 0.3, -0.1, 0.21);
    eyes('#ff5d6c', 0.3, -0.08, 0.07);
    shape('#241332', () => { ink.moveTo(0, 0.14); ink.lineTo(0.11, 0.36); ink.lineTo(-0.11, 0.36); });
    for (const x of [-0.2, 0, 0.2]) lines('#8d8069', 0.06, [[x, 0.55], [x, 0.84]]);
  },
  spider(t) {
    for (const side of [-1, 1]) for (let i = 0; i < 4; i += 1) {
      const y = -0.35 + i * 0.27, step = Math.sin(t * 8 + i * 1.7) * 0.08;
      lines('#6b4390', 0.1, [[side * 0.2, y * 0.5], [side * 0.65, y - 0.3 + step], [side * 1, y + 0.1 + step]]);
    }
    disc('#553075', 0, 0.2, 0.5, 0.55);
    disc('#6b4390', 0, -0.38, 0.32);
    shape('#ff5d6c', () => { ink.moveTo(-0.14, 0.1); ink.lineTo(0.14, 0.1); ink.lineTo(-0.14, 0.5); ink.lineTo(0.14, 0.5); });
    eyes('#ffd23d', 0.13, -0.42, 0.08);
  },
  zombie(t) {
    disc('#7fa35f', 0, -0.05, 0.68, 0.8);
    shape('#2f2440', () => { ink.moveTo(-0.68, -0.3); ink.quadraticCurveTo(0, -1.25, 0.68, -0.3); for (let i = 0; i < 5; i += 1) ink.lineTo(0.5 - i * 0.26, i % 2 ? -0.5 : -0.28); });
    disc('#fff7d6', -0.28, -0.05, 0.2);
    disc('#fff7d6', 0.28, -0.05, 0.15);
    eyes('#3a1430', 0.28 + Math.sin(t * 2) * 0.04, -0.05, 0.07);
    lines('#3f5730', 0.09, [[-0.35, 0.42], [0.35, 0.36]]);
    for (const x of [-0.2, 0, 0.2]) lines('#3f5730', 0.05, [[x, 0.3], [x, 0.5]]);
  },
  witch() {
    disc('#9ccf7a', 0, 0.3, 0.5, 0.52);
    shape('#ff8a2b', () => { ink.moveTo(-0.5, 0.1); ink.lineTo(-0.75, 0.9); ink.lineTo(-0.3, 0.6); ink.lineTo(0.3, 0.6); ink.lineTo(0.75, 0.9); ink.lineTo(0.5, 0.1); });
    disc('#9ccf7a', 0, 0.32, 0.42, 0.46);
    disc('#33204d', 0, -0.02, 0.95, 0.17);
    shape('#33204d', () => { ink.moveTo(-0.5, -0.05); ink.quadraticCurveTo(-0.15, -0.6, 0.25, -1.1); ink.quadraticCurveTo(0.3, -0.5, 0.5, -0.05); });
    lines('#c58cff', 0.13, [[-0.42, -0.16], [0.43, -0.16]]);
    eyes('#241332', 0.17, 0.28, 0.07);
    lines('#4d7a2f', 0.07, [[-0.15, 0.56], [0, 0.62], [0.15, 0.56]]);
  },
  cat(t) {
    const tail = Math.sin(t * 3) * 0.2;
    ink.strokeStyle = '#46335f';
    ink.lineWidth = 0.17;
    ink.lineCap = 'round';
    ink.beginPath();
    ink.moveTo(0.45, 0.7);
    ink.bezierCurveTo(1.1, 0.7, 0.8 + tail, 0, 1 + tail, -0.35);
    ink.stroke();
    disc('#46335f', 0, 0.55, 0.55, 0.48);
    disc('#57407a', 0, -0.2, 0.56, 0.5);
    for (const side of [-1, 1]) shape('#57407a', () => { ink.moveTo(side * 0.5, -0.25); ink.lineTo(side * 0.5, -0.95); ink.lineTo(side * 0.08, -0.62); });
    eyes('#f7e463', 0.22, -0.22, 0.13);
    disc('#1d1129', -0.22, -0.22, 0.05, 0.14);
    disc('#1d1129', 0.22, -0.22, 0.05, 0.14);
    disc('#ff8fa3', 0, 0, 0.07, 0.05);
    for (const side of [-1, 1]) { lines('#b9a6cf', 0.03, [[side * 0.2, 0.02], [side * 0.72, -0.06]]); lines('#b9a6cf', 0.03, [[side * 0.2, 0.07], [side * 0.7, 0.14]]); }
  },
  candy(t) {
    for (const side of [-1, 1]) shape('#ffd6ec', () => { ink.moveTo(side * 0.4, 0); ink.lineTo(side * 1, -0.4); ink.lineTo(side * 0.86, 0); ink.lineTo(side * 1, 0.4); });
    disc('#ff4f9a', 0, 0, 0.58);
    for (const turn of [0, 1, 2]) lines('#ffffffb0', 0.13, [0, 0.2, 0.4].map((r) => [Math.cos(t + turn * 2.1 + r * 3) * r, Math.sin(t + turn * 2.1 + r * 3) * r]));
  },
  eye(t) {
    disc('#f7f2e8', 0, 0, 0.92);
    disc('#58c26a', Math.sin(t) * 0.2, Math.cos(t * 0.7) * 0.15, 0.45);
    disc('#170d22', Math.sin(t) * 0.24, Math.cos(t * 0.7) * 0.18, 0.22);
    lines('#ff8a8a', 0.04, [[-0.85, -0.2], [-0.6, -0.1], [-0.5, -0.24]]);
    lines('#ff8a8a', 0.04, [[0.86, 0.15], [0.62, 0.16], [0.5, 0.32]]);
  },
  lantern() {
    disc('#ffcf5c44', 0, 0.1, 1);
    lines('#6b5030', 0.1, [[-0.35, -0.45], [0, -0.95], [0.35, -0.45]]);
    shape('#6b5030', () => ink.roundRect(-0.5, -0.5, 1, 1.35, 0.14));
    shape('#ffe08a', () => ink.roundRect(-0.36, -0.32, 0.72, 1, 0.1));
    disc('#ff9d2e', 0, 0.25, 0.16, 0.32);
  },
  grave() {
    shape('#4a4560', () => ink.roundRect(-0.68, -0.85, 1.36, 1.8, [0.66, 0.66, 0.08, 0.08]));
    shape('#6c6688', () => ink.roundRect(-0.6, -0.85, 1.16, 1.7, [0.58, 0.58, 0.05, 0.05]));
    lines('#3b3650', 0.13, [[0, -0.5], [0, 0.3]]);
    lines('#3b3650', 0.13, [[-0.26, -0.2], [0.26, -0.2]]);
    disc('#3d5a35', -0.4, 0.9, 0.36, 0.14);
    disc('#3d5a35', 0.3, 0.92, 0.45, 0.12);
  },
  potion(t) {
    shape('#bfe6ff55', () => { ink.moveTo(-0.2, -0.9); ink.lineTo(0.2, -0.9); ink.lineTo(0.2, -0.3); ink.lineTo(0.72, 0.7); ink.quadraticCurveTo(0, 1.15, -0.72, 0.7); ink.lineTo(-0.2, -0.3); });
    shape('#74f06a', () => { ink.moveTo(-0.46, 0.2); ink.lineTo(0.46, 0.2); ink.lineTo(0.66, 0.66); ink.quadraticCurveTo(0, 1.02, -0.66, 0.66); });
    for (const i of [0, 1, 2]) disc('#d6ffcf', Math.sin(t * 2 + i * 2) * 0.3, 0.62 - ((t * 0.5 + i * 0.33) % 1) * 0.8, 0.09);
    lines('#a87f4f', 0.2, [[-0.16, -0.92], [0.16, -0.92]]);
  },
