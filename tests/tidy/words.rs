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

/// The places in a file where an example of the documentation hides a line before one that it shows.
fn hidden_beginnings(text: &str) -> Vec<usize> {
    let (mut in_fence, mut is_code, mut hides, mut found) = (false, false, false, Vec::new());
    for (place, line) in text.lines().enumerate() {
        let line = line.trim_start();
        let comment = ["///", "//!"]
            .iter()
            .find_map(|start| line.strip_prefix(start));
        let Some(line) = comment.map(str::trim_start) else {
            in_fence = false;
            continue;
        };
        if let Some(language) = line.strip_prefix("```") {
            in_fence = !in_fence;
            is_code = !["text", "toml", "sh"].contains(&language);
            hides = false;
        } else if line == "#" || line.starts_with("# ") {
            hides = in_fence && is_code;
        } else if hides {
            found.push(place + 1);
        }
    }
    found
}

#[test]
fn examples_can_be_copied() {
    for folder in ["loop-core/src", "loop-macros/src"] {
        for file in files(folder) {
            let text = fs::read_to_string(root().join(folder).join(&file.path)).unwrap();
            assert_eq!(
                hidden_beginnings(&text),
                [0; 0],
                "{}: show the lines that an example needs",
                file.path
            );
        }
    }
    let hides =
        "/// ```\n/// # fn f() {}\n/// f();\n/// # f();\n/// ```\n/// # A heading\n/// text\n";
    assert_eq!(hidden_beginnings(hides), [3]);
}
