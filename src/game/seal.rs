//! Seals a game: a page whose only content is the game in a sandbox.
//!
//! No policy in a page stops it from walking away. A page around it can: what
//! is framed shows only what the frame carries, and reaches no window. The
//! sandbox has no storage, so a stand-in keeps scores while the page is open.

use crate::page::Page;
use crate::rules::Edit;
use crate::rules::edit::Edits;

use super::Vetted;
use super::harden::{harden, policy};

/// What a frame may do that holds a game.
pub const SANDBOX: &str = "allow-scripts allow-pointer-lock";

/// What a frame lets through to its game.
pub const ALLOWED: &str = "autoplay; fullscreen; gamepad";

/// A game made ready for a sandbox: hardened, with a stand-in for the storage that it lacks there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Framed {
    html: String,
    policy: String,
}

impl Framed {
    /// Nothing if the policy of the page could not come first.
    pub fn new(game: &Vetted) -> Option<Self> {
        let inner = prepared(game.source());
        let page = Page::read(&inner);
        let (html, _) = harden(&page)?;
        Some(Self { html, policy: policy(&page) })
    }

    /// The page to put into the frame.
    pub fn html(&self) -> &str {
        &self.html
    }

    /// Its policy, for whoever frames or sends it.
    pub fn policy(&self) -> &str {
        &self.policy
    }
}

/// The game in a frame that it cannot leave, as one file; nothing if its policy could not come first.
pub fn seal(game: &Vetted) -> Option<String> {
    let framed = Framed::new(game)?;
    // The frame takes over the policy around it, so that one has to know the scripts too.
    let (policy, inner) = (framed.policy(), escaped(framed.html()));
    let title = escaped(game.title().raw());
    Some(format!(
        "<!DOCTYPE html>\n<html>\n<head>\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">\n\
         <meta name=\"referrer\" content=\"no-referrer\">\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title}</title>\n<style>html, body, iframe {{ margin: 0; border: 0; width: 100%; \
         height: 100%; display: block; overflow: hidden }}</style>\n</head>\n<body>\n\
         <iframe sandbox=\"{SANDBOX}\" allow=\"{ALLOWED}\" \
         title=\"{title}\" srcdoc=\"{inner}\"></iframe>\n</body>\n</html>\n"
    ))
}

/// Keeps values until the page is closed, where the browser keeps none, and tells the page around
/// that the game is there: a frame whose game has walked away says nothing.
const INNER: &str = "<script>
(function () {
  parent.postMessage('codeagent: game', '*');
  ['localStorage', 'sessionStorage'].forEach(function (name) {
    try { if (window[name]) return } catch (refused) {}
    var kept = new Map(), methods = {
      getItem: function (key) { key = String(key); return kept.has(key) ? kept.get(key) : null },
      setItem: function (key, value) { kept.set(String(key), String(value)) },
      removeItem: function (key) { kept.delete(String(key)) },
      clear: function () { kept.clear() },
      key: function (n) { return Array.from(kept.keys())[n] ?? null }
    };
    var storage = new Proxy(methods, {
      get: function (_, key) {
        if (key === 'length') return kept.size;
        return Object.hasOwn(methods, key) ? methods[key] : kept.get(key);
      },
      set: function (_, key, value) { methods.setItem(key, value); return true },
      has: function (_, key) { return Object.hasOwn(methods, key) || kept.has(key) },
      deleteProperty: function (_, key) { kept.delete(key); return true },
      ownKeys: function () { return Array.from(kept.keys()) },
      getOwnPropertyDescriptor: function (_, key) {
        if (kept.has(key)) return { value: kept.get(key), writable: true, enumerable: true, configurable: true };
      }
    });
    Object.defineProperty(window, name, { value: storage, configurable: true });
  });
})();
</script>
";

fn prepared(source: &str) -> String {
    let mut edits = Edits::default();
    edits.add(&[Edit::insert(Page::read(source).head_start(), INNER)]);
    edits.apply(source)
}

/// Text as the value of an attribute in double quotes, or between tags.
pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;").replace('\r', "&#13;")
}
