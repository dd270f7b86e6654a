// Tells the page around a served game what stands at a point of it, when the user clicks there. It
// runs before the guard, so what it needs is taken before the game can rewrite it; its answer goes
// through a port that only the asker has, and is not believed.
{
  const { bind, call } = Function.prototype;
  const unbound = (inner) => bind.call(call, inner);
  const method = (type, key) => unbound(type.prototype[key]);
  const getter = (type, key) => unbound(Object.getOwnPropertyDescriptor(type.prototype, key).get);
  const { document, parent } = window, nextFrame = unbound(requestAnimationFrame);
  const elementAt = method(Document, 'elementFromPoint'), make = method(Document, 'createElement');
  const boxOf = method(Element, 'getBoundingClientRect'), attribute = method(Element, 'getAttribute');
  const nameOf = getter(Element, 'localName'), textOf = getter(Node, 'textContent'), cut = method(String, 'slice');
  const [left, top, width, height] = ['left', 'top', 'width', 'height'].map((key) => getter(DOMRectReadOnly, key));
  const [columns, rows] = ['width', 'height'].map((key) => getter(HTMLCanvasElement, key));
  const context = method(HTMLCanvasElement, 'getContext'), picture = method(HTMLCanvasElement, 'toDataURL');
  const draw = method(CanvasRenderingContext2D, 'drawImage'), pixels = method(CanvasRenderingContext2D, 'getImageData');
  const bytesOf = getter(ImageData, 'data'), halt = method(Event, 'stopImmediatePropagation');
  const source = getter(MessageEvent, 'source'), asked = getter(MessageEvent, 'data'), ports = getter(MessageEvent, 'ports');
  const answer = method(MessagePort, 'postMessage'), digits = '0123456789abcdef';

  // The most frequent colour of some pixels, where eight steps of a channel are one.
  const frequent = (bytes, counts) => {
    const seen = { __proto__: null };
    let best = 0, color;
    for (let y = 0; y < 48; y++) {
      for (let x = 0; x < 48; x++) {
        const at = (y * 48 + x) * 4, key = (bytes[at] >> 3) * 1024 + (bytes[at + 1] >> 3) * 32 + (bytes[at + 2] >> 3);
        if (!counts(x, y) || bytes[at + 3] < 128) continue;
        seen[key] = (seen[key] || 0) + 1;
        if (seen[key] <= best) continue;
        best = seen[key];
        color = '#';
        for (let channel = 0; channel < 3; channel++) color += digits[bytes[at + channel] >> 4] + digits[bytes[at + channel] & 15];
      }
    }
    return color;
  };
  // What is drawn around a place of a canvas: 48 pixels of the screen each way.
  const look = (canvas, x, y) => {
    const box = boxOf(canvas), scale = [columns(canvas) / width(box), rows(canvas) / height(box)];
    const at = [(x - left(box)) * scale[0], (y - top(box)) * scale[1]];
    const said = { at, size: [columns(canvas), rows(canvas)] };
    try {
      const small = make(document, 'canvas');
      small.width = small.height = 48;
      const pencil = context(small, '2d');
      draw(pencil, canvas, at[0] - 24 * scale[0], at[1] - 24 * scale[1], 48 * scale[0], 48 * scale[1], 0, 0, 48, 48);
      const bytes = bytesOf(pixels(pencil, 0, 0, 48, 48));
      said.color = frequent(bytes, (x, y) => x > 19 && x < 28 && y > 19 && y < 28);
      said.ground = frequent(bytes, (x, y) => x < 4 || x > 43 || y < 4 || y > 43);
      said.picture = picture(small);
    } catch {}
    return said;
  };
  const describe = (x, y) => {
    const found = elementAt(document, x, y);
    if (!found) return {};
    const name = nameOf(found), canvas = name === 'canvas' ? look(found, x, y) : undefined;
    const text = canvas ? '' : cut(textOf(found), 0, 200);
    return { name, id: attribute(found, 'id'), classes: attribute(found, 'class'), text, canvas };
  };
  addEventListener('message', (event) => {
    const question = asked(event);
    if (source(event) !== parent || !question || question.ask !== 'describe') return;
    halt(event);
    const { x, y } = question, port = ports(event)[0];
    // After the game has drawn: the pixels of WebGL are gone later.
    nextFrame(window, () => {
      let said = {};
      try { said = describe(x, y); } catch {}
      answer(port, said);
    });
  }, true);
}
