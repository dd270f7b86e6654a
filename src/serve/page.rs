//! Builds the responses: the shell page, the game, and the events of new versions.
//!
//! The game is in a sandboxed frame without origin, storage or navigation; its own response repeats
//! the sandbox, in case its address is opened directly. The shell page has a policy of its own,
//! which allows only its own script and frames from this server.

use serde_json::json;

use crate::game::{OWN_ONLY, SANDBOX, Vetted, csp_hash, escape_html, game_frame};

/// A game as served to the browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServedPage {
    game: String,
    policy: String,
    /// The key under which the shell page stores the game's storage.
    key: String,
    title: String,
    note: String,
    pointing: Pointing,
}

/// The headers of a response, as names and values.
pub(super) type HeaderList = Vec<(&'static str, String)>;

/// The minified form of `assets/frame/bridge.js`, `assets/play/player.js` and `point.js`.
const SCRIPT: &str = include_str!("../../assets/minified/player.js");
const STYLE: &str = include_str!("../../assets/play/player.css");
const FRAME_STYLE: &str = include_str!("../../assets/frame/frame.css");

/// The minified form of `assets/play/describe.js`, which runs in the game where the user may point.
const DESCRIBE_SCRIPT: &str = include_str!("../../assets/minified/describe.js");

/// What the user points with: a button, and the sheet that takes the click.
const POINTING: &str = "<button id=\"point\" type=\"button\" \
    title=\"Click on something in the game: the prompt in codeagent then names it\">Point at…</button>\n\
    <div id=\"sheet\" tabindex=\"-1\" hidden></div>\n";

/// Whether the user may point at something in the game, to have it in the next prompt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pointing {
    /// A prompt waits for it.
    Offered,
    /// The game is played alone.
    Absent,
}

impl ServedPage {
    /// Prepares a game. `note` is shown when it replaces another one: "version 12.4".
    pub fn new(game: &Vetted, note: impl Into<String>, pointing: Pointing) -> Self {
        let (html, policy) = match pointing {
            Pointing::Offered => game.with_first_script(DESCRIBE_SCRIPT),
            Pointing::Absent => (game.html().to_owned(), game.policy().to_owned()),
        };
        let title = match game.title().headline(80) {
            title if title.is_empty() => "A game".to_owned(),
            title => title,
        };
        Self {
            game: html,
            policy,
            key: game.storage_key().as_str().to_owned(),
            title,
            note: note.into(),
            pointing,
        }
    }

    /// The shell page's HTML, for version `number` of the page on show.
    pub(super) fn shell_page(&self, number: u64) -> String {
        let title = escape_html(&self.title);
        let pointing = match self.pointing {
            Pointing::Offered => POINTING,
            Pointing::Absent => "",
        };
        format!(
            "<!DOCTYPE html>\n<html lang=\"en\" data-game=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <title>{title}</title>\n<style>{FRAME_STYLE}</style>\n<style>{STYLE}</style>\n</head>\n\
             <body data-number=\"{number}\">\n\
             {}<div id=\"left\" role=\"alert\" hidden></div>\n\
             {pointing}<p id=\"note\" role=\"status\"> <img id=\"picture\" alt=\"\" hidden></p>\n\
             <script>{SCRIPT}</script>\n</body>\n</html>\n",
            self.key,
            game_frame(&title)
        )
    }

    /// The game's page.
    pub(super) fn game(&self) -> &str {
        &self.game
    }

    /// The event that announces version `number`.
    pub(super) fn version_event(&self, number: u64) -> String {
        let version = json!({"number": number, "note": self.note, "title": self.title});
        format!("event: version\ndata: {version}\n\n")
    }

    /// The headers of the game's page.
    pub(super) fn game_headers(&self) -> HeaderList {
        let policy = &self.policy;
        // Two policies, as in the page, separated by a comma.
        let policy = format!("sandbox {SANDBOX}; {policy}; frame-ancestors 'self', {OWN_ONLY}");
        build_headers("text/html; charset=utf-8", &policy, "SAMEORIGIN")
    }
}

/// The headers of the page around the game.
pub(super) fn shell_headers() -> HeaderList {
    let (script, styles) = (csp_hash(SCRIPT), [FRAME_STYLE, STYLE].map(csp_hash).join(" "));
    let policy = format!(
        "default-src 'none'; script-src {script}; style-src {styles}; frame-src 'self'; \
         connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none', {OWN_ONLY}"
    );
    build_headers("text/html; charset=utf-8", &policy, "DENY")
}

/// The headers of the stream that announces new versions.
pub(super) fn events_headers() -> HeaderList {
    build_headers("text/event-stream", CLOSED_POLICY, "DENY")
}

/// The headers of a response without a body, or of plain text.
pub(super) fn plain_headers() -> HeaderList {
    build_headers("text/plain; charset=utf-8", CLOSED_POLICY, "DENY")
}

/// The features that a game may use. The frame's origin is opaque, so `self` would not match it.
const ALLOWED_FEATURES: [&str; 6] = [
    "autoplay",
    "clipboard-write",
    "fullscreen",
    "gamepad",
    "screen-wake-lock",
    "xr-spatial-tracking",
];

