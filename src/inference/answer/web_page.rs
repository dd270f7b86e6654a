//! Pages where an answer should be: a firewall, a proxy, a network's login.
//!
//! Model servers refuse in JSON or in a line of text. A page, or the marks that a proxy leaves in
//! the head, tell that somebody between answered, and that says nothing about tokens and models.

use serde_json::Value;

use super::ResponseHead;
use crate::secret::redact;
use crate::untrusted::Untrusted;

/// A page without a title.
const UNTITLED_PAGE: &str = "a web page";

/// What a web page says of itself, and who sent it: “Just a moment...” from cloudflare. Nothing
/// where the text is no page.
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

/// What blocked the way, where somebody between refused and not the server: a page with a status
/// of refusal, a proxy that wants to know who asks, Cloudflare's line of text.
///
/// A page with 401, 402, 410, 413 or 429 may well be the server's own gateway, whose status says
/// what is wrong; and with 5xx a proxy tells of a server that fails.
pub(super) fn describe_block(head: &ResponseHead, json: &Value, body: &str) -> Option<String> {
    let is_refusal = matches!(head.status, 300..=499)
        && !matches!(head.status, 401 | 402 | 408 | 410 | 413 | 425 | 429);
    let wants_login = head.status == 401 && is_login_challenge(head);
    // Without JSON it is not the server behind Cloudflare that spoke.
    let is_edge = json.is_null() && head.header("cf-ray").is_some() && head.status == 403;
    let page = describe_web_page(head, body).filter(|_| is_refusal || wants_login);
    if page.is_none() && !is_edge && head.status != 407 {
        return None;
    }
    let line = || {
        let text = Untrusted::new(redact(body)).headline(120);
        if text.is_empty() || !json.is_null() { String::new() } else { format!("“{text}”") }
    };
    // That it is a page says nothing that the cause does not.
    let message =
        page.map_or_else(line, |page| if page == UNTITLED_PAGE { String::new() } else { page });
    let parts = [
        message,
        describe_redirect(head).unwrap_or_default(),
        describe_proxy_login(head).unwrap_or_default(),
    ];
    Some(parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", "))
}

/// Where a redirect leads, without what follows the path: it may hold somebody's key.
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
    Some(format!("it leads to {}", Untrusted::new(redact(&to)).headline(120)))
}

fn describe_proxy_login(head: &ResponseHead) -> Option<String> {
    (head.status == 407).then(|| "the proxy wants a user and a password".to_owned())
}

/// Whether a browser would ask for a user and a password: model servers want a bearer token.
fn is_login_challenge(head: &ResponseHead) -> bool {
    let scheme = head.header("www-authenticate").unwrap_or_default().to_ascii_lowercase();
    ["basic", "negotiate", "ntlm", "digest"].iter().any(|name| scheme.starts_with(name))
}

fn title(page: &str) -> Option<String> {
    // Only the begin of a page is looked at; a title stands in its head.
    let begin: String = page.chars().take(4_000).collect();
    let lower = begin.to_ascii_lowercase();
    let open = lower.find("<title")?;
    let from = open + lower.get(open..)?.find('>')? + 1;
    let to = from + lower.get(from..)?.find("</title")?;
    let title = Untrusted::new(redact(begin.get(from..to)?)).headline(80);
    Some(title).filter(|title| !title.is_empty())
}
