mod another {
    pub use loop_core as library;
}

#[another::library::coroutine(crate)]
fn no_path() {}

#[another::library::coroutine(crate = "another library")]
fn no_path_in_quotes() {}

#[another::library::coroutine(crate = crate::another, lazy)]
fn wrong_path() {
    yield_!();
}

#[another::library::generator(crate = another::library, crate = another::library)]
fn twice() {}

another::library::coroutines! {
    crate another::library;
    #[coroutine]
    fn no_equals_sign() {}
}

fn main() {}
