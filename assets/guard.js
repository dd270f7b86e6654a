// Put here by codeagent, for what a policy cannot stop: a game that walks away,
// opens a window, makes a page in the page, or speaks to a peer.
(function () {
  'use strict';
  const { apply, defineProperty, getOwnPropertyDescriptor: own } = Reflect;
  const { indexOf, slice, toLowerCase } = String.prototype;
  const read = (type, key) => {
    const getter = own(type.prototype, key)?.get;
    return (on) => (getter ? apply(getter, on, []) : null);
  };
  const prevent = Event.prototype.preventDefault, path = Event.prototype.composedPath;
  const { getAttribute: get, setAttribute: set } = Element.prototype, tag = read(Element, 'localName');
  const is = (text, all) => { for (let i = 0; i < all.length; i++) if (all[i] === text) return true; return false; };

  delete window.RTCPeerConnection;
  delete window.webkitRTCPeerConnection;
  delete window.XSLTProcessor;

  // Starting over, moving inside the page and saving what the game made is all that may be.
  if (window.navigation) {
    const to = read(NavigateEvent, 'destination'), kind = read(NavigateEvent, 'navigationType');
    const same = read(NavigationDestination, 'sameDocument'), url = read(NavigationDestination, 'url');
    const saved = read(NavigateEvent, 'downloadRequest');
    navigation.addEventListener('navigate', (event) => {
      const where = to(event), made = is(apply(slice, url(where), [0, 5]), ['blob:', 'data:']);
      if (same(where) || kind(event) === 'reload' || (made && saved(event) !== null)) return;
      apply(prevent, event, []);
    });
  }
  const stay = (on) => {
    let name;
    try { name = tag(on); } catch { return; }
    const key = is(name, ['button', 'input']) ? 'formtarget' : 'target';
    if (is(name, ['a', 'area', 'form', 'button', 'input']) && apply(get, on, [key]) !== null) {
      apply(set, on, [key, '_self']);
    }
  };
  const stayAll = (event) => {
    const all = apply(path, event, []);
    for (let i = 0; i < all.length; i++) stay(all[i]);
  };
  for (const type of ['click', 'auxclick', 'submit']) addEventListener(type, stayAll, true);

  // Elements that would be a page in the page, or speak to a server: they become others, without effect.
  const local = (name) => apply(toLowerCase, apply(slice, name, [apply(indexOf, name, [':']) + 1]), []);
  const named = (name) => is(local(name), [
    'iframe', 'frame', 'frameset', 'object', 'embed', 'fencedframe', 'portal', 'applet', 'base', 'link', 'entity',
  ]);
  const tame = (markup) => {
    let done = 0, out = '';
    for (let at = apply(indexOf, markup, ['<']); at >= 0; at = apply(indexOf, markup, ['<', at])) {
      if (is(markup[++at], ['/', '!'])) at++;
      const start = at;
      while (at < markup.length && !is(markup[at], [' ', '\t', '\n', '\f', '\r', '/', '>', '<'])) at++;
      if (named(apply(slice, markup, [start, at]))) {
        out += apply(slice, markup, [done, start]) + 'x-';
        done = start;
      }
    }
    return out + apply(slice, markup, [done]);
  };
  const wrap = (type, key, before) => {
    const found = type && own(type.prototype, key), part = found && (found.set ? 'set' : 'value');
    if (!found || !found[part]) return;
    const inner = found[part];
    const outer = { [part](...all) { return apply(inner, this, before(all, this) || all); } };
    defineProperty(type.prototype, key, { ...found, [part]: outer[part] });
  };
  const element = (i) => (all) => {
    if (i < all.length && named(all[i] = `${all[i]}`)) all[i] = 'x-' + local(all[i]);
  };
  const markup = (i) => (all) => {
    if (i < all.length && all[i] !== null) all[i] = tame(`${all[i]}`);
  };
  const written = (all) => {
    let whole = '';
    for (let i = 0; i < all.length; i++) whole += all[i];
    return [tame(whole)];
  };
  wrap(Document, 'createElement', element(0));
  wrap(Document, 'createElementNS', element(1));
  for (const type of [Element, window.ShadowRoot]) {
    wrap(type, 'innerHTML', markup(0));
    wrap(type, 'setHTMLUnsafe', markup(0));
  }
  wrap(Element, 'outerHTML', markup(0));
  wrap(Element, 'insertAdjacentHTML', markup(1));
  wrap(Range, 'createContextualFragment', markup(0));
  wrap(DOMParser, 'parseFromString', markup(0));
  wrap(Document, 'execCommand', markup(2));
  for (const key of ['write', 'writeln']) wrap(Document, key, written);
  delete Document.parseHTMLUnsafe;

  wrap(HTMLElement, 'click', (_, self) => stay(self));
  wrap(EventTarget, 'dispatchEvent', (_, self) => stay(self));
  wrap(HTMLFormElement, 'submit', (_, self) => stay(self));
  window.open = () => null;
  wrap(Document, 'open', () => []);
})();
