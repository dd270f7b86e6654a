//! Determines where a URL leads, as a browser reads it.

/// Where a URL leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UrlTarget {
    /// A place in the document, or nowhere.
    Inside,
    /// Data in the URL itself, with its MIME type.
    Data(String),
    /// An object created by a script.
    Blob,
    /// Code: `javascript:`, `vbscript:`, with what comes after the colon.
    Code(String),
    /// Another host, or an address with a scheme that leaves the page.
    Remote,
    /// A file next to the page.
    Relative,
}

/// Classifies a URL; white space and control characters do not hide its scheme.
pub fn url_target(url: &str) -> UrlTarget {
    let trimmed = url.trim_matches(|c: char| c <= ' ');
    let url: String = trimmed.chars().filter(|c| !matches!(c, '\t' | '\n' | '\r')).collect();
    if url.is_empty() || url.starts_with('#') {
        return UrlTarget::Inside;
    }
    if let Some((scheme, rest)) = scheme(&url) {
        return of_scheme(&scheme, rest);
    }
    let starts_host = url.bytes().take(2).filter(|byte| matches!(byte, b'/' | b'\\')).count() == 2;
    if starts_host { UrlTarget::Remote } else { UrlTarget::Relative }
}

fn scheme(url: &str) -> Option<(String, &str)> {
    let (scheme, rest) = url.split_once(':')?;
    let mut chars = scheme.bytes();
    let first = chars.next().is_some_and(|byte| byte.is_ascii_alphabetic());
    let others = chars.all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'));
    (first && others).then(|| (scheme.to_ascii_lowercase(), rest))
}

fn of_scheme(scheme: &str, rest: &str) -> UrlTarget {
    match scheme {
        "javascript" | "vbscript" | "livescript" => UrlTarget::Code(rest.to_owned()),
        "data" => {
            let end = rest.find([',', ';']).unwrap_or(rest.len());
            UrlTarget::Data(rest.get(..end).unwrap_or_default().trim().to_ascii_lowercase())
        }
        "blob" => UrlTarget::Blob,
        "about" => UrlTarget::Inside,
        _ => UrlTarget::Remote,
    }
}

/// The host of a remote URL, in lower case.
pub fn url_host(url: &str) -> String {
    let rest = url.trim().split_once("//").map_or("", |(_, rest)| rest);
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    rest.get(..end).unwrap_or_default().to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scheme_is_seen_through_its_disguises() {
        let code = |rest: &str| UrlTarget::Code(rest.to_owned());
        assert_eq!(url_target(" \u{1}JaVa\tScript:x()"), code("x()"));
        assert_eq!(url_target("//evil.example/x"), UrlTarget::Remote);
        assert_eq!(url_target("\\\\evil.example"), UrlTarget::Remote);
        assert_eq!(url_target("data:text/html;base64,x"), UrlTarget::Data("text/html".to_owned()));
        assert_eq!(url_target("img/ghost.png"), UrlTarget::Relative);
        assert_eq!(url_target("#top"), UrlTarget::Inside);
        assert_eq!(url_host("https://Fonts.Example/css?x"), "fonts.example");
    }
}
