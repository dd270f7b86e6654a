//! Recognises web pages in place of an answer: from a firewall, a proxy or a network's login.
//!
//! Model servers refuse in JSON or in a line of text. A page, or a proxy's headers, show that an
//! intermediary answered; such an answer says nothing about tokens and models.

use serde_json::Value;

use super::ResponseHead;
use crate::secret::redact;
use crate::untrusted::Untrusted;

/// The description of a page without a title.
const UNTITLED_PAGE: &str = "a web page";

/// A page's title and its server, as in `a web page “Just a moment...” from cloudflare`; `None` if
/// the text is not a page.
pub fn describe_web_page(head: &ResponseHead, text: &str) -> Option<String> {
    let text = text.trim_start_matches('\u{feff}').trim_start();
    let begins_with_tag = text.starts_with('<');
    if !begins_with_tag && (!head.is_html() || text.starts_with(['{', '['])) {
        return None;
    }
    let title = match title(text) {
        Some(title) => format!("a web page “{title}”"),
        None => UNTITLED_PAGE.to_owned(),
    };
    Some(match head.header("server") {
        Some(server) => format!("{title} from {}", Untrusted::new(redact(server)).headline(40)),
        None => title,
    })
}

/// Describes the block if an intermediary refused and not the server: a page with a 3xx or 4xx
/// status, a proxy that requires a login, Cloudflare's line of text. `None` if the server itself
/// answered.
///
/// A page with 401, 402, 410, 413 or 429 may come from the server's own gateway, whose status says
/// what is wrong; with 5xx a proxy reports a failing server.
pub(super) fn describe_block(head: &ResponseHead, json: &Value, body: &str) -> Option<String> {
    let is_refusal = matches!(head.status, 300..=499)
        && !matches!(head.status, 401 | 402 | 408 | 410 | 413 | 425 | 429);
    let wants_login = head.status == 401 && is_login_challenge(head);
    // Without JSON the text is Cloudflare's, not the server's behind it.
    let is_edge = json.is_null() && head.header("cf-ray").is_some() && head.status == 403;
    let page = describe_web_page(head, body).filter(|_| is_refusal || wants_login);
    if page.is_none() && !is_edge && head.status != 407 {
        return None;
    }
    let line = || {
        let text = Untrusted::new(redact(body)).headline(120);
        if text.is_empty() || !json.is_null() { String::new() } else { format!("“{text}”") }
    };
    // An untitled page adds nothing to the cause.
    let message =
        page.map_or_else(line, |page| if page == UNTITLED_PAGE { String::new() } else { page });
    let parts = [
        message,
        describe_redirect(head).unwrap_or_default(),
        describe_proxy_login(head).unwrap_or_default(),
    ];
    Some(parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", "))
}

/// The target of a redirect, without query and fragment, which may hold a key.
pub(super) fn describe_redirect(head: &ResponseHead) -> Option<String> {
    let to = head.header("location").filter(|_| (300..400).contains(&head.status))?;
    let to = to.split(['?', '#']).next().unwrap_or_default();
    let to = match to.split_once("://") {
        Some((scheme, rest)) => match rest.rsplit_once('@') {
            Some((_, rest)) => format!("{scheme}://{rest}"),
            None => to.to_owned(),
        },
        None => to.to_owned(),
    };
    Some(format!("it redirects to {}", Untrusted::new(redact(&to)).headline(120)))
}

fn describe_proxy_login(head: &ResponseHead) -> Option<String> {
    (head.status == 407).then(|| "the proxy requires a user name and a password".to_owned())
}

/// Whether a browser would ask for a user and a password: model servers use bearer tokens.
fn is_login_challenge(head: &ResponseHead) -> bool {
    let scheme = head.header("www-authenticate").unwrap_or_default().to_ascii_lowercase();
    ["basic", "negotiate", "ntlm", "digest"].iter().any(|name| scheme.starts_with(name))
}

fn title(page: &str) -> Option<String> {
    // A title is near the start of a page, so only that is searched.
    let begin: String = page.chars().take(4_000).collect();
    let lower = begin.to_ascii_lowercase();
    let open = lower.find("<title")?;
    let from = open + lower.get(open..)?.find('>')? + 1;
    let to = from + lower.get(from..)?.find("</title")?;
    let title = Untrusted::new(redact(begin.get(from..to)?)).headline(80);
    Some(title).filter(|title| !title.is_empty())
}
