//! Nothing: this crate's `Cargo.toml` is what it is for.

#![no_std]
#![forbid(unsafe_code)]
