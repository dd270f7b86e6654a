//! `no-device-api`: a game uses no camera, location, cookie or payment.
//!
//! A game of one file needs nothing that the player's machine can sense, read or pay with, and no
//! models, agents or other windows. Gamepads, vibration, full screen and storage stay available,
//! and so does writing a score to the clipboard. A power that code uses only if available is
//! removed with a warning.

use crate::page::script::{AccessKind, GlobalAccess, ScriptTree};
use crate::rules::{Diagnostics, Rule, RuleContext, Severity};

use super::powers;
use super::{no_dynamic_code, no_network};

pub(in crate::rules) static RULE: Rule = Rule {
    code: "no-device-api",
    severity: Severity::Deny,
    title: "forbidden browser feature",
    help: "Leave it out, or test for it first and do without it; keep scores in localStorage.",
    why: "A game needs no camera, location, cookie, credential or model, so each of them is \
        removed before it starts.",
    fail: &[
        "<script>document.cookie = 'a=1'</script>",
        "<script>send(document.cookie)</script>",
        "<script>img.src = 'data:,' + document.cookie</script>",
        "<script>const { cookie } = document; send(cookie)</script>",
        "<script>document['coo' + 'kie'].split(';')</script>",
        "<script>cookieStore.getAll()</script>",
        "<script>navigator.geolocation.getCurrentPosition(f)</script>",
        "<script>const n = navigator; n.geolocation.watchPosition(f)</script>",
        "<script>navigator.mediaDevices.getUserMedia({ video: true })</script>",
        "<script>const { mediaDevices } = navigator; mediaDevices.getUserMedia({})</script>",
        "<script>const { geolocation: { watchPosition } } = navigator</script>",
        "<script>navigator.webkitGetUserMedia({ audio: true }, f, g)</script>",
        "<script>navigator.clipboard.readText()</script>",
        "<script>const { clipboard } = navigator; clipboard.read()</script>",
        "<script>Notification.requestPermission()</script>",
        "<script>new Notification('boo')</script>",
        "<script>if (Notification) play()</script>",
        "<script>navigator.usb.requestDevice({ filters: [] })</script>",
        "<script>navigator?.['bluetooth']?.requestDevice({})</script>",
        "<script>navigator.credentials.get({ password: true })</script>",
        "<script>new PaymentRequest([], {})</script>",
        "<script>showOpenFilePicker()</script>",
        "<script>LanguageModel.create()</script>",
        "<script>self['Sum' + 'marizer'].create()</script>",
        "<script>document.modelContext.registerTool(t)</script>",
        "<script>navigator['model' + 'Context'].provideContext({})</script>",
        "<script>document.browsingTopics()</script>",
        "<script>document.domain = 'x'</script>",
        "<script>navigator.joinAdInterestGroup({}, 1)</script>",
        "<script>navigator.keyboard.lock()</script>",
        "<script>navigator.registerProtocolHandler('web+x', '?%s')</script>",
        "<script>new PresentationRequest('x').start()</script>",
        "<script>video.remote.prompt()</script>",
        "<script>video.requestPictureInPicture()</script>",
        "<script>documentPictureInPicture.requestWindow()</script>",
        "<script>HTMLVideoElement.prototype.requestPictureInPicture.call(v)</script>",
        "<script>window.moveTo(0, 0); resizeTo(1, 1)</script>",
        "<script>new TCPSocket('x', 1)</script>",
        "<script>new BroadcastChannel('x')</script>",
        "<script>trustedTypes.createPolicy('default', {})</script>",
        "<script>navigator.mediaSession.metadata = new MediaMetadata({})</script>",
        "<script>new Accelerometer().start()</script>",
        "<script>new CloseWatcher().onclose = stay</script>",
        "<script>navigator.share({ text: 'I won' }).catch(f)</script>",
        "<script>if (navigator.clipboard) navigator.clipboard.readText()</script>",
        "<script>if (navigator.share) navigator.share({ text: 'I won' })</script>",
        "<script>navigator.getBattery?.().then(f)</script>",
    ],
    pass: &[
        "<script>localStorage.setItem('best', 1); sessionStorage.x = 1</script>",
        "<script>navigator.getGamepads(); navigator.vibrate(5); navigator.userAgent</script>",
        "<script>if (navigator.clipboard) navigator.clipboard.writeText('42')</script>",
        "<script>if ('geolocation' in navigator) {}</script>",
        "<script>if (typeof Notification === 'function') {}</script>",
        "<script>canvas.requestPointerLock(); canvas.requestFullscreen()</script>",
        "<script>crypto.getRandomValues(new Uint8Array(1))</script>",
        "<script>class Notification {} new Notification('boo')</script>",
        "<script>jar.cookie = 1; const { cookie } = jar</script>",
        "<script>navigator.wakeLock.request('screen'); navigator.gpu.requestAdapter()</script>",
        "<script>new MediaRecorder(canvas.captureStream(30)).start()</script>",
        "<script>pen.moveTo(1, 2); sprite.resizeTo(3); box.remote.open()</script>",
        "<script>ai = { think() {} }; ai.think()</script>",
        "<canvas id=fence></canvas><script>fence.getContext('2d')</script>",
        "<script>el.setHTML('<b>x'); new Sanitizer(); Document.parseHTML('x')</script>",
        "<script>addEventListener('deviceorientation', tilt); navigator.xr</script>",
        "<script>speech.read(); sensor.prompt(); const { share, usb } = tools</script>",
    ],
    find,
};

fn find(context: &RuleContext<'_, '_>, diagnostics: &mut Diagnostics) {
    let own = powers::own_names(context.page, context.trees);
    for tree in context.trees {
        for access in tree.global_accesses().iter().filter(|access| is_ours(access)) {
            match *access.path {
                [name] if own.contains(name) => {}
                _ => judge(tree, access, diagnostics),
            }
        }
        powers::check_methods(tree, diagnostics);
    }
}

/// Whether no other rule reports it.
fn is_ours(access: &GlobalAccess<'_>) -> bool {
    let path = &*access.path;
    powers::is_power(path)
        && !no_network::NETWORK_APIS.contains(&path)
        && !no_dynamic_code::CODE_MAKERS.contains(&path)
}

fn judge<'a>(tree: &ScriptTree<'a>, access: &GlobalAccess<'a>, diagnostics: &mut Diagnostics) {
    let name = access.path.join(".");
    match access.usage {
        AccessKind::Called | AccessKind::Taken | AccessKind::Member(_) => {
            powers::report_access(
                tree,
                access,
                format!("`{name}` is a feature that no game may use"),
                diagnostics,
            );
        }
        // Once it is removed, a value assigned in its place is the game's own and is sent nowhere.
        AccessKind::Written if matches!(*access.path, ["document", "cookie" | "domain"]) => {
            diagnostics
                .warn(access.span, format!("`{name}` is removed, so setting it does nothing"));
        }
        AccessKind::Tested if powers::throws(tree, access) => {
            let why = format!("`{name}` is removed, so its bare name throws: test `typeof {name}`");
            diagnostics.deny(access.span, why);
        }
        AccessKind::Written | AccessKind::Tested => {}
    }
}
