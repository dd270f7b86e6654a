//! The versions of a game as a tree of parents and children.

use crate::app::PickerItem;
use crate::app::picker::PickerValue;
use crate::library::{GameEntry, VersionEntry};
use crate::untrusted::Untrusted;

/// The game, and below it its versions where there are several; those that came from the same
/// version are indented below it.
pub(super) fn items(game: &GameEntry, versions: &[VersionEntry]) -> Vec<PickerItem> {
    let Some(current) = versions.iter().find(|entry| entry.id.number == game.head) else {
        return Vec::new();
    };
    let count = versions.len();
    let detail = if count == 1 { "1 version".to_owned() } else { format!("{count} versions") };
    let detail = [Some(detail), current.verdict.clone()].into_iter().flatten();
    let mut items = vec![PickerItem {
        label: game.title.clone(),
        detail: detail.collect::<Vec<_>>().join(" · "),
        value: PickerValue::Version(current.id),
    }];
    if count > 1 {
        let first = versions.iter().filter(|entry| entry.parent.is_none());
        let mut rest: Vec<_> = first.map(|entry| (entry, 1)).collect();
        rest.reverse();
        while let Some((entry, depth)) = rest.pop() {
            items.push(item(entry, depth, game.head));
            rest.extend(children(entry, versions, depth));
        }
    }
    items
}

/// The children of this version, newest first. An only child stays at the same depth.
fn children<'v>(
    parent: &VersionEntry,
    versions: &'v [VersionEntry],
    depth: usize,
) -> Vec<(&'v VersionEntry, usize)> {
    let from =
        |entry: &&VersionEntry| entry.parent == Some(parent.id.number) && entry.id > parent.id;
    let mut children: Vec<_> = versions.iter().filter(from).collect();
    children.sort_by_key(|entry| std::cmp::Reverse(entry.id));
    let deeper = depth + usize::from(children.len() > 1);
    children.into_iter().map(|entry| (entry, deeper)).collect()
}

fn item(version: &VersionEntry, depth: usize, head: u32) -> PickerItem {
    let current = (version.id.number == head).then(|| "current".to_owned());
    let refused = (!version.valid).then(|| "refused".to_owned());
    let detail = [current, version.verdict.clone(), refused].into_iter().flatten();
    let prompt = Untrusted::new(version.provenance.prompt.as_str()).headline(60);
    PickerItem {
        label: format!("{}└ {} {prompt}", "  ".repeat(depth), version.id),
        detail: detail.collect::<Vec<_>>().join(" · "),
        value: PickerValue::Version(version.id),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::library::{GameId, Provenance, UnixMillis, VersionId};

    fn version(number: u32, parent: Option<u32>, prompt: &str) -> VersionEntry {
        VersionEntry {
            id: VersionId { game: GameId(4), number },
            parent,
            provenance: Provenance { prompt: prompt.into(), ..Provenance::default() },
            findings: String::new(),
            valid: true,
            verdict: (number == 3).then(|| "responds".to_owned()),
            bytes: 1,
            sha256: String::new(),
            created: UnixMillis::default(),
        }
    }

    #[test]
    fn remixes_stand_below_what_they_came_from() {
        let versions = [
            version(1, None, "bats"),
            version(2, Some(1), "faster"),
            version(3, Some(2), "more"),
            version(4, Some(1), "slower\u{1b}[2J"),
        ];
        let game = GameEntry {
            id: GameId(4),
            title: "Bats".into(),
            versions: 4,
            head: 3,
            updated: UnixMillis::default(),
            tags: Vec::new(),
        };
        let lines = items(&game, &versions)
            .into_iter()
            .map(|item| format!("{} | {}", item.label, item.detail));
        assert_eq!(
            lines.collect::<Vec<_>>(),
            [
                "Bats | 4 versions · responds",
                "  └ 4.1 bats | ",
                "    └ 4.2 faster | ",
                "    └ 4.3 more | current · responds",
                "    └ 4.4 slower␛[2J | ",
            ]
        );
        assert_eq!(items(&game, &versions[2..3]).len(), 1);
    }
}
