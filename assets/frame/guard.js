// Put here by codeagent. Before the page's first script it takes what no policy forbids: other
// windows, pages in the page, ways to other machines. A frame gets storage that lasts.
(function () {
  'use strict';
  // The game may rewrite every built-in later, so what is needed then is taken now.
  const { apply, defineProperty, deleteProperty, get: getOf, getOwnPropertyDescriptor: own, getPrototypeOf: up, has: hasOf, ownKeys } = Reflect;
  const { indexOf, slice, toLowerCase, trim } = String.prototype, { stringify } = JSON;
  const { Document, Element, FormData, Map, Node, Proxy, ShadowRoot, URL, URLSearchParams, parent } = window;
  const method = (type, key) => {
    const inner = type.prototype[key];
    return (on, ...all) => apply(inner, on, all);
  };
  const getter = (type, key) => {
    const found = type && own(type.prototype, key);
    return (on) => (found ? apply(found.get, on, []) : undefined);
  };
  const matcher = (regex) => {
    defineProperty(regex, 'exec', { value: regex.exec });
    defineProperty(regex, 'flags', { value: regex.flags });
    return regex;
  };
  const { test, [Symbol.replace]: replaceAll } = RegExp.prototype;
  const matches = (regex, text) => apply(test, regex, [text]);
  const cut = (text, from, to) => apply(slice, text, [from, to]);
  const find = (text, part) => apply(indexOf, text, [part]);
  const kindOf = getter(Node, 'nodeType'), nameOf = getter(Element, 'localName');
  const attribute = method(Element, 'getAttribute'), say = method(Element, 'setAttribute'), strip = method(Element, 'removeAttribute');
  const path = method(Event, 'composedPath'), cancel = method(Event, 'preventDefault');
  const rootOf = method(Node, 'getRootNode'), baseOf = getter(Node, 'baseURI');
  const listen = method(EventTarget, 'addEventListener'), make = method(Document, 'createElement');
  const has = method(WeakSet, 'has'), add = method(WeakSet, 'add'), lookUp = method(Map, 'get'), put = method(Map, 'set'), drop = method(Map, 'delete');
  const whole = getter(URL, 'href'), targetOf = getter(Event, 'target'), submitter = getter(SubmitEvent, 'submitter');
  const press = method(HTMLElement, 'click'), closest = method(Element, 'closest'), closeDialog = method(HTMLDialogElement, 'close');
  const activation = navigator.userActivation, isActive = getter(window.UserActivation, 'isActive');
  const { createObjectURL } = URL, setTimer = setTimeout, { document, location } = window;
  // For the game nothing was put here. What a policy has said holds all the same.
  document.head.textContent = '';
  const later = (run) => { apply(setTimer, window, [run, 0]); };
  const isMade = matcher(/^\s*(blob|data):/i), isPress = matcher(/^(aux)?click$/);
  const typeOf = getter(Event, 'type'), bubbles = getter(Event, 'bubbles'), initEvent = method(Event, 'initEvent');
  const kind = (node) => {
    try { return kindOf(node); } catch { return 0; }
  };
  const elementName = (node) => (kind(node) === 1 ? nameOf(node) : '');

  const takeAway = (type, names) => {
    const on = type && type.prototype;
    for (const key of on ? ownKeys(on) : []) if (typeof key === 'string' && names.test(key)) deleteProperty(on, key);
  };
  POWERS
  // What a navigator may be asked for is listed, so that what comes tomorrow is not.
  takeAway(Navigator, /^(?!(NAVIGATOR)$)/);

  // Methods and setters are met by their names, so that those of tomorrow are met too.
  const wrap = (type, names, outer) => {
    const on = type && type.prototype;
    for (const key of on ? ownKeys(on) : []) {
      const found = own(on, key), part = found.set ? 'set' : 'value', inner = found[part];
      if (typeof key !== 'string' || !names.test(key) || typeof inner !== 'function') continue;
      found[part] = new Proxy(inner, { __proto__: null, apply: (_, self, all) => outer(inner, self, all, key) });
      defineProperty(on, key, found);
    }
  };

  // A game may go to its own page: with another query, to another place in it, or anew.
  const rest = matcher(/[?#][^]*/), page = (address) => apply(replaceAll, rest, [address, '']);
  const here = page(location.href);
  const inside = (address) => {
    address = apply(trim, address, []);
    const start = address[0];
    if (start === undefined || start === '#') return here + location.search + address;
    if (start === '?') return here + address;
    const base = baseOf(document);
    try { address = whole(new URL(address, base)); } catch { return null; }
    const to = page(address);
    return to === here || to === page(base) ? here + cut(address, to.length) : null;
  };
  const go = (address) => { if (address !== null) location.assign(address); };
  if (window.navigation) {
    const to = getter(NavigateEvent, 'destination'), type = getter(NavigateEvent, 'navigationType');
    const same = getter(NavigationDestination, 'sameDocument'), url = getter(NavigationDestination, 'url');
    const saved = getter(NavigateEvent, 'downloadRequest');
    listen(window.navigation, 'navigate', (event) => {
      const address = url(to(event)), isFile = matches(isMade, address) && saved(event) !== null;
      if (!same(to(event)) && type(event) !== 'reload' && !isFile && inside(address) === null) cancel(event);
    });
    deleteProperty(window, 'navigation');
  }
  wrap(History, /^(back|forward|go)$/, (_, self, all, key) => { if (key === 'go' && !+all[0]) location.reload(); });
  wrap(History, /State$/, (inner, self, all) => {
    const to = all[2] == null ? null : inside(`${all[2]}`);
    try { return apply(inner, self, [all[0], '', to ?? location.href]); } catch { return apply(inner, self, [all[0], '']); }
  });

  // Links and forms are followed here, after everybody has had their say, and to nowhere else.
  const addressOf = (link) => attribute(link, 'href') ?? attribute(link, 'xlink:href');
  const isLink = (node) => {
    const name = elementName(node);
    if (name === 'a' || name === 'area') return true;
    // What it draws may be a link, wherever in the same tree that is.
    if (name === 'use') return found(rootOf(node), 'svg a')[0] !== undefined;
    return false;
  };
  const within = method(Element, 'querySelectorAll'), inPart = method(DocumentFragment, 'querySelectorAll'), inAll = method(Document, 'querySelectorAll');
  const found = (node, names) => ({ __proto__: null, 1: within, 9: inAll, 11: inPart })[kindOf(node)](node, names);
  const taken = new WeakSet();
  const take = (event, type, follow) => {
    cancel(event);
    if (has(taken, event)) return;
    add(taken, event);
    // To the game it looks as if nobody had been here, and it may still say no.
    let refused = false;
    const refuse = () => { refused = true; }, back = [], stops = path(event);
    const over = (key, more) => defineProperty(event, key, { __proto__: null, configurable: true, ...more });
    over('preventDefault', { value: refuse });
    over('defaultPrevented', { get: () => refused });
    for (let i = 0; stops[i]; i++) {
      const on = stops[i], handler = on['on' + type];
      if (typeof handler !== 'function') continue;
      const heard = function (event) {
        const answer = apply(handler, this, [event]);
        if (answer === false) refuse();
        return answer;
      };
      on['on' + type] = heard;
      back[back.length] = () => { if (on['on' + type] === heard) on['on' + type] = handler; };
    }
    later(() => {
      for (let i = 0; back[i]; i++) back[i]();
      if (!refused) follow();
    });
  };
  const onClick = (event) => {
    const stops = path(event);
    let link = null;
    for (let i = 0; stops[i] && !link; i++) if (isLink(stops[i])) link = stops[i];
    const type = typeOf(event);
    if (link) take(event, type, () => {
      const address = addressOf(link), name = attribute(link, 'download');
      if (address === null || elementName(link) === 'use') return;
      if (name !== null && matches(isMade, address)) save(name, address);
      else if (type === 'click') go(inside(address));
    });
  };
  const send = (form, button) => {
    const said = (name) => (button && attribute(button, 'form' + name)) ?? attribute(form, name) ?? '';
    const how = apply(toLowerCase, said('method'), []), address = inside(said('action'));
    if (how === 'dialog') {
      const dialog = closest(form, 'dialog'), value = button ? attribute(button, 'value') : null;
      if (dialog) closeDialog(dialog, value ?? undefined);
    } else if (address !== null) {
      go(how === 'post' ? address : page(address) + '?' + new URLSearchParams(new FormData(form, button)));
    }
  };
  const onSubmit = (event) => {
    // One that the game made sends nothing.
    if (!event.isTrusted) return;
    const form = targetOf(event), button = submitter(event);
    take(event, 'submit', () => send(form, button));
  };
  // The name in a link that is only pointed at is looked up already, also one that is set then.
  const disarm = (link) => {
    const address = addressOf(link);
    if (address === null || matches(isMade, address) || inside(address) !== null) return;
    strip(link, 'href');
    strip(link, 'xlink:href');
  };
  const changed = getter(MutationRecord, 'target'), observe = method(MutationObserver, 'observe');
  const observer = new MutationObserver((records) => { for (let i = 0; records[i]; i++) disarm(changed(records[i])); });
  const onPoint = (event) => {
    const stops = path(event);
    for (let i = 0; stops[i]; i++) {
      enter(stops[i]);
      if (!isLink(stops[i])) continue;
      observe(observer, stops[i], { __proto__: null, attributes: true });
      disarm(stops[i]);
    }
  };
  // A tree of its own that the markup made: what is sent there is told nowhere else.
  const enter = (node) => {
    if (kind(node) === 11) watch(node);
  };
  // What the player pastes or drops may be markup, which the browser itself puts in.
  const carried = getter(InputEvent, 'dataTransfer'), dataOf = method(DataTransfer, 'getData');
  const onInput = (event) => {
    const data = carried(event);
    if (data && holds(dataOf(data, 'text/html'))) cancel(event);
  };
  const watch = (root) => {
    listen(root, 'click', onClick, true);
    listen(root, 'auxclick', onClick, true);
    listen(root, 'submit', onSubmit, true);
    listen(root, 'pointerover', onPoint, true);
    listen(root, 'beforeinput', onInput, true);
  };
  watch(window);
  const aside = (inner, self, all) => {
    let root = document;
    try {
      enter(rootOf(self));
      root = rootOf(self, { __proto__: null, composed: true });
    } catch {}
    if (root !== document) watch(root);
    return apply(inner, self, all);
  };
  wrap(HTMLElement, /^click$/, aside);
  // An event of the game's own may not be cancelled, and would lead away all the same.
  wrap(EventTarget, /^dispatchEvent$/, (inner, self, all) => {
    try { if (matches(isPress, typeOf(all[0]))) initEvent(all[0], typeOf(all[0]), bubbles(all[0]), true); } catch {}
    return aside(inner, self, all);
  });
  wrap(HTMLFormElement, /^submit$/, (_, form) => { send(form, null); });
  wrap(Element, /^attachShadow$/, (inner, self, all) => {
    const how = all[0];
    // A copy would be a tree that nobody watches.
    const root = apply(inner, self, [how && { __proto__: null, mode: how.mode, delegatesFocus: how.delegatesFocus, slotAssignment: how.slotAssignment }]);
    watch(root);
    return root;
  });
  wrap(DataTransfer, /^setData$/, (inner, self, all) => {
    if (!matches(isDownload, all[0] = `${all[0]}`)) return apply(inner, self, all);
  });
  const isDownload = matcher(/download/i);
  wrap({ prototype: window }, /^open$/, () => null);
  deleteProperty(window, 'stop');
  // A page that leaves while it is printed is asked nothing.
  listen(window, 'beforeprint', method(Event, 'stopImmediatePropagation'), true);

  // A game saves what it made, after the player did something; a frame asks the page around it.
  const blobs = new Map();
  wrap({ prototype: URL }, /^createObjectURL$/, (inner, self, all) => {
    const address = apply(inner, self, all);
    put(blobs, address, all[0]);
    return address;
  });
  wrap({ prototype: URL }, /^revokeObjectURL$/, (inner, self, all) => {
    const address = `${all[0]}`;
    // After the links that were clicked before it.
    later(() => { drop(blobs, address); });
    apply(inner, self, [address]);
  });
  const save = (name, address) => {
    if (activation && !isActive(activation)) return;
    const data = lookUp(blobs, address) ?? address;
    if (frame) return tell({ ask: 'save', name, data });
    const link = make(document, 'a');
    say(link, 'href', data === address ? address : apply(createObjectURL, URL, [data]));
    say(link, 'download', name);
    press(link);
  };

  // No page in the page, and no link that speaks to a server, is made or comes into a tree.
  const names = 'iframe frame frameset object embed fencedframe base link geolocation usermedia permission install camera microphone'.split(' ');
  const barred = { __proto__: null };
  for (const name of names) barred[name] = true;
  const anyBarred = names.join(), replaceWith = method(Element, 'replaceWith');
  const inert = (node) => {
    if (barred[elementName(node)]) return text(document, '');
    if (kind(node) % 10 === 1) {
      const all = found(node, anyBarred);
      for (let i = 0; all[i]; i++) replaceWith(all[i]);
    }
    return node;
  };
  const insert = (inner, self, all) => {
    for (let i = 0; i < all.length; i++) all[i] = inert(all[i]);
    return apply(inner, self, all);
  };
  const text = method(Document, 'createTextNode');
  const other = (name) => {
    const at = find(name, ':') + 1;
    return barred[apply(toLowerCase, cut(name, at), [])] ? 'x-' + cut(name, at) : name;
  };
  const create = (at) => (inner, self, all) => {
    if (all.length > at) all[at] = other(`${all[at]}`);
    return apply(inner, self, all);
  };
  wrap(Document, /^createElement$/, create(0));
  wrap(Document, /^createElementNS$/, create(1));
  wrap(DOMImplementation, /^createDocument$/, create(1));
  wrap(window.CustomElementRegistry, /^define$/, (inner, self, all) => {
    const kept = all[2] && all[2].extends;
    return apply(inner, self, [all[0], all[1], kept == null ? undefined : { __proto__: null, extends: other(`${kept}`) }]);
  });
  const tag = matcher(new RegExp('<([/!]?)((?:[^ \\t\\n\\f\\r/<>]*:)?(?:' + names.join('|') + '|entity)(?=[\\s/>]|$))|shadowrootmode', 'gi'));
  const tame = (markup) => {
    tag.lastIndex = 0;
    return apply(replaceAll, tag, [`${markup}`, (all, end, name) => (name === undefined ? 'x-' + all : '<' + end + 'x-' + name)]);
  };
  const holds = (markup) => tame(markup) !== markup;
  const parse = (inner, self, all, key) => {
    const main = key === 'insertAdjacentHTML' ? 1 : key === 'execCommand' ? 2 : 0;
    for (let i = 0; i < all.length; i++) if (typeof all[i] === 'string' || (i === main && all[i] != null)) all[i] = tame(all[i]);
    return apply(inner, self, all);
  };
  for (const type of [Node, Element, Document, DocumentFragment, CharacterData, DocumentType, Range]) {
    wrap(type, /^(append|prepend|insert|replace|move|surround)|^(before|after|body)$/, insert);
  }
  for (const type of [Element, ShadowRoot, { prototype: Document }, Document, Range, DOMParser]) {
    // Markup in pieces could be filtered in none of them.
    takeAway(type, /^stream/);
    wrap(type, /^(?!get).*HTML|Fragment$|^parseFrom|^execCommand$/, parse);
  }
  wrap(Document, /^(write(ln)?|open|close)$/, (_, self, all, key) => (key === 'open' ? self : undefined));
  if (window.trustedTypes) {
    const same = (text) => text;
    trustedTypes.createPolicy('default', { __proto__: null, createHTML: tame, createScript: same, createScriptURL: same });
    deleteProperty(window, 'trustedTypes');
  }

  // In a frame the browser keeps nothing: the page around it does, under a name of this game.
  const { name } = window, frame = parent !== window && name.startsWith('{"codeagent":') ? JSON.parse(name) : null;
  const postMessage = frame && parent.postMessage;
  const tell = (message) => { apply(postMessage, parent, [message, '*']); };
  if (!frame) return;
  tell({ ask: 'ready' });
  const { DOMException } = window, each = method(Map, 'forEach'), count = getter(Map, 'size'), rename = own(window, 'name').set;
  // What loads next in this frame, the same game anew, finds all in the frame's name. It has to be
  // there before the game asks to be loaded, for a process may be made at once; where that would
  // take long with each change, soon after.
  const kepts = { __proto__: null };
  const flush = () => {
    for (const area in kepts) {
      const all = [];
      each(kepts[area], (value, key) => { all[all.length] = [key, value]; });
      frame[area] = all;
    }
    apply(rename, window, [stringify(frame)]);
  };
  const store = (area) => {
    const kept = new Map(frame[area]), weight = (key, value) => (value === undefined ? 0 : key.length + value.length);
    let size = 0;
    each(kept, (value, key) => { size += weight(key, value); });
    const set = (key, value) => {
      const old = lookUp(kept, key), grown = size + weight(key, value) - weight(key, old);
      if (old === value) return;
      if (grown > 2e6) throw new DOMException('', 'QuotaExceededError');
      size = grown;
      value === undefined ? drop(kept, key) : put(kept, key, value);
      size < 1e5 ? flush() : later(flush);
      tell({ ask: 'store', area, key, value });
    };
    const keys = () => {
      const all = [];
      each(kept, (_, key) => { all[all.length] = key; });
      return all;
    };
    const methods = {
      __proto__: Storage.prototype,
      getItem: (key) => lookUp(kept, `${key}`) ?? null,
      setItem: (key, value) => set(`${key}`, `${value}`),
      removeItem: (key) => set(`${key}`),
      clear: () => each(kept, (_, key) => set(key)),
      key: (n) => keys()[n >>> 0] ?? null,
      get length() { return count(kept); },
    };
    const stand = new Proxy({ __proto__: methods }, {
      __proto__: null,
      get: (_, key) => (hasOf(methods, key) ? getOf(methods, key) : lookUp(kept, key)),
      set: (_, key, value) => { set(`${key}`, `${value}`); return true; },
      has: (_, key) => hasOf(methods, key) || lookUp(kept, key) !== undefined,
      deleteProperty: (_, key) => { set(key); return true; },
      ownKeys: keys,
      getOwnPropertyDescriptor: (_, key) => {
        const value = lookUp(kept, key);
        return value === undefined ? value : { __proto__: null, value, writable: true, enumerable: true, configurable: true };
      },
    });
    try { if (window[area]) return; } catch {}
    defineProperty(window, area, { get: () => stand, enumerable: true, configurable: true });
    kepts[area] = kept;
  };
  store('localStorage');
  store('sessionStorage');
  frame.name ??= '';
  defineProperty(window, 'name', { get: () => frame.name, set: (text) => { frame.name = `${text}`; flush(); }, enumerable: true, configurable: true });
})();
