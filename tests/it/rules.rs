//! Does each rule bite, and only then? Its own examples say.

use std::collections::BTreeSet;
use std::path::Path;

use codeagent::game::{HtmlSource, vet};
use codeagent::page::HtmlPage;
use codeagent::rules::{ALL, Finding, Rule, Severity, check_page};

fn bites(rule: &Rule, sample: &str) -> bool {
    let page = HtmlPage::parse(sample);
    check_page(&page).iter().any(|objection| objection.finding.rule == rule.code)
}

#[test]
fn each_rule_finds_what_it_says_it_finds() {
    let missed: Vec<_> = ALL
        .iter()
        .flat_map(|rule| rule.fail.iter().map(move |sample| (rule, *sample)))
        .filter(|(rule, sample)| !bites(rule, sample))
        .map(|(rule, sample)| format!("{}: {sample}", rule.code))
        .collect();
    assert!(missed.is_empty(), "missed:\n{}", missed.join("\n"));
}

#[test]
fn no_rule_finds_what_only_looks_like_it() {
    let wrong: Vec<_> = ALL
        .iter()
        .flat_map(|rule| rule.pass.iter().map(move |sample| (rule, *sample)))
        .filter(|(rule, sample)| bites(rule, sample))
        .map(|(rule, sample)| format!("{}: {sample}", rule.code))
        .collect();
    assert!(wrong.is_empty(), "false alarms:\n{}", wrong.join("\n"));
}

#[test]
fn a_rule_has_the_name_of_its_file_and_no_file_is_forgotten() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/rules");
    let helpers = [
        "mod",
        "element_locator",
        "element_uses",
        "function_graph",
        "generated_markup",
        "handler_retention",
        "idle_code",
        "key_lookups",
        "key_values",
        "known_members",
        "literal_kind",
        "lookup_helper",
        "made_elements",
        "markup_files",
        "member_table",
        "name_table",
        "new_element",
        "other_file",
        "own_page",
        "page_names",
        "powers",
        "receiver",
        "schedule",
        "scope",
        "selector",
        "shared_uses",
        "stand_in",
        "state_values",
        "template_holes",
    ];
    let mut files = BTreeSet::new();
    for folder in ["correctness", "html", "script", "style"] {
        for entry in std::fs::read_dir(src.join(folder)).expect("the rules are there") {
            let path = entry.expect("a file").path();
            let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
            if !helpers.contains(&name.as_str()) {
                files.insert(name.replace('_', "-"));
            }
        }
    }
    let codes: BTreeSet<_> = ALL.iter().map(|rule| rule.code.to_owned()).collect();
    assert_eq!(codes, files);
    assert_eq!(codes.len(), ALL.len(), "two rules have the same code");
}

#[test]
fn each_rule_explains_itself() {
    for rule in ALL {
        assert!(rule.help.ends_with('.') && rule.why.ends_with('.'), "{}", rule.code);
        assert!(!rule.title.is_empty() && !rule.pass.is_empty(), "{}", rule.code);
    }
}

/// The worst that is found in a script, as the name of its severity, or `""`.
fn worst(script: &str) -> &'static str {
    let page = format!(
        "<!doctype html><meta charset=utf-8><meta name=viewport content=x><canvas></canvas><script>{script}</script>"
    );
    let objections = check_page(&HtmlPage::parse(&page));
    objections.iter().map(|objection| objection.finding.severity).min().map_or("", Severity::name)
}

fn assert_worst(severity: &str, scripts: &[&str]) {
    let wrong: Vec<_> = scripts.iter().map(|script| (*script, worst(script))).collect();
    let wrong: Vec<_> = wrong.iter().filter(|(_, found)| *found != severity).collect();
    assert_eq!(wrong, Vec::<&(&str, &str)>::new(), "not `{severity}`");
}

