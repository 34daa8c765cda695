//! rustc does not look into a macro call, so this mistake has one error.

#[loop_core::generator(yields = u8)]
fn keyword() -> u8 {
    println!("{}", yield 3);
    4
}

fn main() {
    let _: Option<u8> = keyword().next();
}
