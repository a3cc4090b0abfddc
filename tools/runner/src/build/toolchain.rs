//! How guest code is compiled on this machine, as `qemu-run.sh` found out.
//!
//! The script looks for a toolchain once, puts it first in PATH, and names it in
//! `GUEST_TOOLCHAIN`. Started without that, by a bare `cargo run`, this program
//! hands over to the script, which starts it again.

use super::layout::{self, TARGET};
use crate::error::Error;
use std::os::unix::process::CommandExt;
use std::process::Command;

/// Where the guest's `core` and `alloc` come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Toolchain {
    /// rustup has the target's libraries, compiled.
    Prebuilt,
    /// A nightly compiles them from its `rust-src`.
    Nightly,
    /// Debian's release compiler does, made to take the unstable flag.
    Debian,
}

impl Toolchain {
    /// The one that the script chose; without its choice, becomes the script.
    pub fn from_environment() -> Result<Self, Error> {
        match std::env::var("GUEST_TOOLCHAIN").as_deref() {
            Ok("prebuilt") => Ok(Self::Prebuilt),
            Ok("nightly") => Ok(Self::Nightly),
            Ok("debian") => Ok(Self::Debian),
            Ok(value) => Err(Error::Toolchain {
                value: value.to_owned(),
            }),
            Err(_) => Err(become_the_script()),
        }
    }

    /// A cargo command for guest packages.
    pub fn cargo(self, verb: &str) -> Command {
        self.cargo_for(verb, "release", TARGET)
    }

    /// A cargo command for packages that run in a page.
    pub fn cargo_for_page(self, verb: &str) -> Command {
        let mut command = self.cargo_for(verb, layout::PAGE_PROFILE, layout::PAGE_TARGET);
        if self == Self::Debian {
            // Debian's rustc has no linker of its own for that.
            command.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", "wasm-ld-22");
        }
        command
    }

    fn cargo_for(self, verb: &str, profile: &str, target: &str) -> Command {
        let mut command = Command::new("cargo");
        command.current_dir(layout::root());
        command.args([verb, "--profile", profile, "--target", target]);
        if self != Self::Prebuilt {
            command.arg("-Zbuild-std=core,alloc,compiler_builtins");
        }
        if self == Self::Debian {
            command.env("RUSTC_BOOTSTRAP", "1");
        }
        // Of the same sources comes the same file, wherever the tree lies: debug information
        // has paths in it. This is joined to the flags of .cargo/config.toml.
        let here = format!("--remap-path-prefix={}=.", layout::root().display());
        command.arg("--config");
        command.arg(format!("target.{TARGET}.rustflags=[{here:?}]"));
        // These would take the place of the guest's flags there.
        command.env_remove("RUSTFLAGS");
        command.env_remove("CARGO_ENCODED_RUSTFLAGS");
        command
    }
}

/// The compiler of guest code, by its own words: name, version, commit and date.
///
/// # Errors
/// If it can't be started.
pub fn compiler() -> Result<String, Error> {
    let rustc = std::env::var_os("RUSTC").unwrap_or("rustc".into());
    let output = Command::new(&rustc).arg("--version").output();
    let output = output.map_err(Error::start(&rustc.to_string_lossy()))?;
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Replaces this process by the script, with the same arguments; returns only
/// if that fails.
fn become_the_script() -> Error {
    let script = layout::root().join("qemu-run.sh");
    let source = Command::new(&script)
        .args(std::env::args_os().skip(1))
        .exec();
    Error::Start {
        program: script.display().to_string(),
        source,
    }
}
