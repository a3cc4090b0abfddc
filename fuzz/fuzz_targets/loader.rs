//! `./qemu-run.sh fuzz loader`

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz::loader(data));
