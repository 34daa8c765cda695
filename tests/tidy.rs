//! The shape of the code: which module of `loop-core` may use which, and what must not be in it.
//!
//! The lines of the source are read as text. Comments and strings are left out, and so are the unit tests at the end of a file.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

type Edges = BTreeMap<String, BTreeSet<String>>;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

struct File {
    /// From the source folder on, as `sim/mod.rs`.
    path: String,
    module: String,
    code: String,
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
            let module = name.split(['/', '.']).next().unwrap();
            files.push(File {
                path: name.to_owned(),
                module: module.to_owned(),
                code: code(&fs::read_to_string(&path).unwrap()),
            });
        }
    }
}

/// The text without comments, strings and unit tests.
fn code(text: &str) -> String {
    let text = text.split("#[cfg(test)]\nmod tests").next().unwrap();
    let lines = text.lines().map(|line| {
        let line = line.split("//").next().unwrap();
        let outside = line.split('"').step_by(2);
        outside.collect::<String>() + "\n"
    });
    lines.collect()
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

/// Places in `code` where `word` stands by itself.
fn words<'a>(code: &'a str, word: &'a str) -> impl Iterator<Item = usize> + 'a {
    code.match_indices(word).filter_map(move |(at, _)| {
        let before = code[..at].chars().next_back();
        let after = code[at + word.len()..].chars().next();
        (!before.is_some_and(is_word) && !after.is_some_and(is_word)).then_some(at)
    })
}

/// The modules that a file names after `crate::`, one by one or in braces.
fn named(code: &str) -> BTreeSet<String> {
    let paths = words(code, "crate").filter_map(|at| code[at..].strip_prefix("crate::"));
    let modules = paths.flat_map(|path| {
        let tree: &str = match path.strip_prefix('{') {
            Some(braces) => &braces[..braces.find(';').expect("a use ends")],
            None => &path[..path.find(|c| !is_word(c)).unwrap_or(path.len())],
        };
        let mut depth = 0;
        let outermost = tree.split(move |c| {
            depth += i32::from(c == '{') - i32::from(c == '}');
            c == ',' && depth == 0
        });
        let names = outermost.map(|name| name.trim().split(|c| !is_word(c)).next().unwrap());
        names.filter(|name| !name.is_empty()).collect::<Vec<_>>()
    });
    modules.map(str::to_owned).collect()
}

/// `lib.rs` and the prelude re-export what the others make: they are no layer.
const FACE: [&str; 2] = ["lib", "prelude"];

fn edges() -> Edges {
    let mut edges = Edges::new();
    for File { module, code, .. } in files("loop-core/src") {
        if !FACE.contains(&module.as_str()) {
            let uses = edges.entry(module.clone()).or_default();
            uses.extend(named(&code).into_iter().filter(|used| *used != module));
        }
    }
    edges
}

/// The rows of the table under `## Modules of loop-core`: a module, what it is, what it may use.
fn table() -> Edges {
    let text =
        fs::read_to_string(root().join("ARCHITECTURE.md")).expect("ARCHITECTURE.md is there");
    let (_, rest) = text
        .split_once("## Modules of loop-core\n")
        .expect("ARCHITECTURE.md has a table of modules");
    let section = rest.split("\n## ").next().unwrap();
    let rows = section.lines().filter(|line| line.starts_with("| `"));
    let rows = rows.map(|row| {
        let cells: Vec<&str> = row.split('|').collect();
        let [_, module, _, uses, _] = cells[..] else {
            panic!("three cells are a row of the table, not: {row}");
        };
        let uses = uses.split('`').skip(1).step_by(2).map(str::to_owned);
        (module.trim().trim_matches('`').to_owned(), uses.collect())
    });
    rows.collect()
}

#[test]
fn modules_use_what_the_architecture_says() {
    let (real, written) = (edges(), table());
    let modules = |edges: &Edges| edges.keys().cloned().collect::<Vec<_>>();
    assert_eq!(
        modules(&real),
        modules(&written),
        "left: the code, right: ARCHITECTURE.md"
    );
    for (module, uses) in &real {
        let allowed = &written[module];
        assert_eq!(
            uses, allowed,
            "`{module}`: left: the code, right: ARCHITECTURE.md"
        );
    }
}

#[test]
fn modules_form_no_circle() {
    let mut edges = edges();
    // Takes away what uses nothing that is left, until nothing is left.
    while !edges.is_empty() {
        let left: BTreeSet<String> = edges.keys().cloned().collect();
        edges.retain(|_, uses| !uses.is_disjoint(&left));
        assert!(
            edges.len() < left.len(),
            "in a circle, or above one: {edges:?}"
        );
    }
}

#[test]
fn the_order_of_the_table_is_the_order_of_the_layers() {
    let text =
        fs::read_to_string(root().join("ARCHITECTURE.md")).expect("ARCHITECTURE.md is there");
    let place = |module: &str| text.find(&format!("\n| `{module}` |"));
    for (module, uses) in table() {
        for used in uses {
            assert!(
                place(&used) < place(&module),
                "`{used}` must stand above `{module}`, which uses it"
            );
        }
    }
}

fn containing<'a>(files: &'a [File], word: &'a str) -> Vec<&'a str> {
    let with = files
        .iter()
        .filter(|file| words(&file.code, word).next().is_some());
    with.map(|file| file.path.as_str()).collect()
}

#[test]
fn genawaiter_is_named_in_one_file() {
    assert_eq!(
        containing(&files("loop-core/src"), "genawaiter"),
        ["switch.rs"]
    );
    assert!(containing(&files("loop-macros/src"), "genawaiter").is_empty());
}

#[test]
fn only_the_operating_system_reads_a_clock() {
    let files = files("loop-core/src");
    let outside = |word| {
        let found = containing(&files, word).into_iter();
        found
            .filter(|path| !path.starts_with("os/"))
            .collect::<Vec<_>>()
    };
    assert!(!containing(&files, "Instant").is_empty());
    assert_eq!(outside("Instant"), [""; 0]);
    assert_eq!(outside("SystemTime"), [""; 0]);
}

#[test]
fn nothing_has_an_order_of_its_own() {
    let files = files("loop-core/src");
    for word in ["HashMap", "HashSet", "RandomState"] {
        assert_eq!(containing(&files, word), [""; 0], "{word}");
    }
}

#[test]
fn nothing_is_unsafe() {
    for folder in ["loop-core/src", "loop-macros/src", "examples", "tests"] {
        let mut files = files(folder);
        // Programs that do not compile, and some because of this.
        files.retain(|file| file.module != "ui");
        assert_eq!(containing(&files, "unsafe"), [""; 0], "in {folder}");
    }
    let workspace = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    assert!(workspace.contains("unsafe_code = \"forbid\""));
}

#[test]
fn the_simulation_and_the_operating_system_know_nothing_of_each_other() {
    let edges = edges();
    assert!(!edges["sim"].contains("os"));
    assert!(!edges["os"].contains("sim"));
}

mod reading {
    use super::*;

    fn names(code: &str) -> Vec<String> {
        named(code).into_iter().collect()
    }

    #[test]
    fn every_form_of_a_path_is_seen() {
        assert_eq!(names("use crate::time::Time;"), ["time"]);
        assert_eq!(names("pub(crate) use crate::a::{b, c};"), ["a"]);
        assert_eq!(names("use crate::{a::{b, c}, d::e, f};"), ["a", "d", "f"]);
        assert_eq!(
            names("use crate::{\n    a,\n    b::c,\n};\nlet x = crate::d::e();"),
            ["a", "b", "d"]
        );
        assert!(names("use mycrate::a; pub(crate) fn f() {}").is_empty());
    }

    #[test]
    fn comments_strings_and_unit_tests_are_not_code() {
        assert_eq!(code("a // crate::b\n"), "a \n");
        assert_eq!(code("f(\"crate::b\") + g\n"), "f() + g\n");
        assert_eq!(code("a\n#[cfg(test)]\nmod tests {\n b }\n"), "a\n");
    }
}
