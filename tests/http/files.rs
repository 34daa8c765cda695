//! The files of a folder, also those that are not to be had.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use examples::http::Folder;
use insta::assert_snapshot;

use crate::{exchange, server_of};

/// A folder that is there as long as the test.
struct Temporary(PathBuf);

impl Temporary {
    fn new(name: &str) -> Temporary {
        let folder =
            std::env::temp_dir().join(format!("loop-core-http-{}-{name}", std::process::id()));
        fs::create_dir_all(folder.join("root/sub")).unwrap();
        Temporary(folder)
    }

    fn root(&self) -> PathBuf {
        self.0.join("root")
    }

    fn write(&self, path: impl AsRef<Path>, bytes: impl AsRef<[u8]>) {
        fs::write(self.0.join(path), bytes).unwrap();
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// What is answered to a request for a file, in both worlds alike.
fn answer_to(folder: &Temporary, method: &str, path: &str) -> String {
    let request = format!("{method} /files{path} HTTP/1.1\r\nHost: a\r\n\r\n").into_bytes();
    let root = folder.root();
    let answer = tests::in_both(move || {
        let folder = Folder::new(&root).unwrap();
        exchange(server_of(Some(folder)), vec![request.clone()])
    });
    answer.replace("\r\n", "\n")
}

#[test]
fn files_are_read() {
    let folder = Temporary::new("read");
    folder.write("root/a.txt", "text");
    folder.write("root/empty.html", "");
    folder.write("root/sub/index.html", "<p>");
    symlink("a.txt", folder.root().join("b b")).unwrap();
    let paths = ["/a.txt?x", "/empty.html", "/sub/", "/sub", "/b%20b"];
    let answers: Vec<_> = paths.map(|path| answer_to(&folder, "GET", path)).into();
    assert_snapshot!(answers.join("\n\n"), @r"
    HTTP/1.1 200 OK
    Content-Length: 4
    Content-Type: text/plain; charset=utf-8

    text

    HTTP/1.1 200 OK
    Content-Length: 0
    Content-Type: text/html; charset=utf-8



    HTTP/1.1 200 OK
    Content-Length: 3
    Content-Type: text/html; charset=utf-8

    <p>

    HTTP/1.1 200 OK
    Content-Length: 3
    Content-Type: text/html; charset=utf-8

    <p>

    HTTP/1.1 200 OK
    Content-Length: 4
    Content-Type: text/plain; charset=utf-8

    text
    ");
}

/// In pieces. The last one is not a whole one, or it is.
#[test]
fn a_file_that_is_larger_than_what_is_in_memory() {
    let folder = Temporary::new("large");
    for size in [64 * 1024, 64 * 1024 + 1, 1_000_000] {
        let bytes: Vec<u8> = (0..size).map(|number| b'a' + (number % 23) as u8).collect();
        folder.write("root/large", &bytes);
        let answer = answer_to(&folder, "GET", "/large");
        let (head, body) = answer.split_once("\n\n").unwrap();
        assert!(
            head.contains(&format!("\nContent-Length: {size}\n")),
            "{head}"
        );
        assert!(body.as_bytes() == bytes, "{size}");
        let head_only = answer_to(&folder, "HEAD", "/large");
        assert_eq!(head_only, format!("{head}\n\n"));
    }
}

#[test]
fn nothing_outside_of_the_folder_is_read() {
    let folder = Temporary::new("outside");
    folder.write("secret", "secret");
    folder.write("root/.hidden", "secret");
    folder.write("root/a", "a");
    fs::create_dir(folder.0.join("root-2")).unwrap();
    folder.write("root-2/secret", "secret");
    symlink("../secret", folder.root().join("link")).unwrap();
    symlink("../root-2", folder.root().join("folder")).unwrap();
    symlink("nowhere", folder.root().join("dangling")).unwrap();
    symlink("loop", folder.root().join("loop")).unwrap();
    for path in [
        "/../secret",
        "/sub/../../secret",
        "/%2e%2e/secret",
        "/..%2fsecret",
        "/%2E%2E%2Fsecret",
        "//../secret",
        "/link",
        "/folder/secret",
        "/dangling",
        "/.hidden",
        "/a%00",
        "/a/b",
        "/sub",
        "/nothing",
        "/%",
        &format!("/{}", "x".repeat(1000)),
    ] {
        let answer = answer_to(&folder, "GET", path);
        assert!(answer.starts_with("HTTP/1.1 404 "), "{path}: {answer}");
    }
    assert!(answer_to(&folder, "GET", "/loop").starts_with("HTTP/1.1 500 "));
    assert!(Folder::new(folder.0.join("secret")).is_err());
    assert!(Folder::new(folder.0.join("nothing")).is_err());
}
