//! The shape of the code: which part of `loop-core` may use which, and what must not be in it.
//!
//! The source is read as tokens, see [`lexer`], and held to the tables in ARCHITECTURE.md.

mod arrows;
mod lexer;
mod methods;
mod paths;
mod words;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use crate::arrows::{Arrows, OWN, circle, modules, within};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// A source file.
struct File {
    /// From the source folder on, as `sim/mod.rs`.
    path: String,
    tokens: Vec<String>,
}

fn files(folder: &str) -> Vec<File> {
    let source = root().join(folder);
    let mut files = Vec::new();
    collect(&source, &source, &mut files);
    assert!(!files.is_empty(), "nothing in {folder}");
    files
}

fn collect(source: &Path, folder: &Path, files: &mut Vec<File>) {
    let entries = fs::read_dir(folder).expect("the source folder is there");
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            collect(source, &path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let name = path.strip_prefix(source).unwrap().to_str().unwrap();
            files.push(File {
                path: name.to_owned(),
                tokens: lexer::tokens(&fs::read_to_string(&path).unwrap()),
            });
        }
    }
}

/// The paths and tokens of the files of a folder.
fn sources(files: &[File]) -> impl Iterator<Item = (&str, &[String])> {
    files
        .iter()
        .map(|file| (file.path.as_str(), file.tokens.as_slice()))
}

fn architecture() -> String {
    fs::read_to_string(root().join("ARCHITECTURE.md")).expect("ARCHITECTURE.md is there")
}

/// The rows of a table of `text`, in their order: what is in the first cell, and what the last one says that it uses.
fn rows(text: &str, heading: &str) -> Vec<(String, BTreeSet<String>)> {
    let (_, rest) = text
        .split_once(&format!("\n## {heading}\n"))
        .unwrap_or_else(|| panic!("ARCHITECTURE.md has a section `{heading}`"));
    let section = rest.split("\n## ").next().unwrap();
    let rows = section.lines().filter(|line| line.starts_with("| `"));
    let rows = rows.map(|row| {
        let cells: Vec<&str> = row.trim_matches('|').split('|').collect();
        let quoted = |cell: &str| {
            let quoted = cell.split('`').skip(1).step_by(2);
            quoted.map(str::to_owned).collect::<Vec<_>>()
        };
        let [name] = &quoted(cells[0])[..] else {
            panic!("one name begins a row, not: {row}");
        };
        let uses = quoted(cells[cells.len() - 1]).into_iter().collect();
        (name.clone(), uses)
    });
    let rows: Vec<_> = rows.collect();
    assert!(!rows.is_empty(), "the section `{heading}` has a table");
    rows
}

/// The code uses what the table says, no more and no less, and nothing that stands further down in the table.
fn assert_is_written(real: &Arrows, rows: &[(String, BTreeSet<String>)]) {
    let written: Arrows = rows.iter().cloned().collect();
    let names = |arrows: &Arrows| arrows.keys().cloned().collect::<Vec<_>>();
    assert_eq!(
        names(real),
        names(&written),
        "left: the code, right: ARCHITECTURE.md"
    );
    for (name, uses) in real {
        assert_eq!(
            uses, &written[name],
            "`{name}`: left: the code, right: ARCHITECTURE.md"
        );
    }
    let place = |name: &str| rows.iter().position(|(row, _)| row == name);
    for (name, uses) in rows {
        for used in uses {
            assert!(
                place(used) < place(name),
                "`{used}` must stand above `{name}`, which uses it"
            );
        }
    }
}

/// `lib.rs` and the prelude re-export what the others make: they are no layer.
const FACE: [&str; 2] = [OWN, "prelude"];

fn layers() -> Arrows {
    let mut layers = within(&[], &modules(sources(&files("loop-core/src"))));
    layers.retain(|module, _| !FACE.contains(&module.as_str()));
    layers
}

#[test]
fn modules_use_what_the_architecture_says() {
    assert_is_written(&layers(), &rows(&architecture(), "Modules of loop-core"));
}

