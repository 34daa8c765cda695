//! What `cargo fix` makes of a program that yields: the same program, with fewer warnings.
//!
//! The test does what `cargo fix` does. It applies those suggestions of rustc that are meant for machines.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use rustfix::Filter;
use serde_json::Value;

/// The program, whose edition is given to rustc.
const FORMS: &str = include_str!("forms.rs");

fn output(command: &mut Command) -> Output {
    command
        .output()
        .unwrap_or_else(|error| panic!("{command:?}: {error}"))
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).expect("the output is text")
}

/// The library as cargo has built it for the tests, or builds it now. Cargo finds it built only if it is asked for the same packages
/// as then, because their dependencies decide with which features it builds what they share.
fn library() -> PathBuf {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml");
    let built = output(
        Command::new(cargo)
            .args(["test", "--no-run", "--workspace", "--test", "fix"])
            .args(["--offline", "--message-format=json"])
            .arg("--manifest-path")
            .arg(manifest),
    );
    assert!(built.status.success(), "{}", text(built.stderr));
    let messages = text(built.stdout);
    let messages = messages
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"));
    let mut files = messages
        .filter(|message: &Value| message["target"]["name"] == "loop_core")
        .flat_map(|message| message["filenames"].as_array().cloned().unwrap_or_default());
    let file = files.find_map(|file| {
        Some(PathBuf::from(
            file.as_str().filter(|file| file.ends_with(".rlib"))?,
        ))
    });
    file.expect("cargo has built the library")
}

/// A program in a folder of its own.
struct Program<'l> {
    library: &'l Path,
    edition: &'l str,
    folder: PathBuf,
}

impl Program<'_> {
    /// Compiles `source`, and gives rustc's messages in JSON, a line each.
    fn compile(&self, source: &str) -> String {
        let file = self.folder.join("program.rs");
        fs::write(&file, source).expect("the folder can be written to");
        let dependencies = self.library.parent().expect("the library is in a folder");
        let compiled = output(
            Command::new(env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()))
                .arg(&file)
                .args(["--edition", self.edition, "--error-format=json", "-o"])
                .arg(self.folder.join("program"))
                .arg("--extern")
                .arg(format!("loop_core={}", self.library.display()))
                .arg("-L")
                .arg(format!("dependency={}", dependencies.display())),
        );
        let messages = text(compiled.stderr);
        assert!(
            compiled.status.success(),
            "{}\n{source}",
            rendered(&messages)
        );
        messages
    }

    fn run(&self) -> String {
        let ran = output(&mut Command::new(self.folder.join("program")));
        assert!(ran.status.success(), "{}", text(ran.stderr));
        text(ran.stdout)
    }
}

/// rustc's messages as it would have shown them.
fn rendered(messages: &str) -> String {
    let message = |line| {
        serde_json::from_str::<Value>(line).expect("JSON")["rendered"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    };
    messages.lines().map(message).collect()
}

/// The lints that rustc has reported.
fn lints(messages: &str) -> Vec<String> {
    let lint = |line| {
        let message: Value = serde_json::from_str(line).expect("JSON");
        Some(message["code"]["code"].as_str()?.to_owned())
    };
    messages.lines().filter_map(lint).collect()
}

/// The source after `cargo fix`.
fn fixed(source: &str, messages: &str) -> String {
    // rustfix asks for one.
    #[allow(clippy::disallowed_types)]
    let all_lints = std::collections::HashSet::new();
    let suggestions =
        rustfix::get_suggestions_from_json(messages, &all_lints, Filter::MachineApplicableOnly);
    rustfix::apply_suggestions(source, &suggestions.expect("rustc's JSON"))
        .expect("the fixes fit together")
}

/// Compiles and runs the program, fixes it, and compiles and runs it again.
fn assert_fixes_keep_the_program(edition: &str, library: &Path) {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("fix-{edition}"));
    fs::create_dir_all(&folder).expect("a folder for the program");
    let program = Program {
        library,
        edition,
        folder,
    };
    let messages = program.compile(FORMS);
    let before = program.run();
    let fixed = fixed(FORMS, &messages);
    for line in [
        "return yield returned(second);",
        "match yield answer(3) {",
        "return yield_!(returned(second));",
    ] {
        assert!(!FORMS.contains(line) && fixed.contains(line), "{fixed}");
    }
    let left = lints(&program.compile(&fixed));
    assert!(!left.contains(&"unused_parens".to_owned()), "{left:?}");
    assert_eq!(program.run(), before, "{fixed}");
}

#[test]
fn the_program_does_the_same_in_all_editions() {
    let library = library();
    for edition in ["2018", "2021", "2024"] {
        assert_fixes_keep_the_program(edition, &library);
    }
}
