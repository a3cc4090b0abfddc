//! The lessons: what each is compiled from, and what must come of it.

use std::fmt;

/// What a lesson is compiled from.
pub enum How {
    /// `modules/lessons/NAME.c`.
    C,
    /// Another lesson's file, with one more flag.
    CWith(&'static str, &'static str),
    /// A crate, as an object of its own.
    Rust {
        /// The package.
        package: &'static str,
        /// rustc's relocation model.
        model: &'static str,
        /// `lib` or `staticlib`.
        crate_type: &'static str,
    },
    /// A crate, built as the shipped modules are.
    RustModule(&'static str),
}

/// What becomes of a lesson's module in a guest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LoadResult {
    /// Its init ran, and found the right copy.
    Loads,
    /// The loader says that the relocation overflows.
    Refused,
    /// There is no module.
    NotCompiled,
    /// Any other refusal, in the guest's words.
    Other(String),
}

impl fmt::Display for LoadResult {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            LoadResult::Loads => "loads",
            LoadResult::Refused => "refused: overflow",
            LoadResult::NotCompiled => "-",
            LoadResult::Other(text) => text,
        })
    }
}

/// An experiment, and what it is to show.
pub struct Lesson {
    /// The module's name, and its file's.
    pub name: &'static str,
    /// What it shows, in the table's words.
    pub variant: &'static str,
    /// What it is compiled from.
    pub how: How,
    /// Relocation types against per-CPU data.
    pub relocation: &'static str,
    /// What becomes of it within 4 GiB of per-CPU memory.
    pub near: LoadResult,
    /// What becomes of it 2 TiB away.
    pub far: LoadResult,
}

const DIRECT: &str = "R_390_PC32DBL";
const BY_SLOT: &str = "R_390_GOTENT";
/// In place of relocation types: the assembler takes no operand of this kind.
pub const NONE: &str = "none: junk at end of line";

const fn lesson(
    name: &'static str,
    variant: &'static str,
    how: How,
    relocation: &'static str,
    near: LoadResult,
    far: LoadResult,
) -> Lesson {
    Lesson {
        name,
        variant,
        how,
        relocation,
        near,
        far,
    }
}

const fn rust(package: &'static str, model: &'static str, crate_type: &'static str) -> How {
    How::Rust {
        package,
        model,
        crate_type,
    }
}

use LoadResult::{Loads, NotCompiled, Refused};

/// In the order in which the thread came upon them; then what rustc does with a plain
/// reference.
pub static LESSONS: [Lesson; 14] = [
    lesson("plain", "plain RELOC_HIDE", How::C, DIRECT, Loads, Refused),
    lesson(
        "got_symbol",
        "GOTENT with \"X\"(&symbol)",
        How::C,
        BY_SLOT,
        Loads,
        Loads,
    ),
    lesson(
        "got_pointer",
        "GOTENT with \"X\"(pointer)",
        How::C,
        NONE,
        NotCompiled,
        NotCompiled,
    ),
    lesson(
        "constant_p",
        "__builtin_constant_p, the mail's",
        How::C,
        DIRECT,
        Loads,
        Refused,
    ),
    lesson("weak", "weak and -fPIC", How::C, BY_SLOT, Loads, Loads),
    lesson(
        "weak_hidden",
        "weak, -fvisibility=hidden",
        How::CWith("weak", "-fvisibility=hidden"),
        DIRECT,
        Loads,
        Refused,
    ),
    lesson(
        "macro",
        "percpu! and PerCpu: the type",
        How::RustModule("lesson-macro"),
        BY_SLOT,
        Loads,
        Loads,
    ),
    lesson(
        "by_hand",
        "by hand: slot, handle, offset",
        How::C,
        BY_SLOT,
        Loads,
        Loads,
    ),
    lesson(
        "private_pic",
        "private static, pic",
        rust("lesson-private", "pic", "staticlib"),
        DIRECT,
        Loads,
        Refused,
    ),
    lesson(
        "private_static",
        "private static, static",
        rust("lesson-private", "static", "staticlib"),
        DIRECT,
        Loads,
        Refused,
    ),
    lesson(
        "unmangled_pic",
        "#[no_mangle] static, pic",
        rust("lesson-unmangled", "pic", "staticlib"),
        BY_SLOT,
        Loads,
        Loads,
    ),
    lesson(
        "unmangled_static",
        "#[no_mangle] static, static",
        rust("lesson-unmangled", "static", "staticlib"),
        DIRECT,
        Loads,
        Refused,
    ),
    lesson(
        "public_lib",
        "pub static, pic, in a lib",
        rust("lesson-public", "pic", "lib"),
        BY_SLOT,
        Loads,
        Loads,
    ),
    lesson(
        "public_staticlib",
        "pub static, pic, in a staticlib",
        rust("lesson-public", "pic", "staticlib"),
        DIRECT,
        Loads,
        Refused,
    ),
];