#[test]
fn modules_form_no_circle() {
    assert_eq!(circle(layers()), Arrows::new());
}

#[test]
fn the_simulation_and_the_operating_system_know_nothing_of_each_other() {
    let layers = layers();
    assert!(!layers["sim"].contains("os"));
    assert!(!layers["os"].contains("sim"));
}

/// Folders whose files still form circles. Each one that is straightened out leaves the list; none may join it.
const CIRCULAR: [&str; 2] = ["coroutine", "request"];

/// The folders of a crate whose files form circles, and these circles.
fn circular_folders(crate_folder: &str) -> BTreeMap<String, Arrows> {
    let files = files(crate_folder);
    let modules = modules(sources(&files));
    let folders = arrows::folders(&modules).into_iter();
    let circles = folders.map(|folder| (folder.join("/"), circle(within(&folder, &modules))));
    circles.filter(|(_, circle)| !circle.is_empty()).collect()
}

#[test]
fn files_of_one_folder_form_no_circle() {
    assert_eq!(circular_folders("loop-macros/src"), BTreeMap::new());
    let circles = circular_folders("loop-core/src");
    let folders: Vec<&str> = circles.keys().map(String::as_str).collect();
    assert_eq!(folders, CIRCULAR, "{circles:#?}");
}

/// Calls of the kernel's methods from one of its files to another. They need no `use`, so the table of modules does not see them.
#[test]
fn the_kernels_files_call_what_the_architecture_says_and_in_no_circle() {
    let files = files("loop-core/src/kernel");
    let calls = methods::calls("Kernel", sources(&files));
    let arrows = methods::arrows(&calls);
    assert_eq!(circle(arrows.clone()), Arrows::new(), "{calls:#?}");
    assert_is_written(&arrows, &rows(&architecture(), "Inside the kernel"));
}

/// Structs of the kernel with fields that other modules can change. There are none, as each module keeps its invariants.
const OPEN_STRUCTS: [&str; 0] = [];

#[test]
fn the_kernels_structs_keep_their_fields_to_themselves() {
    let files = files("loop-core/src/kernel");
    let open = files.iter().flat_map(|file| {
        let structs = methods::open_structs(&file.tokens).into_iter();
        structs.map(|name| format!("{}: {name}", file.path))
    });
    assert_eq!(open.collect::<Vec<_>>(), OPEN_STRUCTS);
}

mod tables {
    use super::*;

    const TEXT: &str = "\n## A\n\n| n | what | uses |\n|---|---|---|\n| `b` | `x` | – |\n| `a` | y | `b`, `c` |\n\n## B\n";

    fn set(names: &[&str]) -> BTreeSet<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn are_read_row_by_row() {
        let expected = [
            ("b".to_owned(), set(&[])),
            ("a".to_owned(), set(&["b", "c"])),
        ];
        assert_eq!(rows(TEXT, "A"), expected);
    }

    fn holds(real: &[(&str, &[&str])], rows: &[(&str, &[&str])]) -> bool {
        let owned = |(name, uses): &(&str, &[&str])| ((*name).to_owned(), set(uses));
        let (real, rows) = (
            real.iter().map(owned).collect(),
            rows.iter().map(owned).collect::<Vec<_>>(),
        );
        std::panic::catch_unwind(|| assert_is_written(&real, &rows)).is_ok()
    }

    #[test]
    fn hold_the_code_to_every_arrow_and_to_their_order() {
        let table: &[(&str, &[&str])] = &[("b", &[]), ("a", &["b"])];
        assert!(holds(&[("a", &["b"]), ("b", &[])], table));
        assert!(
            !holds(&[("a", &["b"]), ("b", &["a"])], table),
            "an arrow more"
        );
        assert!(!holds(&[("a", &[]), ("b", &[])], table), "an arrow less");
        assert!(!holds(&[("a", &["b"])], table), "a module less");
        assert!(
            !holds(&[("a", &["b"]), ("b", &[])], &[("a", &["b"]), ("b", &[])]),
            "out of order"
        );
    }
}
