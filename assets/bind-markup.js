, (function () {
  const all = [];
  function bind(root) {
    for (const [mark, slot, handler] of all) {
      for (const element of [root, ...root.querySelectorAll(`[${mark}]`)]) {
        if (element.nodeType === 1 && element.hasAttribute(mark) && !element[slot]) element[slot] = handler;
      }
    }
  }
  new MutationObserver(function (changes) {
    for (const { addedNodes } of changes) for (const node of addedNodes) if (node.nodeType === 1) bind(node);
  }).observe(document, { childList: true, subtree: true });
  return function (mark, slot, handler) { all.push([mark, slot, handler]); bind(document); };
})(), function (element, name) {
  const text = element.getAttribute(name).trim();
  if (/^'[^']*'$/.test(text)) return text.slice(1, -1);
  return text === 'undefined' ? undefined : JSON.parse(text);
}, function (element, name) {
  return element.getAttribute(name).replace(/\\(.)/gs, '$1');
}
