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
//!
//! An archive that isn't whole, or has what nothing reads, stops the boot: it would be a
//! run for less than it was to show. Files of the newc format with sums (070702), as the
//! runner packs them, are known to be as they were packed.

use alloc::collections::TryReserveError;
use alloc::vec::Vec;
use core::fmt;
use cpio_reader::Mode;
use fallible::collected;
use loader::Escaped;
use spin::Once;

/// All files. The archive is read once: its reader sums up every byte of it.
static FILES: Once<Vec<File>> = Once::new();

/// A file of the archive.
#[derive(Clone, Copy, Debug)]
pub struct File {
    /// Path inside the archive.
    pub path: &'static str,
    /// Contents.
    pub data: &'static [u8],
}

/// Why there is no list of files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Error {
    /// No memory for it.
    NoMemory,
    /// Behind this file, or at the start, the archive has neither another file nor its end:
    /// what came there is lost.
    Broken(Option<&'static str>),
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
                    "behind {} comes neither a file as it was packed nor the archive's end",
                    Escaped(path)
                )
            }
            Error::BehindTheEnd => f.write_str("something lies behind its end"),
            Error::Unknown(path) => {
                write!(f, "`{}` is no path that the kernel reads", Escaped(path))
            }
            Error::Twice(path) => write!(f, "{} is there twice", Escaped(path)),
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
    check_paths(&files)?;
    FILES.call_once(|| files);
    Ok(())
}

/// The files of an archive that ends as it must.
///
/// # Errors
/// As [`Error`] has them.
pub fn list(archive: &'static [u8]) -> Result<Vec<File>, Error> {
    let mut last = None;
    let entries = cpio_reader::iter_files(archive).inspect(|entry| last = Some(*entry));
    // A folder is nothing to read, unless it has been made one of a file.
    let entries = entries
        .filter(|entry| !(entry.mode().contains(Mode::DIRECTORY) && entry.file().is_empty()));
    let files = entries.map(|entry| File {
        path: entry.name(),
        data: entry.file(),
    });
    let files = collected(0, files)?;
    // Files are slices of the archive, each padded to a multiple of 4 bytes.
    let used = last.map_or(0, |entry| {
        entry.file().as_ptr_range().end as usize - archive.as_ptr() as usize
    });
    let rest = archive.get(used.next_multiple_of(4)..);
    let behind = rest.and_then(behind_trailer);
    let behind = behind.ok_or(Error::Broken(last.map(|entry| entry.name())))?;
    match behind.iter().all(|&byte| byte == 0) {
        true => Ok(files),
        false => Err(Error::BehindTheEnd),
    }
}

/// What comes behind the file that begins here, if that is the one that ends an archive
/// (cpio(5), "New ASCII Format").
fn behind_trailer(rest: &[u8]) -> Option<&[u8]> {
    const HEADER: usize = 110;
    let (header, name) = rest.split_at_checked(HEADER)?;
    let behind = name.strip_prefix(b"TRAILER!!!\0")?;
    header.starts_with(b"07070").then_some(behind)
}

/// Checks that each file is one that the kernel looks for, and the only one of its path.
///
/// # Errors
/// The first that isn't.
pub fn check_paths(files: &[File]) -> Result<(), Error> {
    const FOLDERS: [&str; 4] = ["modules", "fixtures", "ctest", "extra"];
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

/// The module file of this name, of whatever folder: of two, the first.
pub fn module(name: &str) -> Option<File> {
    files().find(|file| module_name(file.path) == Some(name))
}

/// The module name that a path stands for: `modules/hello.ko` is `hello`.
pub fn module_name(path: &str) -> Option<&str> {
    let (_, name) = path.rsplit_once('/')?;
    name.strip_suffix(".ko").or(name.strip_suffix(".o"))
}
