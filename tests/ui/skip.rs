//! `skip` names arguments, and only what a trace would show can be skipped.

#[loop_core::coroutine(skip(pasword))]
fn unknown(user: String, (password, _): (String, u8)) {}

#[loop_core::coroutine(skip(user))]
fn without_arguments() {}

#[loop_core::coroutine(skip)]
fn without_names() {}

#[loop_core::coroutine(skip(a), skip(b))]
fn twice(a: u8, b: u8) {}

#[loop_core::coroutine(skip_all = true)]
fn with_a_value() {}

#[loop_core::coroutine(receives = u8, skip(password))]
fn receives(password: String) {}

#[loop_core::coroutine(receives = u8, skip_all)]
fn receives_and_hides_all(password: String) {}

#[loop_core::generator(skip_all)]
fn generator() {}

loop_core::coroutines! {
    #[coroutine(skip(pasword), lazy)]
    fn in_a_block(password: String) {}
}

fn main() {}
