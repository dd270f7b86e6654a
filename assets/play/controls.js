// What a player would look for in a page that is tried: a field for a name, what starts a game, what
// can be clicked. An element is named by its place in the tree, which is the same in each run.
(() => {
  'use strict';
  const page = document, TEXT = 'input:not([type]), input[type=text], input[type=search], input[type=email], input[type=number], input[type=tel], input[type=password], textarea, [contenteditable=""], [contenteditable=true]';

  // Who listens to what: for boards whose cells do not look like buttons, and because nothing can be
  // answered that nobody listens to. The first script of a hardened page is the guard, which listens to
  // much and answers nothing.
  const running = Object.getOwnPropertyDescriptor(Document.prototype, 'currentScript').get;
  let guard = null;
  const isGuard = () => {
    const script = Reflect.apply(running, page, []);
    guard ??= script;
    return script !== null && script === guard;
  };
  const heard = new WeakSet(), keyed = new Set(), kinds = new Set(), listen = EventTarget.prototype.addEventListener;
  const CLICK = /^(click|dblclick|auxclick|contextmenu|mousedown|mouseup|pointerdown|pointerup|touchstart|touchend|dragstart|dragend|drop)$/;
  const lit = new Set();
  listen.call(window, 'mouseover', (event) => lit.add(event.target), true);
  const KINDS = {
    keys: ['keydown', 'keyup', 'keypress'],
    clicks: ['click', 'dblclick', 'auxclick', 'contextmenu', 'mousedown', 'mouseup', 'pointerdown', 'pointerup', 'dragstart', 'drop', 'submit', 'change', 'toggle', 'close'],
    moves: ['mousemove', 'mouseover', 'mouseenter', 'mouseout', 'mouseleave', 'pointermove', 'pointerover', 'pointerenter', 'pointerrawupdate', 'pointerleave', 'pointerout'],
    touches: ['touchstart', 'touchmove', 'touchend'],
    fingers: ['touchstart', 'touchmove', 'touchend', 'pointerdown', 'pointermove', 'pointerup', 'mousedown', 'mousemove', 'mouseup'],
    fields: ['input', 'beforeinput', 'change', 'submit', 'keydown', 'keyup', 'keypress'],
  };
  Object.defineProperty(EventTarget.prototype, 'addEventListener', {
    value: { addEventListener(type, ...rest) {
      if (isGuard()) return Reflect.apply(listen, this, [type, ...rest]);
      kinds.add(String(type));
      if (/^key/.test(type) && this instanceof Element && this !== page.body && this !== page.documentElement) keyed.add(this);
      if (/^(drop|dragover)$/.test(type) && this instanceof Element) drops.add(this);
      if (CLICK.test(type) && this instanceof Element) heard.add(this);
      return Reflect.apply(listen, this, [type, ...rest]);
    } }.addEventListener,
    writable: true, configurable: true, enumerable: true,
  });
  const drops = new Set();
  const hears = (one) => heard.has(one) || Boolean(one.onclick || one.onmousedown || one.onmouseup || one.onpointerdown || one.onpointerup || one.ontouchstart || one.ondragstart);
  const listens = () => {
    const some = [window, page, ...all()], has = (type) => kinds.has(type) || some.some((one) => one[`on${type}`]);
    const isThere = (what) => some.some((one) => one.matches && one.matches(what));
    // What the browser itself answers, and styles with it.
    const native = { clicks: 'input, select, textarea, details, label, a[href], [popovertarget], [commandfor], [contenteditable]', fields: TEXT };
    const isClosed = isThere('iframe, object, embed');
    return Object.fromEntries(Object.entries(KINDS).map(([kind, types]) => [kind, isClosed || types.some(has) || (kind in native && isThere(native[kind]))]));
  };

  const all = (root = page) => [...root.querySelectorAll('*')].flatMap((one) => (one.shadowRoot ? [one, ...all(one.shadowRoot)] : [one]));
  const parent = (one) => one.parentNode || one.host || null;
  const isIn = (one, other) => {
    for (let at = one; at; at = parent(at)) if (at === other) return true;
    return false;
  };
  const under = (x, y) => {
    let top = page.elementFromPoint(x, y);
    while (top && top.shadowRoot) {
      const inner = top.shadowRoot.elementFromPoint(x, y);
      if (!inner || inner === top) break;
      top = inner;
    }
    return top;
  };
  // Where it can be clicked, or nothing.
  const box = (one) => {
    const it = one.getBoundingClientRect(), style = getComputedStyle(one);
    const x = it.x + it.width / 2, y = it.y + it.height / 2;
    if (one.disabled || it.width <= 3 || it.height <= 3 || style.visibility !== 'visible' || (Number(style.opacity) <= 0.05 && !one.matches('input, select'))) return null;
    if (x < 0 || y < 0 || x >= innerWidth || y >= innerHeight) return null;
    const top = under(x, y);
    return top && (isIn(one, top) || isIn(top, one)) ? { x, y } : null;
  };
  // The same, scrolled to where it can be seen.
  const reveal = (one) => {
    const there = box(one);
    if (there || one.disabled || !one.getClientRects().length) return there;
    const from = page.scrollingElement ? [page.scrollingElement.scrollLeft, page.scrollingElement.scrollTop] : [0, 0];
    one.scrollIntoView({ block: 'center', inline: 'center', behavior: 'instant' });
    const found = box(one);
    if (!found) scrollTo({ left: from[0], top: from[1], behavior: 'instant' });
    return found;
  };

  // Labels, in the languages that most games are written in. Words are whole words; what is written
  // without blanks is looked for as it is.
  const said = (label) => ` ${label.normalize('NFKC').toLowerCase().replace(/[^\p{L}\p{N}\p{M}]+/gu, ' ').trim()} `;
  const list = (text) => text.split('|').map((one) => one.trim());
  const has = (label, words) => words.some((word) => (/[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]/.test(word) ? label.includes(word) : label.includes(` ${word} `)));
  const START = list(`start|play|begin|new game|launch|let s go|lets go|let s play|lets play|start game|enter game|fight|ready
    |jugar|juega|comenzar|comienza|empezar|empieza|iniciar|inicio|nueva partida|nuevo juego|arrancar|vamos|a jugar
    |jouer|jouez|joue|commencer|commencez|démarrer|démarrez|lancer|nouvelle partie|nouveau jeu|c est parti|allons y|début
    |spielen|spiel starten|starten|los|los geht s|los gehts|beginnen|beginn|anfangen|neues spiel|loslegen|spiel
    |jogar|jogue|começar|comece|novo jogo|nova partida|vamos lá|começa
    |gioca|giocare|inizia|iniziare|comincia|avvia|avvio|nuova partita|nuovo gioco|via|andiamo
    |играть|играй|начать|начни|начало|старт|новая игра|поехали|начать игру|запустить|запуск|в бой|начнем|начнём
    |开始|開始|新游戏|新遊戲|新局|玩|启动|啟動|出发|出發|开局|進入遊戲|进入游戏
    |スタート|はじめ|始め|プレイ|あそぶ|遊ぶ|新しいゲーム|ニューゲーム|ゲームスタート
    |시작|플레이|새 게임|새게임|출발|게임하기|놀기
    |başla|başlat|oyna|yeni oyun|oyuna başla|haydi
    |ابدأ|إبدأ|ابدا|بدء|العب|لعبة جديدة|ابدأ اللعبة|ابدأ اللعب|هيا
    |graj|zagraj|rozpocznij|nowa gra|zacznij|spelen|speel|nieuw spel|starta|spela|börja|грати|почати|розпочати|нова гра
    |chơi|bắt đầu|mulai|bermain|शुरू|खेलें|खेलो|έναρξη|παίξε|ξεκίνα|התחל|שחק|เริ่ม|เล่น|hrát|začít|játék|indítás|joacă`);
  const ON = list(`go|continue|enter|ok|okay|next|yes|tap|click|press|got it|proceed|skip|confirm|join|resume|understood|accept|close|cerrar|fermer|schließen|fechar|chiudi|закрыть|关闭|閉じる|닫기|kapat
    |continuar|siguiente|adelante|entrar|aceptar|sí|si|listo|continuer|suivant|entrer|oui|prêt|d accord|compris|weiter|bereit|ja|verstanden|nächste
    |próximo|sim|pronto|avançar|continua|avanti|sì|vai|ho capito|продолжить|далее|вперёд|вперед|готов|да|понятно|ок
    |继续|繼續|下一步|确定|確定|确认|点击|知道了|つづける|続ける|次へ|すすむ|계속|다음|확인|devam|ileri|evet|tamam|hazır|متابعة|التالي|نعم|موافق|dalej|verder`);
  const CHOICE = list(`easy|normal|medium|hard|beginner|novice|classic|solo|one player|1 player|single player|singleplayer|vs computer|vs ai|vs cpu|player vs computer|player vs ai|computer|level 1|stage 1|endless|arcade
    |fácil|normal|medio|principiante|un jugador|1 jugador|nivel 1|facile|moyen|débutant|1 joueur|niveau 1|leicht|einfach|mittel|anfänger|1 spieler|ein spieler|stufe 1
    |médio|iniciante|1 jogador|principiante|1 giocatore|livello 1|легко|легкий|лёгкий|просто|новичок|1 игрок|один игрок|уровень 1
    |简单|簡單|普通|初级|初級|单人|かんたん|簡単|ふつう|やさしい|쉬움|보통|kolay|orta|سهل`);
  const AGAIN = list(`restart|re start|again|replay|reset|retry|start over|new round|rematch|reiniciar|de nuevo|otra vez|reintentar|recommencer|rejouer|réessayer|redémarrer|neustart|neu starten|nochmal|noch mal|noch einmal|erneut|zurücksetzen
    |novamente|de novo|outra vez|recomeçar|ricomincia|rigioca|riprova|di nuovo|riavvia|заново|снова|ещё раз|еще раз|перезапуск|перезапустить|рестарт|сначала|сброс
    |重新|重来|重來|再来|再來|再玩|再试|重置|リスタート|もう一度|もういちど|やり直|リトライ|リセット|다시|재시작|초기화|yeniden|tekrar|sıfırla|إعادة|أعد|مجددا|jeszcze raz|opnieuw`);
  const NEVER = list(`how to play|how to|instructions|tutorial|cómo jugar|como se juega|comment jouer|règles du jeu|spielanleitung|wie man spielt|como jogar|come si gioca|come giocare|как играть|玩法|规则|遊び方|あそびかた|ルール|게임 방법|nasıl oynanır|play music|play sound|start music|auto play|autoplay|more games|menu|main menu`);
  // Of these a label may have more words: only one that says nothing else is meant.
  const OTHER = list(`mute|unmute|sound|sound on|sound off|sound fx|sfx|music|music on|music off|audio|volume|pause|help|settings|options|share|quit|exit|about|credits|fullscreen|full screen|reset scores|clear scores|rules|back|cancel|leaderboard|high scores|highscores|scores|stats|statistics|theme|dark mode|light mode|language
    |sonido|música|ajustes|opciones|ayuda|pausa|reglas|salir|volver|créditos|son|musique|paramètres|aide|règles|quitter|retour|ton|musik|einstellungen|optionen|hilfe|regeln|anleitung|zurück|beenden|vollbild|stumm
    |som|ajuda|configurações|opções|regras|sair|voltar|suono|musica|impostazioni|opzioni|aiuto|regole|esci|indietro|звук|музыка|настройки|помощь|правила|выход|назад|пауза|об игре
    |设置|設置|帮助|音效|音乐|暂停|规则|退出|返回|設定|ヘルプ|音楽|ポーズ|戻る|설정|도움말|소리|음악|일시정지|ayarlar|yardım|ses|müzik|çıkış|geri|duraklat|إعدادات|مساعدة|صوت`).map((word) => ` ${word} `);
  const SIGN = /^[\s▶►⏵▷\u{1F3AE}\u{1F579}\ufe0e\ufe0f]+$/u, MUTE = /^[\s🔇🔈🔉🔊🎵🎶⏸⚙⛶ℹ\ufe0e\ufe0f]+$/u;
  const named = (one) => `${one.innerText || (/^(button|submit|image)$/.test(one.type) ? one.value : '') || ''} ${one.getAttribute('aria-label') || ''} ${one.title || ''}`.trim().slice(0, 80);
  const isOther = (name, words) => OTHER.includes(words) || has(words, NEVER) || MUTE.test(name);

  // How much a label invites: 3 starts, 2 goes on, 1 chooses, 0 neither.
  const invites = (name) => {
    const words = said(name);
    if (isOther(name, words) || has(words, AGAIN)) return 0;
    if (has(words, START) || SIGN.test(name) || /[▶►⏵▷]/u.test(name)) return 3;
    if (has(words, ON)) return 2;
    return has(words, CHOICE) ? 1 : 0;
  };
  const BUTTON = 'button, input[type=button], input[type=submit], input[type=image], [role=button]';
  const LIKELY = `${BUTTON}, a, .btn, .button, [class*=start i], [id*=start i], [class*=play i], [id*=play i], [class*=begin i], [id*=begin i], [onclick], [tabindex]`;
  const pressed = new WeakMap(), known = new WeakSet();
  const starts = () => {
    const likely = all().filter((one) => one.children.length < 4 && one !== page.body && one.localName !== 'canvas' && (one.matches(LIKELY) || hears(one) || (one.children.length === 0 && getComputedStyle(one).cursor === 'pointer')) && !one.matches(TEXT));
    const found = likely.map((one) => {
      const name = named(one), plain = one.matches(BUTTON), words = said(name);
      const isMarked = plain && /(^|[^e])start|play|begin/i.test(`${one.id} ${one.className}`) && !/again|re-?start|replay|reset/i.test(`${one.id} ${one.className}`);
      const rank = invites(name) || (isMarked && !isOther(name, words) && !has(words, AGAIN) ? 2 : 0);
      return { one, rank, plain, isFree: plain && !isOther(name, words) && !has(words, AGAIN) };
    });
    const can = ({ one, rank }) => {
      const times = pressed.get(one) || 0;
      return rank === 2 ? times < 3 : times < 1 && (rank === 3 || !known.has(one));
    };
    const ranked = found.filter((it) => it.rank && can(it)).sort((a, b) => b.rank - a.rank || b.plain - a.plain);
    // What can be seen comes before what must be scrolled to.
    let best = ranked.find((it) => box(it.one)) || ranked.find((it) => reveal(it.one));
    if (!best) {
      const free = found.filter((it) => it.isFree && box(it.one));
      if (free.length === 1 && !pressed.has(free[0].one)) best = free[0];
    }
    if (!best) return null;
    for (const it of ranked) if (it.rank === 1) known.add(it.one);
    pressed.set(best.one, (pressed.get(best.one) || 0) + 1);
    return all().indexOf(best.one);
  };
  const fields = () => {
    const some = all(), free = some.filter((one) => one.matches(TEXT) && !one.value && !one.readOnly && !one.isContentEditable && box(one));
    // A name is asked for where there is something to press after it.
    if (!some.some((one) => one.matches(BUTTON) && (one.disabled || invites(named(one)) > 1))) return [];
    return free.slice(0, 3).map((one) => ({ index: some.indexOf(one), text: one.type === 'number' ? '3' : 'Ada' }));
  };

  // What can be clicked in the game itself: some of each group, spread over it.
  const MOST = 16;
  const spread = (group, most) => {
    if (group.length <= most) return group;
    return Array.from({ length: most }, (_, i) => group[Math.floor(((i + 0.5) * group.length) / most + (i % 3)) % group.length]);
  };
  const likes = (one) => {
    if (one.matches('canvas, body, html, script, style, a[href], summary, option') || one.matches(TEXT)) return false;
    if (one.matches(`${BUTTON}, [draggable=true], input[type=radio], input[type=checkbox]`)) return true;
    if (one.children.length > 6) return false;
    if (hears(one) || /pointer|grab|move|cell|crosshair/.test(getComputedStyle(one).cursor)) return true;
    for (let at = parent(one), i = 0; at && at !== page.body && i < 3; at = parent(at), i += 1) if (hears(at)) return one.children.length === 0;
    return false;
  };
  const targets = () => {
    const some = all(), groups = new Map();
    const found = some.filter((one) => likes(one) && one.getClientRects().length && !one.disabled);
    const kept = found.filter((one) => {
      const name = named(one), words = said(name);
      return !isOther(name, words) && !has(words, AGAIN) && !found.some((other) => other !== one && one.contains(other) && other.matches(BUTTON));
    });
    for (const one of kept.slice(0, 600)) {
      const key = parent(one);
      if (!groups.has(key)) groups.set(key, []);
      groups.get(key).push(one);
    }
    // Each row of a table is a group; the rows of one table are one.
    const merged = groups.size > 6 ? [kept] : [...groups.values()];
    const each = Math.max(2, Math.floor(MOST / Math.max(merged.length, 1)));
    const chosen = new Set(merged.flatMap((group) => spread(group, each)));
    return [...chosen].slice(0, MOST).map((one) => some.indexOf(one));
  };
  const largest = () => {
    const some = all().filter((one) => one.localName === 'canvas' || one.localName === 'svg').map((one) => ({ one, it: one.getBoundingClientRect() }));
    some.sort((a, b) => b.it.width * b.it.height - a.it.width * a.it.height);
    return some[0] && some[0].it.width > 30 && some[0].it.height > 30 ? some[0].one : null;
  };
  // The largest picture, where it is clicked, and how much of the page has to be above the window to see it.
  const canvas = () => {
    const one = largest(), it = one && one.getBoundingClientRect();
    return one ? { index: all().indexOf(one), x: it.x, y: it.y, width: it.width, height: it.height } : null;
  };
  const view = () => {
    const one = largest() || all()[targets()[0]];
    if (!one) return 0;
    const it = one.getBoundingClientRect(), at = it.top + scrollY;
    const most = page.scrollingElement ? page.scrollingElement.scrollHeight - innerHeight : 0;
    if (Math.min(at + it.height, innerHeight) - at >= Math.min(it.height, innerHeight) * 0.6) return 0;
    return Math.max(0, Math.min(most, Math.round(at + it.height / 2 - innerHeight / 2)));
  };

  // The keyboard stays with a field that the game gave it to; else it is the canvas's, or nobody's.
  const isField = (one) => Boolean(one && one.matches && one.matches(TEXT));
  const active = () => {
    let one = page.activeElement;
    while (one && one.shadowRoot && one.shadowRoot.activeElement) one = one.shadowRoot.activeElement;
    return one;
  };
  let keeper = null;
  const calm = () => {
    const one = active();
    if (keeper && keeper.isConnected && keeper !== one && (isField(one) || !one || one === page.body || one.matches('button, a, select, input'))) keeper.focus({ preventScroll: true });
    else if (one && one !== keeper && one.matches('input, textarea, select, button, a, summary, [contenteditable]')) one.blur();
  };
  // What styles lit up under the mouse goes out at once when it leaves, however slowly it would.
  const unlight = () => {
    const ends = [...lit].filter((one) => one instanceof Element && one !== page.body && one !== page.documentElement);
    for (const one of page.getAnimations()) {
      const target = one instanceof CSSTransition && one.effect && one.effect.target;
      if (target && target !== page.body && target !== page.documentElement && ends.some((it) => isIn(target, it) || isIn(it, target))) one.finish();
    }
    lit.clear();
  };
  const settle = () => {
    const one = active();
    keeper = isField(one) && one !== filled ? one : null;
    calm();
    if (active() && active() !== page.body) return;
    const ear = [...keyed].find((it) => it.isConnected && it.tabIndex >= 0 && !it.matches('button, a') && !isField(it));
    const canvas = ear || all().find((it) => it.localName === 'canvas');
    if (canvas) canvas.focus({ preventScroll: true });
  };
  let filled = null;

  // For a game of words: where they are written, and those that it shows.
  const editable = () => {
    const some = all(), found = some.filter((one) => one.matches(TEXT) && !one.readOnly && !one.disabled && one.getClientRects().length);
    const best = found.find((one) => one === active()) || found.find(reveal);
    return best ? some.indexOf(best) : null;
  };
  const submits = () => {
    const some = all();
    const found = some.filter((one) => one.matches(BUTTON) && !isOther(named(one), said(named(one))) && !has(said(named(one)), AGAIN) && box(one));
    return found.length ? some.indexOf(found[0]) : null;
  };
  const words = () => {
    const shown = all().filter((one) => !one.matches('script, style, h1, title, button, label, a, option, [role=button]') && !one.closest('button, h1, label') && one.children.length < 400 && [...one.children].every((it) => /^(span|b|i|em|strong|u|mark)$/.test(it.localName)) && one.getClientRects().length);
    const texts = shown.map((one) => ({ text: (one.textContent || '').trim().replace(/\s+/g, ' '), size: parseFloat(getComputedStyle(one).fontSize) || 0 })).filter((it) => /\p{L}{2}/u.test(it.text) && it.text.length < 600);
    texts.sort((a, b) => b.size - a.size);
    const single = texts.filter((it) => /^\p{L}{2,20}$/u.test(it.text)).slice(0, 2);
    const long = texts.filter((it) => it.text.length >= 12).sort((a, b) => b.text.length - a.text.length).slice(0, 1);
    return [...single, ...long].map((it) => it.text.slice(0, 14).toLowerCase());
  };

  // What can be carried, and where to: the browser's own dragging takes time of its own, so the game is
  // told of it as the browser would.
  const carries = () => {
    const some = all(), from = some.filter((one) => one.draggable && one.localName !== 'a' && one.localName !== 'img' && box(one)).slice(0, 4);
    const to = some.filter((one) => drops.has(one) || one.ondrop || one.ondragover);
    return from.flatMap((one) => to.filter((other) => !isIn(one, other) || one.parentNode !== other).slice(0, 5).map((other) => [some.indexOf(one), some.indexOf(other)]));
  };
  const carry = (from, to) => {
    const some = all(), one = some[from], other = some[to];
    if (!one || !other) return;
    const dataTransfer = new DataTransfer(), tell = (target, type) => {
      const it = target.getBoundingClientRect();
      return target.dispatchEvent(new DragEvent(type, { bubbles: true, cancelable: true, composed: true, dataTransfer, clientX: it.x + it.width / 2, clientY: it.y + it.height / 2 }));
    };
    if (!tell(one, 'dragstart')) return;
    tell(other, 'dragenter');
    if (!tell(other, 'dragover')) tell(other, 'drop');
    tell(one, 'dragend');
  };

  // Whether the game, and not a style, changed what is held by the mouse.
  let changed = false, watch = null;
  const grasp = (index) => {
    if (watch) watch.disconnect();
    changed = false;
    const one = all()[index];
    if (!one) return;
    watch = new MutationObserver((records) => {
      changed = changed || records.some((record) => isIn(record.target, one) || (isIn(one, record.target) && record.type === 'attributes'));
    });
    watch.observe(page, { attributes: true, childList: true, characterData: true, subtree: true });
  };
  // What is drawn knows no styles: it changes by the game alone.
  const graspAt = (x, y) => {
    const top = under(x, y);
    if (top && top.localName === 'canvas') {
      if (watch) watch.disconnect();
      changed = true;
    } else grasp(all().indexOf(top));
  };
  const isChanged = () => changed;
  // Ready to write there; and in place of what was written before.
  const pen = (index) => {
    const one = all()[index];
    if (one && active() !== one) one.focus({ preventScroll: true });
  };
  const mark = () => { const one = active(); if (isField(one) && one.select) one.select(); };

  // A button that begins the game anew.
  const restarts = () => {
    const some = all(), can = (one) => has(said(named(one)), AGAIN) || /restart|play-?again|replay|retry/i.test(`${one.id} ${one.className}`);
    const likely = some.filter((one) => one.children.length < 4 && (one.matches(LIKELY) || hears(one)) && one !== page.body && one.localName !== 'canvas');
    const asked = likely.filter((one) => can(one) && !isOther(named(one), said(named(one))));
    const fresh = likely.filter((one) => one.matches(BUTTON) && /^ (new game|nueva partida|nouvelle partie|neues spiel|novo jogo|nuova partita|новая игра|新游戏|새 게임) $/.test(said(named(one))));
    const best = [...asked, ...fresh].find(reveal);
    return best ? some.indexOf(best) : null;
  };
  const extent = () => {
    const box = page.scrollingElement || page.documentElement;
    return { width: box.scrollWidth, height: box.scrollHeight };
  };
  // Whether nothing of a game sticks out of a narrow window.
  const fits = () => {
    // A phone shows a page that is too wide from further away: its own width is what counts.
    const one = largest(), it = one && one.getBoundingClientRect(), width = page.documentElement.clientWidth;
    return extent().width <= width + 2 && !(it && (it.left < -2 || it.right > width + 2));
  };

  Object.defineProperty(window, '__controls', {
    value: Object.freeze({
      starts, listens, fields, targets, canvas, view, calm, unlight, settle, editable, carries, carry, submits, words, grasp, graspAt, isChanged, pen, mark, restarts, extent, fits,
      isTyping: () => isField(active()) && active() !== filled,
      reveal: (index) => { const one = all()[index]; return one ? reveal(one) : null; },
      fill: (index) => { filled = all()[index] || null; },
    }),
  });
})();
//# sourceURL=codeagent-controls.js
