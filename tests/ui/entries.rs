mod with_arguments {
    #[loop_core::main]
    pub fn main(arguments: Vec<String>) {}
}

#[loop_core::main(threads = 4)]
fn main() {}
