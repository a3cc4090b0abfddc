//! Why a guest couldn't be built or started.

use crate::core;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;

/// The facts of a failure on the host's side; exit code 6.
#[derive(Debug)]
pub enum Error {
    /// A file or folder couldn't be used.
    File {
        /// What was to be done with it: "read", "write".
        doing: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The operating system's reason.
        source: io::Error,
    },
    /// A file is larger than what it is for could hold.
    TooLarge {
        /// The file.
        path: PathBuf,
        /// Bytes that there is room for.
        limit: u64,
    },
    /// The initrd doesn't fit into the guest's memory.
    Memory {
        /// Bytes of the initrd.
        initrd: u64,
        /// Bytes of memory that it needs then.
        needed: u64,
    },
    /// A program couldn't be started.
    Start {
        /// The program.
        program: String,
        /// The operating system's reason.
        source: io::Error,
    },
    /// A program ended with an error.
    Program {
        /// The program, and what it was to do.
        program: String,
        /// How it ended.
        status: ExitStatus,
    },
    /// A file isn't the object file or archive that it should be.
    Object {
        /// The file.
        path: PathBuf,
        /// The reader's reason.
        source: object::Error,
    },
    /// A module reaches a per-CPU variable by distance: it couldn't be loaded far
    /// from per-CPU memory.
    DirectPerCpu {
        /// The module.
        module: String,
        /// Section that holds the instruction.
        section: String,
        /// Offset of the field in that section.
        offset: u64,
        /// The per-CPU symbol or section.
        target: String,
    },
    /// A module in C uses so many per-CPU variables or handles as ordinary memory.
    PerCpuUse {
        /// The module.
        module: String,
        /// How many places were reported.
        count: usize,
    },
    /// A module in C has so many formats that this kernel can't print.
    Formats {
        /// The module.
        module: String,
        /// How many conversions were reported.
        count: usize,
    },
    /// No module crate says what it was built for.
    NoStamp,
    /// Two files would lie under one name in the initrd.
    SameName {
        /// Path in the initrd.
        path: String,
    },
    /// A path that names no module: none of `.ko`, `.o` and `.c`.
    NotAModule {
        /// The path.
        path: PathBuf,
    },
    /// QEMU ended before the guest's first line, with this to say.
    Qemu {
        /// The last line of QEMU's stderr.
        message: String,
    },
    /// This signal came while many guests were run, one after another.
    Interrupted {
        /// The signal's number.
        signal: i32,
    },
    /// A guest that was to load every lesson didn't come to its end.
    Guest {
        /// The last line that it printed.
        message: String,
    },
    /// A guest that was to measure didn't come to its end, or failed.
    Unmeasured {
        /// How it ended.
        verdict: String,
    },
    /// Something of Debian's Linux can't be had.
    Debian {
        /// Why.
        message: String,
    },
    /// Linux didn't come to its end, or not all of it was measured.
    Peer {
        /// What is wrong.
        message: String,
    },
    /// The kernel has no function of this name, by which a profile begins or ends.
    NoFunction {
        /// The function.
        name: &'static str,
    },
    /// What the plugin wrote isn't a whole profile.
    Profile {
        /// The line at which that shows.
        line: String,
    },
    /// A file isn't a dump that can be used.
    Core {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        source: core::Error,
    },
    /// A dump is of another kernel than the one that is built.
    OtherBuild {
        /// The file.
        path: PathBuf,
        /// The dumped kernel's build ID.
        dumped: String,
        /// That of the one that is built.
        built: String,
    },
    /// The value of `GUEST_TOOLCHAIN` is none that this program knows.
    Toolchain {
        /// The value.
        value: String,
    },
}

impl Error {
    /// For `map_err` on a file operation.
    pub fn file(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::File {
            doing,
            path,
            source,
        }
    }

    /// For `map_err` on the start of a program.
    pub fn start(program: &str) -> impl Fn(io::Error) -> Self + use<> {
        let program = program.to_owned();
        move |source| Self::Start {
            program: program.clone(),
            source,
        }
    }

    /// For `map_err` on the reading of an object file.
    pub fn object(path: &Path) -> impl Fn(object::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Object {
            path: path.clone(),
            source,
        }
    }
}

impl std::error::Error for Error {}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::File {
                doing,
                path,
                source,
            } => {
                write!(f, "can't {doing} {}: {source}", path.display())
            }
            Error::TooLarge { path, limit } => write!(
                f,
                "{}: it has more than {limit} bytes, for which the guest has no room",
                path.display()
            ),
            Error::Memory { initrd, needed } => write!(
                f,
                "the initrd has {initrd} bytes: the guest needs --memory {}M at least",
                needed.div_ceil(1 << 20)
            ),
            Error::Start { program, source } => {
                write!(f, "can't start {program}: {source}")
            }
            Error::Program { program, status } => write!(f, "{program} failed: {status}"),
            Error::Object { path, source } => write!(f, "{}: {source}", path.display()),
            Error::DirectPerCpu {
                module,
                section,
                offset,
                target,
            } => write!(
                f,
                "module {module}: {section}+{offset:#x} reaches per-CPU {target} by \
                 R_390_PC32DBL; it must go through a GOT slot (R_390_GOTENT)"
            ),
            Error::PerCpuUse { module, count } => write!(
                f,
                "module {module}: per-CPU memory is used as if it were one CPU's, {count} times"
            ),
            Error::Formats { module, count } => write!(
                f,
                "module {module}: its formats ask for what isn't here, {count} times"
            ),
            Error::NoStamp => f.write_str("no module crate has a vermagic entry in .modinfo"),
            Error::SameName { path } => write!(f, "two modules would be {path} in the initrd"),
            Error::NotAModule { path } => {
                write!(
                    f,
                    "{}: a module's name ends in .ko, .o or .c",
                    path.display()
                )
            }
            Error::Qemu { message } => write!(f, "QEMU could not start the guest: {message}"),
            Error::Interrupted { signal } => write!(f, "stopped by signal {signal}"),
            Error::Guest { message } => {
                write!(f, "a guest ended before all was done; it says: {message}")
            }
            Error::Unmeasured { verdict } => write!(f, "a guest that was to measure: {verdict}"),
            Error::Debian { message } => write!(f, "{message}"),
            Error::Peer { message } => write!(f, "Linux couldn't be measured: {message}"),
            Error::NoFunction { name } => {
                write!(f, "System.map has no {name}, which marks what is profiled")
            }
            Error::Profile { line } => {
                write!(
                    f,
                    "the plugin's counts aren't whole; the line `{line}` is wrong"
                )
            }
            Error::Core { path, source } => write!(f, "{}: {source}", path.display()),
            Error::OtherBuild {
                path,
                dumped,
                built,
            } => write!(
                f,
                "{}: a dump of another build: its kernel's build ID is {dumped}, that of the \
                 one that is built {built}",
                path.display()
            ),
            Error::Toolchain { value } => {
                write!(
                    f,
                    "GUEST_TOOLCHAIN={value}: expected prebuilt, nightly or debian"
                )
            }
        }
    }
}
