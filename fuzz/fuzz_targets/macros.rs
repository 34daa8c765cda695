//! Source text below the macros, see `src/macros.rs`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz::macros(data));
