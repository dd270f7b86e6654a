(function (handlers) {
  document.currentScript.remove();
  function bind() {
    for (const [mark, slot, handler] of handlers) {
      for (const element of document.querySelectorAll(`[${mark}]`)) {
        element.removeAttribute(mark);
        element[slot] = handler;
      }
    }
  }
  new MutationObserver(function (changes, observer) {
    bind();
    if (document.readyState !== 'loading') observer.disconnect();
  }).observe(document, { childList: true, subtree: true });
})
