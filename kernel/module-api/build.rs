//! Makes the ABI stamp: a module and the kernel must come from the same
//! compiler and the same version of this workspace.

use std::process::Command;

fn main() {
    let compiler = std::env::var("RUSTC").unwrap_or_else(|_| "rustc".into());
    let output = Command::new(compiler).arg("--version").output();
    let version = output
        .ok()
        .and_then(|output| String::from_utf8(output.stdout).ok());
    // "rustc 1.96.0 (...)": the first two words name the ABI.
    let words: Vec<&str> = version
        .as_deref()
        .unwrap_or("rustc unknown")
        .split(' ')
        .take(2)
        .collect();
    let workspace = std::env::var("CARGO_PKG_VERSION").unwrap_or_default();
    println!(
        "cargo::rustc-env=ABI_STAMP={workspace} {}",
        words.join(" ").trim()
    );
    println!("cargo::rerun-if-changed=build.rs");
}