/// Uses of powers that go on where the power is missing.
const OPTIONAL: &[&str] = &[
    "if (navigator.geolocation) navigator.geolocation.getCurrentPosition(f)",
    "if ('geolocation' in navigator && on) { navigator['geo' + 'location'].watchPosition(f) }",
    "'geolocation' in navigator && navigator.geolocation.watchPosition(f)",
    "typeof Notification !== 'undefined' && Notification.requestPermission()",
    "if (typeof Notification === 'function') new Notification('x')",
    "if (typeof Notification === 'undefined') quiet(); else new Notification('x')",
    "function tell() { if (!('Notification' in window)) return; new Notification('x') }",
    "function tell() { if (!window.Notification) { quiet(); return } setTimeout(() => new Notification('x'), 9) }",
    "for (const x of all) { if (!window.Notification) continue; new Notification(x) }",
    "const n = window.Notification ? new Notification('x') : null",
    "const n = !window.Notification ? null : new Notification('x')",
    "!navigator.share || navigator.share({})",
    "navigator.mediaDevices?.getUserMedia({ audio: true })?.then(f)",
    "navigator?.mediaDevices?.getUserMedia({ audio: true }).then(f)",
    "navigator.getBattery?.().then(f)",
    "navigator.share?.({ text: 'x' })",
    "async function mic() { try { await navigator.mediaDevices.getUserMedia({}) } catch { quiet() } }",
    "try { new RTCPeerConnection() } catch {}",
    "try { document.cookie.split(';') } catch (e) { log(e) }",
    "if (navigator.mediaDevices && navigator.mediaDevices.getUserMedia) navigator.mediaDevices.getUserMedia({}).then(f).catch(g)",
    "if (navigator.mediaDevices?.getUserMedia) { navigator.mediaDevices.getUserMedia({}) }",
    "const can = 'share' in navigator; if (can) b.onclick = () => navigator.share({})",
    "const can = () => !!navigator.share; if (can()) navigator.share({})",
    "function can() { return 'share' in navigator && 'canShare' in navigator } if (can()) navigator.share({})",
    "const SR = window.SpeechRecognition || window.webkitSpeechRecognition; if (SR) { const r = new SR(); r.start() }",
    "const SR = window.SpeechRecognition || window.webkitSpeechRecognition; if (!SR) say(); else new SR()",
    "const { geolocation } = navigator; if (geolocation) geolocation.watchPosition(f)",
    "const { geolocation: place } = navigator; place?.watchPosition(f)",
    "const ask = navigator.getBattery || none; ask()",
    "const cookie = document.cookie || ''; cookie.split(';')",
    "document.cookie = 'best=1; path=/'",
    "document.domain = 'x'",
    "if ('serviceWorker' in navigator) navigator.serviceWorker.register('sw.js')",
    "if ('serviceWorker' in navigator) { addEventListener('load', () => { navigator.serviceWorker.register('sw.js').then(f, g) }) }",
    "navigator.getUserMedia = navigator.getUserMedia || navigator.webkitGetUserMedia; if (navigator.getUserMedia) navigator.getUserMedia({}, f, g)",
    "function mic() { navigator.mediaDevices.getUserMedia({}).then(f) } if (navigator.mediaDevices) mic()",
    "const mic = async () => { s = await navigator.mediaDevices.getUserMedia({}) }; b.onclick = () => { try { mic() } catch {} }",
    "if ('mediaSession' in navigator) { navigator.mediaSession.metadata = new MediaMetadata({ title: 'x' }) }",
    "if (video.requestPictureInPicture) video.requestPictureInPicture()",
    "video.requestPictureInPicture?.()",
    "const mobile = navigator.userAgentData?.mobile ?? /Mobi/.test(navigator.userAgent)",
    "if (window.Notification && Notification.permission === 'granted') new Notification('x')",
    "if (navigator.keyboard && navigator.keyboard.lock) navigator.keyboard.lock(['KeyW'])",
    "if (navigator.geolocation != null) navigator.geolocation.watchPosition(f)",
    "if (navigator.geolocation === undefined) quiet(); else navigator.geolocation.watchPosition(f)",
    "if (Reflect.has(navigator, 'usb') || navigator.hasOwnProperty('usb')) navigator.usb.getDevices()",
    "const channel = 'BroadcastChannel' in window ? new BroadcastChannel('x') : null; channel?.postMessage(1)",
];

