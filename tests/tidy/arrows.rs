//! Which part of a folder uses which: arrows between its files, and between the modules of a crate.

use std::collections::{BTreeMap, BTreeSet};

use crate::paths::{Named, Place, named};

/// For each part, the parts that it uses.
pub(crate) type Arrows = BTreeMap<String, BTreeSet<String>>;

/// The name of a folder's own file, `mod.rs` or `lib.rs`, among the parts of the folder.
pub(crate) const OWN: &str = "mod";

/// A file of a crate, by its module path: `["os", "poll"]`, the root's is empty.
pub(crate) struct Module {
    pub(crate) path: Vec<String>,
    pub(crate) names: Vec<Named>,
}

/// `os/poll.rs` and `os/mod.rs` with their tokens, as modules.
pub(crate) fn modules<'a>(files: impl IntoIterator<Item = (&'a str, &'a [String])>) -> Vec<Module> {
    let modules = files.into_iter().map(|(path, tokens)| {
        let path = path.strip_suffix(".rs").expect("a source file");
        let segments = path.split('/').map(str::to_owned);
        Module {
            path: segments.filter(|s| s != "mod" && s != "lib").collect(),
            names: named(tokens),
        }
    });
    modules.collect()
}

/// The folders of a crate: the module paths that have other modules in them.
pub(crate) fn folders(modules: &[Module]) -> BTreeSet<Vec<String>> {
    let paths = modules.iter().filter(|module| !module.path.is_empty());
    paths
        .map(|module| module.path[..module.path.len() - 1].to_vec())
        .collect()
}

/// The arrows between the parts of a folder: its own file, and each file or folder in it.
///
/// A name that the folder's own file re-exports from one of its parts counts as that part's name. A re-export itself is not an
/// arrow; a use of such a name in the folder's own file is.
pub(crate) fn within(folder: &[String], modules: &[Module]) -> Arrows {
    let inside = modules
        .iter()
        .filter(|module| module.path.starts_with(folder));
    let inside: Vec<&Module> = inside.collect();
    let parts: BTreeSet<&str> = inside
        .iter()
        .filter_map(|module| module.path.get(folder.len()).map(String::as_str))
        .collect();
    let folder = Folder {
        path: folder,
        origins: origins(folder, &inside, &parts),
        parts,
    };
    let mut arrows = Arrows::new();
    for module in inside {
        let from = module.path.get(folder.path.len());
        let from = from.map_or(OWN, String::as_str);
        let uses = arrows.entry(from.to_owned()).or_default();
        let targets = module
            .names
            .iter()
            .filter_map(|name| folder.target(module, name));
        uses.extend(targets.filter(|to| to != from));
    }
    arrows
}

struct Folder<'a> {
    path: &'a [String],
    parts: BTreeSet<&'a str>,
    /// Names in the folder's own file that come from elsewhere: from a part, or (`None`) from outside the folder.
    origins: BTreeMap<String, Option<String>>,
}

impl Folder<'_> {
    /// The part of the folder that a path leads to, seen from a module in it.
    fn target(&self, module: &Module, name: &Named) -> Option<String> {
        let is_own = module.path == self.path;
        if is_own && name.place == Place::Export {
            return None;
        }
        let path = match absolute(module, &name.segments, &self.parts, self.path) {
            Some(path) => path,
            // A bare word: in the folder's own file it may be one that it has from a part.
            None if is_own && name.place == Place::Code => {
                return self.origins.get(&name.segments[0])?.clone();
            }
            None => return None,
        };
        let item = path.strip_prefix(self.path)?.first()?;
        match self.origins.get(item) {
            _ if self.parts.contains(item.as_str()) => Some(item.clone()),
            Some(origin) => origin.clone(),
            None => Some(OWN.to_owned()),
        }
    }
}

/// Where the names come from that the folder's own file takes in by `use`.
fn origins(
    folder: &[String],
    inside: &[&Module],
    parts: &BTreeSet<&str>,
) -> BTreeMap<String, Option<String>> {
    let own = inside.iter().find(|module| module.path == folder);
    let taken = own.into_iter().flat_map(|own| {
        let uses = own.names.iter().filter(|name| name.place != Place::Code);
        uses.map(move |name| {
            let path = absolute(own, &name.segments, parts, folder);
            let inner = path.as_deref().and_then(|path| path.strip_prefix(folder));
            let part = inner.and_then(|inner| inner.first()).cloned();
            let part = part.filter(|part| parts.contains(part.as_str()));
            (name.segments[name.segments.len() - 1].clone(), part)
        })
    });
    taken.collect()
}

/// The path from the root of the crate on; `None` if it leads out of the crate or is a word of the file itself.
fn absolute(
    module: &Module,
    segments: &[String],
    parts: &BTreeSet<&str>,
    folder: &[String],
) -> Option<Vec<String>> {
    let mut rest = segments;
    let mut path = match segments[0].as_str() {
        "crate" => Vec::new(),
        "self" | "super" => module.path.clone(),
        first if segments.len() > 1 && module.path == folder && parts.contains(first) => {
            return Some([folder, segments].concat());
        }
        _ => return None,
    };
    while let Some((first, behind)) = rest.split_first() {
        match first.as_str() {
            "super" => drop(path.pop()),
            "crate" | "self" => {}
            _ => break,
        }
        rest = behind;
    }
    path.extend_from_slice(rest);
    Some(path)
}

