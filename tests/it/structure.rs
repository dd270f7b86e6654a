//! The shape of the house in numbers: names, sizes, cycles, and what documents itself.
//!
//! `cargo test --test it structure -- --nocapture` prints the table. `CODEAGENT_TREE` names another
//! checkout to measure, such as an older commit; only this one is held to the limits.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use syn::spanned::Spanned;
use syn::visit::{self, Visit};

use crate::tidy::{File, files_of};

/// More fields than this are a sign of two types in one.
const MAX_FIELDS: usize = 12;
const MAX_VARIANTS: usize = 20;
/// In all `impl` blocks of a type together, tests aside.
const MAX_METHODS: usize = 30;

/// A list that grows with what the program can do: its length is no sign of two types in one.
const GROWS: usize = usize::MAX;

/// Types over a limit: what of, how many at most, and why. The numbers only get smaller.
const ALLOWED: [(&str, &str, usize, &str); 19] = [
    (
        "Action",
        "variants",
        GROWS,
        "one for each thing a user can do: keys, lines and tests share the list",
    ),
    ("BrowserTab", "methods", 44, "one for each message to the page; in files by subject"),
    ("ExportedVersion", "fields", GROWS, "the columns of an exported version, by name"),
    ("Job", "methods", 110, "one for each event and each step; in files by step"),
    ("JobOptions", "fields", GROWS, "one for each option"),
    ("JobProgress", "variants", GROWS, "the events of `--jsonl`, by name"),
    ("Library", "methods", GROWS, "one for each query"),
    ("PlayTestRun", "fields", 15, "what each check has found so far; later checks read it"),
    ("PlayTestRun", "methods", 42, "the steps of one play-test; in files by stage"),
    ("ReplyStream", "fields", 14, "the state of one stream"),
    ("ScriptTree", "fields", 18, "the parsed script and one lazily filled table for each analysis"),
    ("ScriptTree", "methods", 129, "one for each query of a rule; in files by subject"),
    ("Session", "fields", 18, "the jobs, the prompts, the library, the dialogs: a struct each"),
    ("Session", "methods", 107, "one for each action; in files by subject"),
    ("ThemeColors", "fields", GROWS, "one for each key of a theme file, which users write"),
    ("Tokenizer", "methods", 34, "one for each state of the HTML standard"),
    ("UiCommand", "variants", GROWS, "one for each command of the key table"),
    (
        "UiState",
        "methods",
        51,
        "one for each kind of event and for each part of a frame; in files by subject",
    ),
    ("ValueAnalysis", "methods", 62, "one for each form of an expression; in files by subject"),
];

/// Files of a room that import each other, by the first of each group. The list only gets shorter.
const CYCLES: [(&str, usize); 0] = [];

/// Twins for platforms and features: of each pair one is compiled.
const TWINS: [&str; 5] =
    ["EncodedImage", "InputThread", "JobControlSignals", "PlayServer", "Signals"];

/// What is known of the sources of one tree.
#[derive(Default)]
struct Structure {
    /// The files that define each type.
    types: BTreeMap<String, Vec<String>>,
    fields: BTreeMap<String, usize>,
    variants: BTreeMap<String, usize>,
    methods: BTreeMap<String, usize>,
    /// Lines of each function's body, signature included.
    function_lines: Vec<(usize, String)>,
    /// Public functions that return a `Result`, and whether a doc section says how they fail.
    fallible: Vec<(String, bool)>,
    lines: usize,
    comment_lines: usize,
    /// Within each room: the files that each file names.
    imports: BTreeMap<String, BTreeSet<String>>,
    file: String,
    of: Option<String>,
}

fn is_test(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("cfg")
            && attribute.parse_args::<syn::Path>().is_ok_and(|path| path.is_ident("test"))
            || attribute.path().is_ident("test")
    })
}

fn says_errors(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|attribute| match &attribute.meta { syn::Meta::NameValue(pair) if pair.path.is_ident("doc") => { matches!(&pair.value, syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) if text.value().trim() == "# Errors") } _ => false, })
}

fn returns_result(signature: &syn::Signature) -> bool {
    let syn::ReturnType::Type(_, of) = &signature.output else { return false };
    let syn::Type::Path(path) = &**of else { return false };
    path.path.segments.last().is_some_and(|last| last.ident == "Result")
}

impl Structure {
    fn define(&mut self, name: &syn::Ident) {
        self.types.entry(name.to_string()).or_default().push(self.file.clone());
    }

    fn function(
        &mut self,
        span: proc_macro2::Span,
        signature: &syn::Signature,
        visibility: Option<&syn::Visibility>,
        attributes: &[syn::Attribute],
    ) {
        let first = signature.span().start().line;
        self.function_lines
            .push((span.end().line + 1 - first, format!("{}: {}", self.file, signature.ident)));
        let is_public = matches!(visibility, Some(syn::Visibility::Public(_)));
        if is_public && returns_result(signature) {
            let name = format!("{}: {}", self.file, signature.ident);
            self.fallible.push((name, says_errors(attributes)));
        }
    }
}

