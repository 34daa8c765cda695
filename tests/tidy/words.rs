//! Words that must not be in the source, or only in some files of it.

use std::fs;

use crate::{File, files, root};

fn containing<'a>(files: &'a [File], word: &str) -> Vec<&'a str> {
    let with = files
        .iter()
        .filter(|file| file.tokens.iter().any(|token| token == word));
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
    let folders = [
        "loop-core/src",
        "loop-macros/src",
        "examples",
        "tests",
        "fuzz/src",
        "fuzz/fuzz_targets",
    ];
    for folder in folders {
        let mut files = files(folder);
        // Programs that do not compile, and some because of this.
        files.retain(|file| !file.path.starts_with("ui/"));
        assert_eq!(containing(&files, "unsafe"), [""; 0], "in {folder}");
    }
    let workspace = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    assert!(workspace.contains("unsafe_code = \"forbid\""));
}
