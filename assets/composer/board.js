/* ---- A board of cells: where it lies, and a cursor that keys move and that
   the mouse and a finger put down. ---- */

const board = { columns: 0, rows: 0, size: 0, x: 0, y: 0 };
const cursor = { x: 0, y: 0, isShown: false };

// As large as it fits, in the middle of the field; something may stay free below.
function layBoard(columns, rows, margin = 16, below = 0) {
  [columns, rows] = [GAME.columns, GAME.rows].sort((a, b) => (field.w > field.h ? b - a : a - b));  //? grid
  const room = field.h - below, size = Math.min((field.w - margin * 2) / columns, (room - margin * 2) / rows);
  Object.assign(board, { columns, rows, size, x: (field.w - columns * size) / 2, y: (room - rows * size) / 2 });
  cursor.x = clamp(cursor.x, 0, columns - 1);
  cursor.y = clamp(cursor.y, 0, rows - 1);
}

const middle = (x, y) => ({ x: board.x + (x + 0.5) * board.size, y: board.y + (y + 0.5) * board.size });
const isOnBoard = (x, y) => x >= 0 && y >= 0 && x < board.columns && y < board.rows;
const under = (point) => ({ x: Math.floor((point.x - board.x) / board.size), y: Math.floor((point.y - board.y) / board.size) });

// Uses up what was pressed; calls choose or mark with the cell it is meant for.
function steerCursor(choose, mark = choose) {
  while (pressed.length) {
    const word = pressed.shift();
    if (word === 'left' || word === 'right') cursor.x = (cursor.x + (word === 'left' ? board.columns - 1 : 1)) % board.columns;
    if (word === 'up' || word === 'down') cursor.y = (cursor.y + (word === 'up' ? board.rows - 1 : 1)) % board.rows;
    if (word === 'tap' || (word === 'mark' && pointer.isUsed)) {
      const cell = under(pointer);
      if (!isOnBoard(cell.x, cell.y)) continue;
      Object.assign(cursor, cell);
    }
    cursor.isShown = !pointer.isUsed;
    if (word === 'fire' || word === 'tap') choose(cursor.x, cursor.y);
    if (word === 'mark') mark(cursor.x, cursor.y);
    if (game.state !== 'playing') return;
  }
}

function drawCursor() {
  if (!cursor.isShown || game.state !== 'playing') return;
  const { x, y } = middle(cursor.x, cursor.y), half = board.size * 0.47;
  ink.strokeStyle = COLOURS.accent;
  ink.lineWidth = 4;
  ink.beginPath();
  ink.roundRect(x - half, y - half, half * 2, half * 2, half * 0.3);
  ink.stroke();
}
