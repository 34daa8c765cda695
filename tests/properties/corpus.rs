//! What the fuzz targets `lines` and `http` have found, checked as they check it.

use std::fs;

#[path = "../../fuzz/src/http.rs"]
mod http;
#[path = "../../fuzz/src/lines.rs"]
mod lines;

/// Checks each file of a target's corpus.
fn holds(target: &str, check: impl Fn(&[u8])) {
    let corpus = fs::read_dir(format!("../fuzz/corpus/{target}")).unwrap();
    let files: Vec<_> = corpus.map(|entry| entry.unwrap().path()).collect();
    assert!(!files.is_empty());
    for file in files {
        check(&fs::read(file).unwrap());
    }
}

#[test]
fn the_corpus_of_lines_holds() {
    holds("lines", lines::check);
}

#[test]
fn the_corpus_of_http_holds() {
    holds("http", http::check);
}