/// Uses that break without it, and of what the guard does not take away.
const NEEDED: &[&str] = &[
    "if (navigator.clipboard) navigator.clipboard.readText()",
    "navigator.geolocation.getCurrentPosition(f, g)",
    "if (!navigator.geolocation) navigator.geolocation.getCurrentPosition(f)",
    "if (navigator.geolocation || on) navigator.geolocation.getCurrentPosition(f)",
    "navigator.mediaDevices.getUserMedia({}).then(f).catch(g)",
    "try { setTimeout(() => navigator.geolocation.getCurrentPosition(f)) } catch {}",
    "try { quiet() } catch { navigator.geolocation.getCurrentPosition(f) }",
    "try { navigator.geolocation.getCurrentPosition(f) } finally { quiet() }",
    "const { geolocation } = navigator; geolocation.watchPosition(f)",
    "let g; ({ geolocation: g } = navigator); g.watchPosition(f)",
    "Navigator.prototype.getBattery.call(navigator)",
    "const SR = window.SpeechRecognition || window.webkitSpeechRecognition; new SR()",
    "send(document.cookie)",
    "if (navigator.geolocation) {} navigator.geolocation.watchPosition(f)",
    "if (!navigator.geolocation) log('none'); navigator.geolocation.watchPosition(f)",
    "if (window.fetch) fetch('/x')",
    "try { fetch('/x') } catch {}",
    "window.fetch?.('/x')",
    "if (window.Worker) new Worker('x')",
    "video.requestPictureInPicture()",
    "function mic() { navigator.mediaDevices.getUserMedia({}).then(f) } if (navigator.mediaDevices) mic(); mic()",
    "const a = b || c, b = a || d; if (a) navigator.geolocation.watchPosition(f)",
];

#[test]
fn what_leads_to_another_file_is_taken_out_and_every_other_address_refused() {
    let beside = [
        "location.href = 'index.html'",
        "location.assign('./menu.html')",
        "window.location = '../index.html'",
        "location.replace('/')",
        "b.onclick = () => location.href = 'menu.html?from=game#top'",
        "const HOME = 'menu.html'; function home() { document.location.href = HOME }",
        "const pages = { next: 'level2.html', menu: 'index.html' }; location.href = pages[where]",
        "function go(page) { location.href = page } go('a.html'); go('b.html')",
        "history.back()",
        "if (history.length > 1) history.back(); else window.location.href = 'index.html'",
        "window.history.go(-1); history.forward()",
        "window.open('index.html', '_self')",
        "const help = open('help.html')",
    ];
    assert_worst("repair", &beside);
    let away = [
        "location.href = 'https://x'",
        "location.href = '//x/menu.html'",
        r"location.href = '\\\\x/menu.html'",
        "location.href = 'data:text/html,x'",
        "location.href = 'javascript:x()'",
        "location.href = 'menu.html?' + score",
        "location.href = page",
        "const pages = ['index.html', 'https://x']; location.href = pages[i]",
        "function go(page) { location.href = page } go('a.html'); go(score)",
        "location.host = 'x.example'",
        "location.pathname = 'a.html'",
        "location.protocol = 'x.y'",
        "const back = history.back.bind(history); back()",
        "b.onclick = history.back",
        "open('index.html').focus()",
        "open('https://x', '_self')",
        "const go = location.assign; go('index.html')",
        "location.assign.call(location, url)",
        "navigation.back()",
    ];
    assert_worst("deny", &away);
}

/// The script of a page as repairs leave it.
fn mended(script: &str) -> String {
    let page = format!("<canvas></canvas><script>{script}</script>");
    let game = vet(HtmlSource::new(page)).expect("a harmless game");
    let (_, rest) = game.source().split_once("<script>").unwrap();
    rest.split_once("</script>").unwrap().0.to_owned()
}

#[test]
fn code_around_what_leads_to_another_file_stays_as_it_is() {
    let cases = [
        ("location.href = 'index.html'", "undefined"),
        (
            "b.onclick = () => location.href = 'a.html'; play()",
            "b.onclick = () => undefined; play()",
        ),
        ("if (over) location = 'a.html'\nelse play()", "if (over) undefined\nelse play()"),
        ("const ok = !history.back() && play()", "const ok = !undefined && play()"),
        ("const w = open('a.html'); if (w) w.focus()", "const w = null; if (w) w.focus()"),
        ("x = over ? location.assign('a.html') : 1", "x = over ? undefined : 1"),
        ("async () => { await location.replace('/') }", "async () => { await undefined }"),
    ];
    for (script, expected) in cases {
        assert_eq!(mended(script), expected, "{script}");
    }
}

