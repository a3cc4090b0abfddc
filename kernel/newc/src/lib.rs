//! Archives in cpio's "New ASCII Format": their files, one after another.
//!
//! ```text
//!  0      6                     54              94             110
//!  ┌──────┬──────────┬──────────┬──────┬────────┬──────┬───────┬──────┬─┬─────┬──────────┬───
//!  │070701│ 6 fields │ filesize │  ... │namesize│check │ name  │NUL(s)  │ contents   NULs│next
//!  └──────┴──────────┴──────────┴──────┴────────┴──────┴───────┴────────┴────────────────┴───
//!                     each field: 8 hexadecimal digits; name and contents are padded to 4
//! ```
//!
//! Only headers are read, not what is in the files: the check sums of a variant (070702)
//! aren't looked at. An archive ends with a file `TRAILER!!!`; one
//! that ends otherwise isn't whole, and its reader says so.
//!
//! cpio(5), "New ASCII Format".
#![no_std]
#![forbid(unsafe_code)]

const MAGICS: [&[u8]; 2] = [b"070701", b"070702"];
/// Bytes of a header.
const HEADER: usize = 110;
/// Where the sizes of contents and name begin, the latter with its NUL.
const FILE_SIZE: usize = 54;
const NAME_SIZE: usize = 94;
/// Names and contents begin at multiples of this.
const ALIGN: usize = 4;
const TRAILER: &str = "TRAILER!!!";

/// A file of an archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct File<'archive> {
    /// Path inside the archive.
    pub path: &'archive str,
    /// Contents.
    pub data: &'archive [u8],
}

/// There is neither a file nor the archive's end where one of them must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Broken;

/// The files of an archive, up to its trailer. After an error there is nothing more.
pub fn files(archive: &[u8]) -> Files<'_> {
    Files {
        archive,
        next: Some(0),
        behind: None,
    }
}

/// See [`files`].
#[derive(Clone, Debug)]
pub struct Files<'archive> {
    archive: &'archive [u8],
    /// Where the next header is.
    next: Option<usize>,
    /// Where the trailer ends.
    behind: Option<usize>,
}

impl<'archive> Files<'archive> {
    /// What lies behind the trailer, once that has come.
    pub fn behind(&self) -> Option<&'archive [u8]> {
        self.behind
            .map(|start| self.archive.get(start..).unwrap_or_default())
    }
}

impl<'archive> Iterator for Files<'archive> {
    type Item = Result<File<'archive>, Broken>;

    fn next(&mut self) -> Option<Self::Item> {
        let start = self.next.take()?;
        let Some((file, next)) = file_at(self.archive, start) else {
            return Some(Err(Broken));
        };
        if file.path == TRAILER {
            self.behind = Some(next);
            return None;
        }
        self.next = Some(next);
        Some(Ok(file))
    }
}

/// The file whose header begins there, and where the next header is.
fn file_at(archive: &[u8], start: usize) -> Option<(File<'_>, usize)> {
    let header = archive.get(start..)?.get(..HEADER)?;
    if !MAGICS.iter().any(|magic| header.starts_with(magic)) {
        return None;
    }
    let name_start = start + HEADER;
    let name_end = name_start.checked_add(number(header, NAME_SIZE)?)?;
    let name = archive.get(name_start..name_end)?;
    let (0, name) = name.split_last()? else {
        return None;
    };
    let data_start = name_end.next_multiple_of(ALIGN);
    let size = number(header, FILE_SIZE)?;
    let data_end = data_start.checked_add(size)?;
    // Of an empty file at the archive's end the padding may be missing.
    let data = match size {
        0 => &[],
        _ => archive.get(data_start..data_end)?,
    };
    let path = core::str::from_utf8(name).ok()?;
    Some((File { path, data }, data_end.next_multiple_of(ALIGN)))
}

/// The field that begins there.
fn number(header: &[u8], start: usize) -> Option<usize> {
    let digits = header.get(start..)?.get(..8)?;
    digits.iter().try_fold(0, |number, &digit| {
        let digit = char::from(digit).to_digit(16)?;
        Some(number << 4 | digit as usize)
    })
}
