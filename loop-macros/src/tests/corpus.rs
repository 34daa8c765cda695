//! What the fuzz target `macros` has found, checked as it checks it.

use std::fs;

use super::depth::on_a_small_stack;

#[path = "../../../fuzz/src/macros.rs"]
mod macros;

#[test]
fn the_corpus_holds() {
    let corpus = fs::read_dir("../fuzz/corpus/macros").unwrap();
    let files: Vec<_> = corpus.map(|entry| entry.unwrap().path()).collect();
    assert!(!files.is_empty());
    on_a_small_stack(move || {
        for file in files {
            macros::check(&fs::read(file).unwrap());
        }
    });
}