#[test]
fn a_button_for_a_menu_in_another_file_does_nothing() {
    let buttons = [
        "window.location.href='index.html'",
        "location.assign(&quot;menu.html&quot;)",
        "history.back(); return false",
        "window.open('index.html', '_self')",
    ];
    for code in buttons {
        let page = format!("<canvas></canvas><button onclick=\"{code}\">Menu</button>");
        let game = vet(HtmlSource::new(page)).expect(code);
        let leads = ["index.html", "menu.html", "history.back"];
        assert!(!leads.iter().any(|to| game.source().contains(to)), "{}", game.source());
    }
}

#[test]
fn a_power_that_the_game_can_do_without_is_only_told() {
    assert_worst("warn", OPTIONAL);
    assert_worst("deny", NEEDED);
}

/// Scripts whose text does harm as the other kind of script, where a comment is none.
const HIDDEN: &[&str] = &[
    "<script type=module>const g = 1; await /1; location.href=x/g</script>",
    "<script type=module>let g; async function f() { await g } await /1; location.href=x/g</script>",
    "<script>const a = 1; await /a/* 1; fetch('?x') /* */</script>",
    "<script>let x = 1, a = 0\nx\n<!--a; fetch('/x')\n</script>",
    "<script>let x = 1, a = 0 // x\n  <!--a; fetch('/x')\n</script>",
    "<script type=module>let x = 1, a = 0\nx <!--a/1; `\nfetch('/x') //`\n</script>",
    "<script type=module>let x = 1, a = 0\nx <!--a; fetch('/x')\n</script>",
    "<script>let x = 1, a = 0\nx <!--a; fetch('/x')\n</script>",
    "<script type=module>this.eval('1')</script>",
    "<script type=module>(function () { return this })().eval('1')</script>",
];

/// Scripts that mean the same as either kind, or run as one only.
const PLAIN: &[&str] = &[
    "<script>while (n --> 0) play()</script>",
    "<script><!-- an old habit\nplay()\n--></script>",
    "<script type=module>await play(); const s = '<!-- fetch(x) -->'</script>",
    "<script>async function f() { await play() } function open() {} // -->\n</script><script>open()</script>",
    "<script>const o = { await: 1 }; o.await; const s = 'await'</script>",
    "<script type=module>import.meta.url; while (n --> 0) play()</script>",
];

/// How often a part of a page is refused, by rules that look at code which parses.
fn denials(part: &str) -> usize {
    let page = HtmlPage::parse(&format!("<canvas></canvas>{part}"));
    let denying =
        |finding: &Finding| finding.severity == Severity::Deny && finding.rule != "syntax";
    check_page(&page).iter().filter(|objection| denying(&objection.finding)).count()
}

#[test]
fn a_script_is_read_as_each_kind_that_it_can_be_run_as() {
    let missed = HIDDEN.iter().filter(|part| denials(part) == 0);
    assert_eq!(missed.collect::<Vec<_>>(), [&""; 0]);
    let wrong = PLAIN.iter().filter(|part| denials(part) > 0);
    assert_eq!(wrong.collect::<Vec<_>>(), [&""; 0]);
    assert_eq!(denials("<script>fetch('/x')\nwhile (n --> 0) play()</script>"), 1, "told twice");
}

#[test]
fn no_script_is_a_map_of_imports_or_a_list_of_pages_to_load() {
    for json in [r#"{"imports":{}}"#, r#"{"prefetch":[]}"#, r#"{"a":1}"#, "{\"\\u0061\":{}}"] {
        for kind in ["", " type=module"] {
            let page = HtmlPage::parse(&format!("<script{kind}>{json}</script>"));
            let is_refused = check_page(&page).iter().any(|found| found.finding.rule == "syntax");
            assert!(is_refused, "{json}");
        }
    }
}
