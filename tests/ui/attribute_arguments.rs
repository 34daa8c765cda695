#[loop_core::coroutine(eager)]
fn unknown() {}

#[loop_core::coroutine(eager = 3, lazy)]
fn unknown_with_a_value() {}

#[loop_core::coroutine(lazy, lazy)]
fn twice() {}

#[loop_core::generator(yields = u8, yields = u16)]
fn twice_with_a_value() {}

#[loop_core::generator(yield = u8)]
fn almost() {}

#[loop_core::generator(yields)]
fn without_its_type() {}

#[loop_core::generator(boxed = true)]
fn with_a_value() {}

#[loop_core::coroutine(receives = u8, lazy)]
fn both() {}

#[loop_core::coroutine(boxed)]
fn boxed_without_need() {}

#[loop_core::coroutine(yields = u8)]
fn of_the_other_attribute() {}

#[loop_core::test(simulated)]
fn a_test() {}

fn main() {
    let _: Option<u8> = twice_with_a_value().next();
    let _: Option<u8> = almost().next();
    both().send(3u8).unwrap();
}
