//! Reads processes from Linux's `/proc`.

use std::path::PathBuf;

/// One process, from its `stat` file.
pub(super) struct ProcStat {
    pub pid: i32,
    pub name: String,
    pub is_zombie: bool,
    pub parent: i32,
    pub group: i32,
    /// Its directory in `/proc`.
    pub proc_dir: PathBuf,
}

/// All current processes.
pub(super) fn list_processes() -> impl Iterator<Item = ProcStat> {
    let all = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    all.filter_map(|entry| {
        let pid = entry.file_name().to_str()?.parse().ok()?;
        read_stat(pid, entry.path())
    })
}

fn read_stat(pid: i32, folder: PathBuf) -> Option<ProcStat> {
    let stat = std::fs::read_to_string(folder.join("stat")).ok()?;
    // The name may contain blanks and brackets; state, parent and group follow the last bracket.
    let (name, rest) = stat.rsplit_once(')')?;
    let mut words = rest.split_ascii_whitespace();
    Some(ProcStat {
        pid,
        name: name.split_once('(')?.1.to_owned(),
        is_zombie: words.next()? == "Z",
        parent: words.next()?.parse().ok()?,
        group: words.next()?.parse().ok()?,
        proc_dir: folder,
    })
}
