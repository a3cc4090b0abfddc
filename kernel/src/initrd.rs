//! The initrd: a cpio archive (newc) that the loader put into memory.
//!
//! ```text
//!  System.map        the kernel's symbols, for backtraces
//!  modules/NAME.ko   loaded at boot
//!  fixtures/NAME.ko  for the self-tests
//!  ctest/NAME.ko     tests in C, likewise
//!  extra/NAME.ko     from the runner's --module
//!  run               monitor commands, one a line
//! ```

use alloc::collections::TryReserveError;
use alloc::vec::Vec;
use core::fmt;
use fallible::TryPush;
use spin::Once;

/// All files. The archive's headers are read once; its contents are left alone until they
/// are asked for.
static FILES: Once<Vec<File>> = Once::new();

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
                    "behind {path} comes neither a file nor the archive's end"
                )
            }
            Error::Broken(None) => f.write_str("it doesn't begin as a cpio archive does"),
        }
    }
}

/// Reads the list of files of the archive that lies there. Once, at boot, when there is a
/// heap.
///
/// # Errors
/// As [`Error`] has them. A list that isn't whole would make a run pass for less than it
/// was to show.
///
/// # Safety
/// `[address, address + bytes)` is memory that nothing writes from here on (M1).
pub unsafe fn init(address: usize, bytes: usize) -> Result<(), Error> {
    let start = core::ptr::with_exposed_provenance(address);
    // SAFETY: M1: the caller's promise.
    let archive: &'static [u8] = unsafe { core::slice::from_raw_parts(start, bytes) };
    let files = list(archive)?;
    FILES.call_once(|| files);
    Ok(())
}

/// The files of an archive that ends as it must.
///
/// # Errors
/// As [`Error`] has them.
pub fn list(archive: &'static [u8]) -> Result<Vec<File>, Error> {
    let mut files: Vec<File> = Vec::new();
    for file in newc::files(archive) {
        let last = files.last().map(|file| file.path);
        files.try_push(file.map_err(|newc::Broken| Error::Broken(last))?)?;
    }
    Ok(files)
}

/// All files, in the archive's order; none without an archive.
pub fn files() -> impl Iterator<Item = File> {
    FILES.get().into_iter().flatten().copied()
}

/// The file of this path.
pub fn file(path: &str) -> Option<File> {
    files().find(|file| file.path == path)
}

/// The module file of this name, of whatever folder: of two, the first.
pub fn module(name: &str) -> Option<File> {
    files().find(|file| module_name(file.path) == Some(name))
}

/// The module name that a path stands for: `modules/hello.ko` is `hello`.
pub fn module_name(path: &str) -> Option<&str> {
    let (_, name) = path.rsplit_once('/')?;
    name.strip_suffix(".ko").or(name.strip_suffix(".o"))
}
