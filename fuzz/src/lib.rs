//! What the fuzz targets check. The tests of `loop-macros` and `tests/properties/corpus.rs` check the same of the corpus.

mod http;
mod lines;
mod macros;

/// The target `http`.
pub fn http(data: &[u8]) {
    http::check(data);
}

/// The target `lines`.
pub fn lines(data: &[u8]) {
    lines::check(data);
}

/// The target `macros`.
pub fn macros(data: &[u8]) {
    macros::check(data);
}

// The modules of `loop-macros`: a crate of macros cannot be linked.
#[path = "../../loop-macros/src/arguments.rs"]
mod arguments;
#[path = "../../loop-macros/src/borrows.rs"]
mod borrows;
#[path = "../../loop-macros/src/check.rs"]
mod check;
#[path = "../../loop-macros/src/coroutines.rs"]
mod coroutines;
#[path = "../../loop-macros/src/depth.rs"]
mod depth;
#[path = "../../loop-macros/src/describe.rs"]
mod describe;
#[path = "../../loop-macros/src/elsewhere.rs"]
mod elsewhere;
#[path = "../../loop-macros/src/expand.rs"]
mod expand;
#[path = "../../loop-macros/src/globs.rs"]
mod globs;
#[path = "../../loop-macros/src/heads.rs"]
mod heads;
#[path = "../../loop-macros/src/keyword.rs"]
mod keyword;
#[path = "../../loop-macros/src/level.rs"]
mod level;
#[path = "../../loop-macros/src/library.rs"]
mod library;
#[path = "../../loop-macros/src/mistakes.rs"]
mod mistakes;
#[path = "../../loop-macros/src/parse.rs"]
mod parse;
#[path = "../../loop-macros/src/recovery.rs"]
mod recovery;
#[path = "../../loop-macros/src/requests.rs"]
mod requests;
#[path = "../../loop-macros/src/signature.rs"]
mod signature;
#[path = "../../loop-macros/src/tokens.rs"]
mod tokens;
#[path = "../../loop-macros/src/types.rs"]
mod types;
// The targets expand functions; the yields in them are macros of their own.
#[allow(dead_code)]
#[path = "../../loop-macros/src/yields.rs"]
mod yields;
