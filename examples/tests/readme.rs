//! Makes a crate of what the README shows, as a reader would, and tests it.

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const README: &str = include_str!("../../README.md");

/// The code blocks of one language, as they stand.
fn blocks(language: &str) -> Vec<&'static str> {
    // Between two fences there is code or text, in turn.
    let fenced = README.split("\n```").skip(1).step_by(2);
    let named = fenced.filter_map(|block| block.split_once('\n'));
    let ours = named.filter(|(name, _)| name.split(',').next() == Some(language));
    ours.map(|(_, code)| code).collect()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The manifest that the README asks for, with what a test needs to be offline and quick.
fn manifest() -> String {
    let library = root().join("loop-core");
    let here = format!("loop-core = {{ path = {library:?} }}");
    // insta's default features are colours, whose crates are not in our lock file.
    let plain = "insta = { version = \"1\", default-features = false }";
    let [dependencies] = blocks("toml")[..] else {
        panic!("the README has one block of TOML");
    };
    let line = |line: &str| match line.split(' ').next() {
        Some("loop-core") => here.clone(),
        Some("insta") => plain.to_owned(),
        _ => line.to_owned(),
    };
    let dependencies: Vec<String> = dependencies.lines().map(line).collect();
    let dependencies = dependencies.join("\n");
    assert!(dependencies.contains(&here) && dependencies.contains(plain));
    // With the profiles of our workspace, cargo uses what it has built for us.
    let ours = fs::read_to_string(root().join("Cargo.toml")).expect("our manifest");
    let profiles = &ours[ours.find("[profile.").expect("our manifest has profiles")..];
    format!(
        "[package]\nname = \"readme\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n{dependencies}\n\n[workspace]\n\n{profiles}"
    )
}

/// The files of the crate: the first program with its test, the other programs, and the tests that stand by themselves.
fn files() -> BTreeMap<String, String> {
    let programs = blocks("rust");
    let [test] = blocks("rs")[..] else {
        panic!("the README has one test that is no doctest");
    };
    let mut files = BTreeMap::from([
        ("Cargo.toml".to_owned(), manifest()),
        (
            "src/main.rs".to_owned(),
            format!("{}\n\n{test}\n", programs[0]),
        ),
    ]);
    for (number, program) in (1..).zip(&programs[1..]) {
        let folder = match program.contains("\nfn main()") {
            true => "examples",
            false => "tests",
        };
        files.insert(
            format!("{folder}/block_{number}.rs"),
            format!("{program}\n"),
        );
    }
    files
}

/// Writes the crate. What is there already stays untouched, so that cargo does not build it again.
fn write(folder: &Path, files: &BTreeMap<String, String>) {
    for kind in ["src", "examples", "tests"] {
        fs::create_dir_all(folder.join(kind)).expect("a folder for the crate");
        for old in fs::read_dir(folder.join(kind)).expect("the folder is there") {
            let old = old.expect("an entry").file_name();
            let name = format!("{kind}/{}", old.display());
            if !files.contains_key(&name) {
                fs::remove_file(folder.join(name)).expect("an old file can be removed");
            }
        }
    }
    for (name, text) in files {
        let file = folder.join(name);
        if fs::read_to_string(&file).ok().as_ref() != Some(text) {
            fs::write(file, text).expect("the folder can be written to");
        }
    }
    fs::copy(root().join("Cargo.lock"), folder.join("Cargo.lock")).expect("our lock file");
}

#[test]
fn all_that_it_shows_works_in_a_crate_of_ones_own() {
    let temporary = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let folder = temporary.join("readme");
    write(&folder, &files());
    let tested = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["test", "--offline", "--target-dir"])
        .arg(temporary.with_file_name(""))
        .current_dir(&folder)
        .output()
        .expect("cargo can be started");
    let (out, err) = (
        String::from_utf8_lossy(&tested.stdout),
        String::from_utf8_lossy(&tested.stderr),
    );
    assert!(tested.status.success(), "{err}\n{out}");
    for test in ["two_hours_of_typing", "a_line_is_echoed_after_an_hour"] {
        assert!(out.contains(&format!("{test} ... ok")), "{err}\n{out}");
    }
    assert!(!err.contains("warning: unused"), "{err}");
}
