//! `./qemu-run.sh fuzz monitor_line`

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz::monitor_line(data));
