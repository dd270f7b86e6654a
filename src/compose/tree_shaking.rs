//! Removes from a script what its game does not use.
//!
//! The parts in `assets/composer` serve every game, and a page with all of them would be too long
//! to read. So a line that ends in `//? powers` is included only in games with powers, and then
//! unreferenced functions, constants and variables are removed. The rest is unchanged: nothing is
//! renamed, joined or minified.

use std::collections::HashSet;

const FEATURE_MARK: &str = "//? ";

/// Selects the lines for a game with these features and removes their marks.
///
/// `//? foes steal` requires both features, `//? !powers` a game without powers.
pub(super) fn select_features(script: &str, features: &[&str]) -> String {
    let has = |feature: &str| match feature.strip_prefix('!') {
        Some(absent) => !features.contains(&absent),
        None => features.contains(&feature),
    };
    let keep = |line: &str| match line.split_once(FEATURE_MARK) {
        Some((code, features_needed)) if features_needed.split_whitespace().all(has) => {
            Some(format!("{}\n", code.trim_end()))
        }
        Some(_) => None,
        None => Some(line.to_owned()),
    };
    script.split_inclusive('\n').filter_map(keep).collect()
}

/// Removes the statements that are not needed.
///
/// Statements that declare nothing have effects and stay, with everything that they mention. Words
/// in strings count as references: better one function too many.
pub(super) fn remove_unused(script: &str) -> String {
    let pieces = split_statements(script);
    let mut kept: Vec<bool> = pieces.iter().map(ScriptStatement::is_root).collect();
    let mut wanted = HashSet::new();
    let roots = pieces.iter().filter(|piece| piece.is_root());
    roots.for_each(|piece| wanted.extend(identifiers(&piece.text)));
    loop {
        let mut is_done = true;
        for (piece, kept) in pieces.iter().zip(&mut kept) {
            if !*kept && piece.names.iter().any(|name| wanted.contains(name.as_str())) {
                (*kept, is_done) = (true, false);
                wanted.extend(identifiers(&piece.text));
            }
        }
        if is_done {
            return join_statements(&pieces, &kept);
        }
    }
}

/// A statement with the comment above it, or a heading comment over several.
#[derive(Debug, Default)]
struct ScriptStatement {
    text: String,
    names: Vec<String>,
    is_heading: bool,
}

impl ScriptStatement {
    fn is_root(&self) -> bool {
        self.names.is_empty() && !self.is_heading
    }
}

/// Splits a script: statements start at the left edge; indented lines belong to the one above.
fn split_statements(script: &str) -> Vec<ScriptStatement> {
    let mut pieces: Vec<ScriptStatement> = Vec::new();
    let mut comment = String::new();
    for line in script.split_inclusive('\n') {
        let is_inside = comment.starts_with("/*") && !comment.contains("*/");
        if is_inside || line.starts_with("//") || line.starts_with("/*") {
            comment.push_str(line);
        } else if line.trim().is_empty() && !comment.is_empty() {
            comment.push('\n');
            let text = std::mem::take(&mut comment);
            pieces.push(ScriptStatement { text, is_heading: true, names: Vec::new() });
        } else if line.starts_with([' ', '}', ']', ')', '\n']) {
            pieces.iter_mut().last().into_iter().for_each(|last| last.text.push_str(line));
        } else {
            let text = std::mem::take(&mut comment) + line;
            pieces.push(ScriptStatement { text, names: declared_names(line), is_heading: false });
        }
    }
    pieces
}

/// The names that a statement declares.
fn declared_names(line: &str) -> Vec<String> {
    let name = |text: &str| {
        let text = text.trim_start();
        let end = text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len());
        text.get(..end).unwrap_or_default().to_owned()
    };
    if let Some(rest) = line.strip_prefix("let ") {
        let list = rest.split(';').next().unwrap_or_default();
        return list.split(',').map(name).collect();
    }
    let declaration = ["function ", "const "].iter().find_map(|word| line.strip_prefix(word));
    declaration.map(name).into_iter().collect()
}

/// All identifiers of the code, without comments.
fn identifiers(text: &str) -> impl Iterator<Item = &str> {
    let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    let code = code.map(|line| line.split("  //").next().unwrap_or_default());
    code.flat_map(|line| line.split(|c: char| !c.is_alphanumeric() && c != '_'))
}

/// Joins the kept statements, with the headings that still have statements below them.
fn join_statements(pieces: &[ScriptStatement], kept: &[bool]) -> String {
    let mut script = String::new();
    let mut heading = None;
    for (piece, kept) in pieces.iter().zip(kept) {
        if piece.is_heading {
            heading = Some(&piece.text);
        } else if *kept {
            if let Some(heading) = heading.take() {
                end_paragraph(&mut script);
                script.push_str(heading);
            }
            script.push_str(&piece.text);
        } else if piece.text.ends_with("\n\n") {
            // Keeps the blank line after a paragraph whose last statement was removed.
            end_paragraph(&mut script);
        }
    }
    script
}

fn end_paragraph(script: &mut String) {
    if !script.is_empty() && !script.ends_with("\n\n") {
        script.push('\n');
    }
}

/// The names of everything that a page declares.
#[cfg(test)]
pub(super) fn all_declared(page: &str) -> Vec<String> {
    split_statements(page).into_iter().flat_map(|piece| piece.names).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_marked_line_comes_only_to_games_that_have_the_feature() {
        let script = "a();\nb();  //? powers\n  c();  //? !powers\nd(); //? foes steal\n";
        assert_eq!(select_features(script, &["powers", "foes"]), "a();\nb();\n");
        assert_eq!(select_features(script, &["steal", "foes"]), "a();\n  c();\nd();\n");
    }

    #[test]
    fn what_nothing_mentions_is_left_out_with_its_comment() {
        let script = "/* ---- One ---- */\n\nlet a, b = 2;\n// Never called.\nfunction lost() {\n  a();\n\n  other();\n}\n\n\
                      /* ---- Two ----\n   and more */\n\nconst gone = lost();  // begin\nfunction begin() {\n  b += 1;\n}\nbegin();\n";
        assert_eq!(
            remove_unused(script),
            "/* ---- One ---- */\n\nlet a, b = 2;\n\n/* ---- Two ----\n   and more */\n\nfunction begin() {\n  b += 1;\n}\nbegin();\n"
        );
    }
}
