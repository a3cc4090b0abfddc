//! The compilers that modules in C can be made by.

use clap::ValueEnum;
use std::path::Path;

/// A compiler.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Compiler {
    /// GNU's, made for s390x.
    #[default]
    Gcc,
    /// LLVM's, which makes code for all machines.
    Clang,
}

impl Compiler {
    /// What is started.
    pub const fn program(self) -> &'static str {
        match self {
            Self::Gcc => "s390x-linux-gnu-gcc",
            Self::Clang => "clang",
        }
    }

    /// Flags that only this one needs.
    pub fn flags(self) -> &'static [&'static str] {
        match self {
            Self::Gcc => &[],
            Self::Clang => &[
                "--target=s390x-linux-gnu",
                "-Wno-unused-command-line-argument",
            ],
        }
    }

    /// What is behind the names of the folders that its output goes to.
    pub fn suffix(self) -> &'static str {
        match self {
            Self::Gcc => "",
            Self::Clang => "-clang",
        }
    }

    /// The one that `CC` names, as make takes it: gcc unless it says clang.
    pub fn from_environment() -> Self {
        let named = std::env::var_os("CC");
        let name = named.as_deref().map(Path::new).and_then(Path::file_name);
        match name.is_some_and(|name| name.to_string_lossy().starts_with("clang")) {
            true => Self::Clang,
            false => Self::Gcc,
        }
    }
}
