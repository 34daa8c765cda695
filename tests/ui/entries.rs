mod with_arguments {
    #[loop_core::main]
    pub fn main(arguments: Vec<String>) {}
}

mod with_other_settings {
    #[loop_core::main(builder = loop_core::sim::Sim::new())]
    pub fn main() {}
}

#[loop_core::test(os, seed = 7, stdin = "3\n")]
fn simulated_or_not() {}

#[loop_core::test(stdin)]
fn without_its_value() {}

#[loop_core::test(seed = 7, seed = 8)]
fn twice() {}

#[loop_core::test(os)]
fn real(run: loop_core::sim::RunSoFar) {}

#[loop_core::test]
fn with_too_many(run: loop_core::sim::RunSoFar, case: u32) {}

#[loop_core::main(threads = 4)]
fn main() {}