/// The features that no game needs, of those that Chromium 156 knows: it logs an error for any
/// other name. An older version logs the names that it does not know yet, and denies the rest.
const DENIED_FEATURES: [&str; 47] = [
    "accelerometer",
    "browsing-topics",
    "camera",
    "captured-surface-control",
    "ch-ua-high-entropy-values",
    "clipboard-read",
    "compute-pressure",
    "cross-origin-isolated",
    "deferred-fetch",
    "deferred-fetch-minimal",
    "digital-credentials-create",
    "digital-credentials-get",
    "display-capture",
    "encrypted-media",
    "geolocation",
    "gyroscope",
    "hid",
    "identity-credentials-get",
    "idle-detection",
    "interest-cohort",
    "keyboard-map",
    "language-detector",
    "language-model",
    "local-fonts",
    "local-network",
    "local-network-access",
    "loopback-network",
    "magnetometer",
    "microphone",
    "midi",
    "on-device-speech-recognition",
    "otp-credentials",
    "payment",
    "picture-in-picture",
    "private-state-token-issuance",
    "private-state-token-redemption",
    "publickey-credentials-create",
    "publickey-credentials-get",
    "serial",
    "speaker-selection",
    "storage-access",
    "summarizer",
    "sync-xhr",
    "translator",
    "unload",
    "usb",
    "window-management",
];

fn permissions_policy() -> String {
    let granted = ALLOWED_FEATURES.iter().map(|name| format!("{name}=*"));
    let denied = DENIED_FEATURES.iter().map(|name| format!("{name}=()"));
    granted.chain(denied).collect::<Vec<_>>().join(", ")
}

/// The policy of responses that are not pages.
const CLOSED_POLICY: &str = "default-src 'none'; frame-ancestors 'none'; sandbox";

fn build_headers(kind: &str, policy: &str, framing: &str) -> HeaderList {
    let permissions = permissions_policy();
    let pairs = [
        ("content-type", kind),
        ("content-security-policy", policy),
        ("x-frame-options", framing),
        ("referrer-policy", "no-referrer"),
        ("x-content-type-options", "nosniff"),
        ("cache-control", "no-store"),
        ("cross-origin-resource-policy", "same-origin"),
        ("cross-origin-opener-policy", "same-origin"),
        ("connection-allowlist", "(response-origin)"),
        ("permissions-policy", permissions.as_str()),
        ("x-dns-prefetch-control", "off"),
    ];
    pairs.into_iter().map(|(name, value)| (name, value.to_owned())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::game::{HtmlSource, vet};

    fn game(title: &str) -> Vetted {
        let page = format!(
            "<!DOCTYPE html><html><head><title>{title}</title></head><body><canvas></canvas>\
             <script>localStorage.best = 1</script></body></html>"
        );
        vet(HtmlSource::new(page)).unwrap()
    }

    fn showing(title: &str) -> ServedPage {
        ServedPage::new(&game(title), "version 1.2\n\ndata: evil", Pointing::Offered)
    }

    fn value<'h>(head: &'h HeaderList, name: &str) -> &'h str {
        head.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str()).unwrap()
    }

    #[test]
    fn a_title_stays_text_in_the_page_around() {
        let page = showing("&lt;script&gt;alert(1)&lt;/script&gt;&quot;").shell_page(3);
        assert!(page.contains("<title>&lt;script>alert(1)&lt;/script>&quot;</title>"), "{page}");
        assert_eq!(page.matches("<script>").count(), 1);
        assert!(page.contains("<body data-number=\"3\">"));
    }

    #[test]
    fn an_event_is_one_event_whatever_it_says() {
        let event = showing("T").version_event(2);
        assert_eq!(event.matches("\n\n").count(), 1, "{event}");
        assert!(event.ends_with("\n\n") && event.contains(r#""number":2"#), "{event}");
    }

    #[test]
    fn a_game_is_in_a_sandbox_also_where_it_is_opened_alone() {
        let showing = showing("T");
        let head = showing.game_headers();
        let policy = value(&head, "content-security-policy");
        assert!(policy.starts_with(&format!("sandbox {SANDBOX}; default-src 'none'")));
        assert!(policy.ends_with("frame-ancestors 'self', script-src 'unsafe-inline'"), "{policy}");
        // The policy knows the guard, or the browser would not run it.
        assert!(showing.game().contains(&showing.policy));
    }

    #[test]
    fn only_a_game_that_is_pointed_at_describes_itself() {
        let pointed = showing("T");
        let hash = csp_hash(&format!("\n{DESCRIBE_SCRIPT}"));
        assert!(pointed.policy.contains(&hash) && pointed.game().contains(DESCRIBE_SCRIPT));
        assert!(pointed.shell_page(1).contains("id=\"point\""));
        let game = game("T");
        let alone = ServedPage::new(&game, "version 1.2", Pointing::Absent);
        assert_eq!((alone.game(), alone.policy.as_str()), (game.html(), game.policy()));
        assert!(!alone.shell_page(1).contains("id=\"point\""));
    }

    #[test]
    fn the_page_around_runs_its_own_script_and_nothing_else() {
        let head = shell_headers();
        let policy = value(&head, "content-security-policy");
        assert!(policy.contains(&csp_hash(SCRIPT)) && policy.contains(&csp_hash(STYLE)));
        let (policy, second) = policy.split_once(", ").unwrap();
        assert!(!policy.contains("unsafe") && second == OWN_ONLY, "{policy}");
        assert!(!SCRIPT.contains("</script") && !STYLE.contains("</style"));
    }
}
