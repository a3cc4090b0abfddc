//! `./qemu-run.sh fuzz control_channel`

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz::control_channel(data));
