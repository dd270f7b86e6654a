//! `no-device-api`: a game asks for no camera, no place, no cookie, no purse.
//!
//! What a player's machine can feel, read or pay with is nothing a game of one
//! file needs. Gamepads, vibration, full screen and storage stay free, and so
//! does writing a score to the clipboard.

use crate::page::script::{Reach, Tree, Use};
use crate::rules::{Look, Notes, Rule, Severity};

pub(in crate::rules) static RULE: Rule = Rule {
    code: "no-device-api",
    severity: Severity::Deny,
    title: "the page reaches for the player's device",
    help: "Leave it out; keep scores in localStorage.",
    why: "A game needs no camera, place, cookie or credential, and must not ask for them.",
    fail: &[
        "<script>document.cookie = 'a=1'</script>",
        "<script>send(document.cookie)</script>",
        "<script>const { cookie } = document</script>",
        "<script>document['coo' + 'kie'].split(';')</script>",
        "<script>cookieStore.getAll()</script>",
        "<script>navigator.geolocation.getCurrentPosition(f)</script>",
        "<script>const n = navigator; n.geolocation.watchPosition(f)</script>",
        "<script>navigator.mediaDevices.getUserMedia({ video: true })</script>",
        "<script>const { mediaDevices } = navigator</script>",
        "<script>navigator.webkitGetUserMedia({ audio: true }, f, g)</script>",
        "<script>navigator.clipboard.readText()</script>",
        "<script>const { clipboard } = navigator; clipboard.read()</script>",
        "<script>Notification.requestPermission()</script>",
        "<script>new Notification('boo')</script>",
        "<script>navigator.usb.requestDevice({ filters: [] })</script>",
        "<script>navigator?.['bluetooth']?.requestDevice({})</script>",
        "<script>navigator.credentials.get({ password: true })</script>",
        "<script>new PaymentRequest([], {})</script>",
        "<script>showOpenFilePicker()</script>",
    ],
    pass: &[
        "<script>localStorage.setItem('best', 1); sessionStorage.x = 1</script>",
        "<script>navigator.getGamepads(); navigator.vibrate(5); navigator.userAgent</script>",
        "<script>if (navigator.clipboard) navigator.clipboard.writeText('42')</script>",
        "<script>if ('geolocation' in navigator) {}</script>",
        "<script>canvas.requestPointerLock(); canvas.requestFullscreen()</script>",
        "<script>crypto.getRandomValues(new Uint8Array(1))</script>",
        "<script>class Notification {} new Notification('boo')</script>",
        "<script>jar.cookie = 1; const { cookie } = jar</script>",
        "<script>navigator.wakeLock.request('screen')</script>",
        "<script>if (navigator.share) navigator.share({ text: 'I won' })</script>",
    ],
    find,
};

const DEVICES: &[&[&str]] = &[
    &["document", "cookie"],
    &["cookieStore"],
    &["navigator", "geolocation"],
    &["navigator", "mediaDevices"],
    &["navigator", "getUserMedia"],
    &["navigator", "webkitGetUserMedia"],
    &["navigator", "mozGetUserMedia"],
    &["navigator", "clipboard", "read"],
    &["navigator", "clipboard", "readText"],
    &["navigator", "usb"],
    &["navigator", "hid"],
    &["navigator", "serial"],
    &["navigator", "bluetooth"],
    &["navigator", "credentials"],
    &["navigator", "contacts"],
    &["navigator", "requestMIDIAccess"],
    &["Notification"],
    &["PaymentRequest"],
    &["NDEFReader"],
    &["SpeechRecognition"],
    &["webkitSpeechRecognition"],
    &["MediaRecorder"],
    &["showOpenFilePicker"],
    &["showSaveFilePicker"],
    &["showDirectoryPicker"],
    &["queryLocalFonts"],
    &["getScreenDetails"],
    &["IdleDetector"],
];

fn find(look: &Look<'_, '_>, notes: &mut Notes) {
    for reach in look.trees.iter().flat_map(Tree::reaches) {
        if DEVICES.contains(&&*reach.path) && is_used(reach) {
            let name = reach.path.join(".");
            notes.deny(reach.span, format!("`{name}` reaches for the player's device"));
        }
    }
}

/// To ask whether it is there is no use, and to write to it is one only for a cookie.
fn is_used(reach: &Reach<'_>) -> bool {
    match reach.usage {
        Use::Called | Use::Taken | Use::Member(_) => true,
        Use::Written => reach.path.last().is_some_and(|name| *name == "cookie"),
        Use::Tested => false,
    }
}
