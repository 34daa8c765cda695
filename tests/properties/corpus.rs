//! What the fuzz target `lines` has found, checked as it checks it.

use std::fs;

#[path = "../../fuzz/src/lines.rs"]
mod lines;

#[test]
fn the_corpus_holds() {
    let corpus = fs::read_dir("../fuzz/corpus/lines").unwrap();
    let files: Vec<_> = corpus.map(|entry| entry.unwrap().path()).collect();
    assert!(!files.is_empty());
    for file in files {
        lines::check(&fs::read(file).unwrap());
    }
}
