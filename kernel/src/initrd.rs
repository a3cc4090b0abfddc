//! The initrd: a cpio archive (newc) that the loader put into memory.
//!
//! ```text
//!  System.map        the kernel's symbols, for backtraces
//!  modules/NAME.ko   loaded at boot
//!  fixtures/NAME.ko  for the self-tests
//!  ctest/NAME.ko     tests in C, likewise
//!  lib/NAME.ko       when a module needs it
//!  extra/NAME.ko     from the runner's --module
//!  run               monitor commands, one a line
//! ```
//!
//! An archive that isn't whole, or has what nothing reads, stops the boot: it would be a
//! run for less than it was to show. With `initrd_sum=`, as the runner gives it, it is known
//! to be as it was packed: the machine sums up a page and more in one instruction.

use alloc::collections::TryReserveError;
use alloc::vec::Vec;
use core::fmt;
use fallible::{TryPush, collected};
use loader::Escaped;
use spin::Once;
use words::is_same;

/// All files. The archive's headers are read once; its contents are left alone until they
/// are asked for.
static FILES: Once<Vec<File>> = Once::new();

/// The folders that modules are in.
const FOLDERS: [&str; 5] = ["modules", "fixtures", "ctest", "lib", "extra"];

/// A file of the archive.
pub type File = newc::File<'static>;

/// Why there is no list of files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Error {
    /// No memory for it.
    NoMemory,
    /// Behind this file, or at the start, the archive has neither another file nor its end:
    /// what came there is lost.
    Broken(Option<&'static str>),
    /// Its sum isn't what it was when it was packed.
    Sum {
        /// What it is.
        found: u32,
        /// What it was.
        packed: u32,
    },
    /// Something lies behind the archive's end.
    BehindTheEnd,
    /// A path that nothing reads: what was to be read would be missed in silence.
    Unknown(&'static str),
    /// Two files of this path, of which one would never be read.
    Twice(&'static str),
}

impl From<TryReserveError> for Error {
    fn from(_: TryReserveError) -> Self {
        Error::NoMemory
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::NoMemory => f.write_str("no memory for the list of its files"),
            Error::Broken(Some(path)) => {
                write!(
                    f,
                    "behind {} comes neither a file nor the archive's end",
                    Escaped(path)
                )
            }
            Error::Sum { found, packed } => write!(
                f,
                "it isn't as it was packed: its sum is {found:08x}, and was {packed:08x}"
            ),
            Error::BehindTheEnd => f.write_str("something lies behind its end"),
            Error::Unknown(path) => {
                write!(f, "`{}` is no path that the kernel reads", Escaped(path))
            }
            Error::Twice(path) => write!(f, "{} is there twice", Escaped(path)),
            Error::Broken(None) => f.write_str("it doesn't begin as a cpio archive does"),
        }
    }
}

/// Reads the list of files of the archive that lies there, whose sum was `packed` if that is
/// known. Once, at boot, when there is a heap.
///
/// # Errors
/// As [`Error`] has them. A list that isn't whole would make a run pass for less than it
/// was to show.
///
/// # Safety
/// `[address, address + bytes)` is memory that nothing writes from here on (M1).
pub unsafe fn init(address: usize, bytes: usize, packed: Option<u32>) -> Result<(), Error> {
    let start = core::ptr::with_exposed_provenance(address);
    // SAFETY: M1: the caller's promise.
    let archive: &'static [u8] = unsafe { core::slice::from_raw_parts(start, bytes) };
    let files = list(archive)?;
    check_paths(&files)?;
    if let Some(packed) = packed {
        let found = arch::string::checksum(archive);
        if found != packed {
            return Err(Error::Sum { found, packed });
        }
    }
    FILES.call_once(|| files);
    Ok(())
}

/// The files of an archive that ends as it must.
///
/// # Errors
/// As [`Error`] has them.
pub fn list(archive: &'static [u8]) -> Result<Vec<File>, Error> {
    let mut files: Vec<File> = Vec::new();
    let mut entries = newc::files(archive);
    for file in entries.by_ref() {
        let last = files.last().map(|file| file.path);
        files.try_push(file.map_err(|newc::Broken| Error::Broken(last))?)?;
    }
    let mut behind = entries.behind().into_iter().flatten();
    match behind.all(|&byte| byte == 0) {
        true => Ok(files),
        false => Err(Error::BehindTheEnd),
    }
}

/// Checks that each file is one that the kernel looks for, and the only one of its path.
///
/// # Errors
/// The first that isn't.
pub fn check_paths(files: &[File]) -> Result<(), Error> {
    let is_known = |path: &str| match path.split_once('/') {
        None => matches!(path, "System.map" | "run"),
        Some((folder, _)) => {
            let name = module_name(path).filter(|name| !name.is_empty());
            FOLDERS.contains(&folder) && name.is_some()
        }
    };
    if let Some(odd) = files.iter().find(|file| !is_known(file.path)) {
        return Err(Error::Unknown(odd.path));
    }
    let mut paths = collected(files.len(), files.iter().map(|file| file.path))?;
    paths.sort_unstable();
    match paths.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(pair) => Err(Error::Twice(pair[0])),
        None => Ok(()),
    }
}

/// All files, in the archive's order; none without an archive.
pub fn files() -> impl Iterator<Item = File> {
    FILES.get().into_iter().flatten().copied()
}

/// The file of this path.
pub fn file(path: &str) -> Option<File> {
    files().find(|file| file.path == path)
}

/// The module file of this name, of whatever folder: of two, the first. In the name `-` and
/// `_` are the same; it may be a path, and end as files do.
pub fn module(name: &str) -> Option<File> {
    // The end of a path differs in all but one: it is looked at before the whole is taken apart.
    let ends_so = |path: &str| {
        let object = path.strip_suffix(".ko");
        let object = object.or_else(|| path.strip_suffix(".o"));
        object.is_some_and(|object| object.ends_with(name))
    };
    let exactly = files().find(|file| ends_so(file.path) && module_name(file.path) == Some(name));
    exactly.or_else(|| {
        let name = plain_name(name);
        let is_it = |file: &File| module_name(file.path).is_some_and(|it| is_same(it, name));
        files().find(is_it)
    })
}

/// A module's name as a person may give it: `./NAME.ko` is NAME.
pub fn plain_name(name: &str) -> &str {
    let file = name.rsplit_once('/').map_or(name, |(_, file)| file);
    file.strip_suffix(".ko").unwrap_or(file)
}

/// The module name that a path stands for: `modules/hello.ko` is `hello`.
pub fn module_name(path: &str) -> Option<&str> {
    let (_, name) = path.rsplit_once('/')?;
    name.strip_suffix(".ko").or(name.strip_suffix(".o"))
}
