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

use crate::fallible::try_collect;
use alloc::collections::TryReserveError;
use alloc::vec::Vec;
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

/// Reads the list of files of the archive that lies there. Once, at boot, when there is a
/// heap.
///
/// # Errors
/// If there is no memory for the list.
///
/// # Safety
/// `[address, address + bytes)` is memory that nothing writes from here on (M1).
pub unsafe fn init(address: usize, bytes: usize) -> Result<(), TryReserveError> {
    let start = core::ptr::with_exposed_provenance(address);
    // SAFETY: M1: the caller's promise.
    let archive: &'static [u8] = unsafe { core::slice::from_raw_parts(start, bytes) };
    let files = cpio_reader::iter_files(archive).map(|entry| File {
        path: entry.name(),
        data: entry.file(),
    });
    let files = try_collect(files)?;
    FILES.call_once(|| files);
    Ok(())
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