/// What is left when all that uses nothing left is taken away, again and again: nothing, unless there is a circle.
pub(crate) fn circle(mut arrows: Arrows) -> Arrows {
    loop {
        let left: BTreeSet<String> = arrows.keys().cloned().collect();
        arrows.retain(|_, uses| !uses.is_disjoint(&left));
        if arrows.len() == left.len() {
            return in_circles(arrows);
        }
    }
}

/// Takes away what stands above a circle: what nothing left uses.
fn in_circles(mut arrows: Arrows) -> Arrows {
    loop {
        let used: BTreeSet<String> = arrows.values().flatten().cloned().collect();
        let count = arrows.len();
        arrows.retain(|from, _| used.contains(from));
        if arrows.len() == count {
            let left: BTreeSet<String> = arrows.keys().cloned().collect();
            for uses in arrows.values_mut() {
                uses.retain(|to| left.contains(to));
            }
            return arrows;
        }
    }
}

mod finds {
    use super::*;
    use crate::lexer::tokens;

    fn arrows(folder: &str, files: &[(&str, &str)]) -> String {
        let files: Vec<_> = files
            .iter()
            .map(|(path, code)| (*path, tokens(code)))
            .collect();
        let modules = modules(
            files
                .iter()
                .map(|(path, tokens)| (*path, tokens.as_slice())),
        );
        let folder: Vec<String> = folder
            .split('/')
            .filter(|s| !s.is_empty())
            .map(str::to_owned)
            .collect();
        let arrows = within(&folder, &modules);
        let arrows = arrows
            .iter()
            .flat_map(|(from, uses)| uses.iter().map(move |to| format!("{from}->{to}")));
        arrows.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn modules_of_a_crate_however_they_are_named() {
        let files = [
            ("lib.rs", "mod a; mod b; mod c; mod d; pub use a::A;"),
            ("a.rs", "pub struct A;"),
            ("b.rs", "use crate::A;"),
            ("c/mod.rs", "mod e; fn f() { crate::b::g() }"),
            ("c/e.rs", "fn f() -> super::super::d::D { todo }"),
            ("d.rs", "fn f(x: super::a::A) {}"),
        ];
        assert_eq!(arrows("", &files), "b->a c->b c->d d->a");
    }

    #[test]
    fn a_folders_own_file_may_use_its_parts() {
        let files = [
            (
                "k/mod.rs",
                "mod a; mod b; use self::a::A; pub use b::B; struct K(A);",
            ),
            ("k/a.rs", "pub struct A;"),
            ("k/b.rs", "use super::A; pub struct B(A);"),
        ];
        // `A` is a name of the folder, but comes from `a`; `B` is only passed on.
        assert_eq!(arrows("k", &files), "b->a mod->a");
    }

    #[test]
    fn a_part_that_uses_what_its_user_defines_is_in_a_circle_with_it() {
        let files = [
            ("k/mod.rs", "mod a; use a::helper; struct K;"),
            ("k/a.rs", "use super::K;"),
        ];
        assert_eq!(arrows("k", &files), "a->mod mod->a");
        let qualified = [
            ("k/mod.rs", "mod a; struct K; fn f() { a::helper() }"),
            ("k/a.rs", "impl crate::k::K {}"),
        ];
        assert_eq!(arrows("k", &qualified), "a->mod mod->a");
    }

    #[test]
    fn a_name_that_is_passed_on_and_used_is_used() {
        let files = [
            (
                "k/mod.rs",
                "mod a; pub use a::A; struct K; fn f() -> A { A::new() }",
            ),
            ("k/a.rs", "use super::K; pub struct A;"),
        ];
        assert_eq!(arrows("k", &files), "a->mod mod->a");
    }

    #[test]
    fn a_name_from_outside_is_no_arrow_inside() {
        let files = [
            ("k/mod.rs", "mod a; use crate::time::Time; use std::fmt;"),
            ("k/a.rs", "use super::{Time, fmt};"),
        ];
        assert_eq!(arrows("k", &files), "");
    }

    #[test]
    fn siblings_and_the_files_of_a_folder_in_the_folder() {
        let files = [
            ("k/mod.rs", "mod a; mod b;"),
            ("k/a.rs", "use crate::k::b::B;"),
            ("k/b/mod.rs", "mod c; pub struct B;"),
            ("k/b/c.rs", "use super::super::a::A;"),
        ];
        assert_eq!(arrows("k", &files), "a->b b->a");
        assert_eq!(arrows("k/b", &files), "");
    }

    #[test]
    fn a_circle_without_what_is_above_and_below_it() {
        let arrows = |text: &str| {
            let mut arrows = Arrows::new();
            for (from, to) in text.split(' ').filter_map(|arrow| arrow.split_once("->")) {
                arrows
                    .entry(from.to_owned())
                    .or_default()
                    .insert(to.to_owned());
                arrows.entry(to.to_owned()).or_default();
            }
            circle(arrows).into_keys().collect::<Vec<_>>().concat()
        };
        assert_eq!(arrows("a->b b->c a->c"), "");
        assert_eq!(arrows("a->b b->c c->b c->d"), "bc");
        assert_eq!(arrows("a->b b->a c->d d->c a->c"), "abcd");
    }
}