impl<'s> Visit<'s> for Structure {
    fn visit_item_mod(&mut self, item: &'s syn::ItemMod) {
        if !is_test(&item.attrs) {
            visit::visit_item_mod(self, item);
        }
    }

    fn visit_item_struct(&mut self, item: &'s syn::ItemStruct) {
        self.define(&item.ident);
        self.fields.insert(item.ident.to_string(), item.fields.len());
        visit::visit_item_struct(self, item);
    }

    fn visit_item_enum(&mut self, item: &'s syn::ItemEnum) {
        self.define(&item.ident);
        self.variants.insert(item.ident.to_string(), item.variants.len());
        visit::visit_item_enum(self, item);
    }

    fn visit_item_trait(&mut self, item: &'s syn::ItemTrait) {
        self.define(&item.ident);
        visit::visit_item_trait(self, item);
    }

    fn visit_item_type(&mut self, item: &'s syn::ItemType) {
        self.define(&item.ident);
        visit::visit_item_type(self, item);
    }

    fn visit_item_impl(&mut self, item: &'s syn::ItemImpl) {
        let of = match &*item.self_ty {
            syn::Type::Path(path) => path.path.segments.last().map(|it| it.ident.to_string()),
            _ => None,
        };
        // What a trait asks for is no choice of the type's.
        let before = std::mem::replace(&mut self.of, of.filter(|_| item.trait_.is_none()));
        if !is_test(&item.attrs) {
            visit::visit_item_impl(self, item);
        }
        self.of = before;
    }

    fn visit_impl_item_fn(&mut self, item: &'s syn::ImplItemFn) {
        if is_test(&item.attrs) {
            return;
        }
        if let Some(of) = &self.of {
            *self.methods.entry(of.clone()).or_default() += 1;
        }
        self.function(item.span(), &item.sig, Some(&item.vis), &item.attrs);
        visit::visit_impl_item_fn(self, item);
    }

    fn visit_item_fn(&mut self, item: &'s syn::ItemFn) {
        if !is_test(&item.attrs) {
            self.function(item.span(), &item.sig, Some(&item.vis), &item.attrs);
            visit::visit_item_fn(self, item);
        }
    }
}

fn measure(root: &Path) -> Structure {
    let mut sources: Vec<_> = files_of(root).into_iter().filter(|file| !file.is_test()).collect();
    sources.sort_by(|a, b| a.name.cmp(&b.name));
    let names: BTreeSet<_> = sources.iter().map(|file| file.name.clone()).collect();
    let mut structure = Structure::default();
    for File { name, text } in &sources {
        structure.file.clone_from(name);
        let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
        structure.lines += code.lines().filter(|line| !line.trim().is_empty()).count();
        structure.comment_lines +=
            code.lines().filter(|line| line.trim_start().starts_with("//")).count();
        let imports = imported_files(name, code, &names);
        structure.imports.insert(name.clone(), imports);
        structure.visit_file(&syn::parse_file(text).unwrap());
    }
    structure
}

/// The file of a module path below the room, if there is one: `app`, `job`, `listen`.
fn file_of(path: &[&str], names: &BTreeSet<String>) -> Option<String> {
    (1..=path.len()).rev().find_map(|length| {
        let path = path.get(..length)?.join("/");
        [format!("{path}.rs"), format!("{path}/mod.rs")].into_iter().find(|it| names.contains(it))
    })
}

/// The files of the same room that `use` lines name. A parent that declares its children, and
/// children that name their parent, are one module in two files and no cycle.
fn imported_files(name: &str, code: &str, names: &BTreeSet<String>) -> BTreeSet<String> {
    let stem = name.trim_end_matches(".rs").trim_end_matches("/mod");
    let own: Vec<_> = stem.split('/').collect();
    let room = own[0];
    let mut found = BTreeSet::new();
    for line in code.lines().filter(|line| line.starts_with("use ")) {
        let words: Vec<_> = line["use ".len()..]
            .split(['{', ';', ' '])
            .next()
            .unwrap_or_default()
            .split("::")
            .filter(|word| !word.is_empty())
            .collect();
        let path: Vec<_> = match words.first().copied() {
            Some("crate") => words[1..].to_vec(),
            Some("super") => {
                let ups = words.iter().take_while(|word| **word == "super").count();
                let up = &own[..own.len().saturating_sub(ups)];
                [up, &words[ups..]].concat()
            }
            _ => continue,
        };
        let Some(file) = file_of(&path, names) else { continue };
        let target = file.trim_end_matches(".rs").trim_end_matches("/mod");
        let is_family = stem.starts_with(&format!("{target}/"))
            || target.starts_with(&format!("{stem}/"))
            || target == room;
        if file.starts_with(room) && file != name && !is_family {
            found.insert(file);
        }
    }
    found
}

