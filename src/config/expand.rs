//! Expands `~` and `$NAME` in a path as Python's `expandvars(expanduser(path))` does on Unix, with
//! which HuggingFace's tools locate their token.
//!
//! Only for values of the user's own environment. `~name` is not expanded, because that needs the
//! list of users.

/// Expands the user's home and variables; unset variables stay as written.
pub(super) fn expand_path<'e>(
    path: &str,
    home: Option<&str>,
    env: impl Fn(&str) -> Option<&'e str>,
) -> String {
    expand_variables(&expand_user(path, home), env)
}

fn expand_user(path: &str, home: Option<&str>) -> String {
    match (path.strip_prefix('~'), home) {
        (Some(rest), Some(home)) if rest.is_empty() || rest.starts_with('/') => {
            let path = format!("{}{rest}", home.trim_end_matches('/'));
            if path.is_empty() { "/".to_owned() } else { path }
        }
        _ => path.to_owned(),
    }
}

/// Expands variables once: their values are not expanded again.
fn expand_variables<'e>(path: &str, env: impl Fn(&str) -> Option<&'e str>) -> String {
    let mut expanded = String::new();
    let mut rest = path;
    while let Some((before, after)) = rest.split_once('$') {
        expanded.push_str(before);
        let (name, end) = variable_name(after);
        if let Some(value) = env(name).filter(|_| end > 0) {
            expanded.push_str(value);
            rest = after.get(end..).unwrap_or_default();
        } else {
            expanded.push('$');
            rest = after;
        }
    }
    expanded + rest
}

/// The name after a `$`, and the offset behind it; 0 if there is no name.
fn variable_name(after: &str) -> (&str, usize) {
    if let Some(braced) = after.strip_prefix('{') {
        return braced.split_once('}').map_or(("", 0), |(name, _)| (name, name.len() + 2));
    }
    let is_letter = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let end = after.find(|c| !is_letter(c)).unwrap_or(after.len());
    after.split_at_checked(end).map_or(("", 0), |(name, _)| (name, end))
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_path_is_expanded_as_python_does() {
        let env = |name: &str| match name {
            "HOME" => Some("/home/ann"),
            "A" => Some("$HOME"),
            "EMPTY" => Some(""),
            _ => None,
        };
        let cases = [
            ("~", "/home/ann"),
            ("~/hf", "/home/ann/hf"),
            ("$HOME/hf", "/home/ann/hf"),
            ("${HOME}/hf", "/home/ann/hf"),
            ("${HOME}hf$HOME", "/home/annhf/home/ann"),
            ("a/~/b", "a/~/b"),
            ("~bob/hf", "~bob/hf"),
            ("$A/x", "$HOME/x"),
            ("$NONE/${NONE}/$", "$NONE/${NONE}/$"),
            ("$HOME_/${HOME", "$HOME_/${HOME"),
            ("a${}b$EMPTY/c", "a${}b/c"),
            ("$$HOME", "$/home/ann"),
            ("é$HOMEé", "é/home/anné"),
        ];
        for (path, expanded) in cases {
            assert_eq!(super::expand_path(path, Some("/home/ann/"), env), expanded, "{path}");
        }
        assert_eq!(super::expand_path("~/x", None, env), "~/x");
        assert_eq!(super::expand_path("~", Some("/"), env), "/");
    }
}