/// Files that import each other, directly or around corners.
fn cycles(imports: &BTreeMap<String, BTreeSet<String>>) -> Vec<Vec<String>> {
    let reach = |from: &str| {
        let (mut seen, mut open) = (BTreeSet::new(), vec![from.to_owned()]);
        while let Some(file) = open.pop() {
            let next = imports.get(&file).into_iter().flatten().cloned();
            open.extend(next.filter(|next| seen.insert(next.clone())));
        }
        seen
    };
    let reached: BTreeMap<_, _> = imports.keys().map(|file| (file.clone(), reach(file))).collect();
    let mut groups: BTreeSet<Vec<String>> = BTreeSet::new();
    for (file, there) in &reached {
        if there.contains(file) {
            let back = |other: &&String| reached.get(*other).is_some_and(|it| it.contains(file));
            groups.insert(there.iter().filter(back).cloned().collect());
        }
    }
    groups.into_iter().collect()
}

fn is_one_word(name: &str) -> bool {
    name.chars().skip(1).all(|letter| !letter.is_uppercase())
}

#[test]
fn the_structure_in_numbers() {
    let here = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let root = std::env::var_os("CODEAGENT_TREE").map_or(here, PathBuf::from);
    let mut it = measure(&root);
    it.function_lines.sort();
    let total = it.types.values().map(Vec::len).sum::<usize>();
    let one_word = it.types.keys().filter(|name| is_one_word(name)).count();
    let shared: usize = it.types.values().filter(|files| files.len() > 1).map(Vec::len).sum();
    let p99 = it.function_lines[it.function_lines.len() * 99 / 100].0;
    let longest = it.function_lines.last().unwrap();
    let said = it.fallible.iter().filter(|(_, says)| *says).count();
    let most = |counts: &BTreeMap<String, usize>| {
        counts
            .iter()
            .max_by_key(|(_, count)| **count)
            .map(|(name, count)| format!("{count} ({name})"))
            .unwrap()
    };
    println!("types                           {total}");
    println!("  with a name of one word       {} %", one_word * 100 / it.types.len());
    println!("  that share their name         {shared}");
    println!("most fields of a struct         {}", most(&it.fields));
    println!("most variants of an enum        {}", most(&it.variants));
    println!("most methods of a type          {}", most(&it.methods));
    println!("import cycles inside rooms      {}", cycles(&it.imports).len());
    println!("function lines, p99 and longest {p99}, {} ({})", longest.0, longest.1);
    println!(
        "comments                        {} % of {} lines",
        it.comment_lines * 100 / it.lines,
        it.lines
    );
    println!("public fallible functions that say how they fail  {said} of {}", it.fallible.len());
    assert!(total > 100, "the house was not found");
}

#[test]
fn no_type_name_stands_for_two() {
    let structure = measure(Path::new(env!("CARGO_MANIFEST_DIR")));
    let twice = structure
        .types
        .iter()
        .filter(|(name, files)| files.len() > 1 && !TWINS.contains(&name.as_str()));
    assert_eq!(twice.collect::<Vec<_>>(), []);
}

#[test]
fn no_type_has_too_much_in_it() {
    let structure = measure(Path::new(env!("CARGO_MANIFEST_DIR")));
    let limits = [
        (&structure.fields, MAX_FIELDS, "fields"),
        (&structure.variants, MAX_VARIANTS, "variants"),
        (&structure.methods, MAX_METHODS, "methods"),
    ];
    let over = |(counts, limit, what): (&BTreeMap<String, usize>, usize, &'static str)| {
        let over = counts.iter().filter(|(_, count)| **count > limit);
        over.map(|(name, count)| (name.clone(), what, *count)).collect::<Vec<_>>()
    };
    let found: Vec<_> = limits.into_iter().flat_map(over).collect();
    let allowed: Vec<_> =
        ALLOWED.iter().map(|(name, what, most, _)| ((*name).to_owned(), *what, *most)).collect();
    let grows = |name: &str, what: &str| {
        ALLOWED.iter().any(|row| (row.0, row.1, row.2) == (name, what, GROWS))
    };
    let mut sorted: Vec<_> = found
        .into_iter()
        .map(|(name, what, count)| {
            let count = if grows(&name, what) { GROWS } else { count };
            (name, what, count)
        })
        .collect();
    sorted.sort();
    assert_eq!(
        sorted, allowed,
        "found, and allowed: the list holds what is, and only gets smaller"
    );
}

#[test]
fn no_more_files_of_a_room_import_each_other() {
    let structure = measure(Path::new(env!("CARGO_MANIFEST_DIR")));
    let found = cycles(&structure.imports);
    let found: Vec<_> = found.iter().map(|group| (group[0].as_str(), group.len())).collect();
    assert_eq!(found, CYCLES, "found, and allowed: the list holds what is, and only gets smaller");
}

#[test]
fn every_public_function_says_how_it_fails() {
    let structure = measure(Path::new(env!("CARGO_MANIFEST_DIR")));
    let silent = structure.fallible.iter().filter(|(_, says)| !says);
    assert_eq!(silent.map(|(name, _)| name.as_str()).collect::<Vec<_>>(), [""; 0]);
}
