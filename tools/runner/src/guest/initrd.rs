//! The initrd: a cpio archive (newc) of all that the guest reads.
//!
//! ```text
//!  System.map        the kernel's symbols
//!  modules/NAME.ko   loaded at boot
//!  fixtures/NAME.ko  on request, by self-tests
//!  ctest/NAME.ko     tests in C, likewise
//!  lib/NAME.ko       when a module needs it
//!  extra/NAME.ko     from --module
//!  fixtures/NAME.o   for bench, generated
//!  run               commands of --run, one a line
//! ```

use crate::build::Guest;
use crate::build::{c, generated, layout};
use crate::error::Error;
use crate::options::Options;
use crate::options::files;
use cpio::newc;
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

/// Where QEMU puts the initrd, if the kernel leaves it the place.
const BEFORE_INITRD: u64 = 8 << 20;

/// What QEMU's firmware takes of the end of memory, though nothing boots by it.
const BEHIND_INITRD: u64 = 2 << 20;

/// A packed archive.
pub struct Initrd {
    /// A file without a name, so that none is left however this program ends; others open
    /// it by its path in /proc.
    pub file: File,
    /// The sum of its bytes, as the kernel looks at it.
    pub sum: u32,
}

/// Packs an archive.
pub fn pack(guest: &Guest, options: &Options) -> Result<Initrd, Error> {
    let archive = archive(guest, options)?;
    let bytes = archive.len() as u64;
    let needed = BEFORE_INITRD + bytes + BEHIND_INITRD;
    if needed > options.memory().bytes() {
        let initrd = bytes;
        return Err(Error::Memory { initrd, needed });
    }
    of(&archive, sum(&archive))
}

/// An archive, with a sum that may be another's.
pub fn of(archive: &[u8], sum: u32) -> Result<Initrd, Error> {
    let folder = layout::release();
    let wrong = || Error::file("write an initrd in", &folder);
    let mut file = tempfile::tempfile_in(&folder).map_err(wrong())?;
    file.write_all(archive).map_err(wrong())?;
    Ok(Initrd { file, sum })
}

/// The sum of words of four bytes, the last filled up with zeros; what is carried out at the
/// left comes in again at the right (Principles of Operation, chapter 7, CHECKSUM).
pub fn sum(archive: &[u8]) -> u32 {
    archive.chunks(4).fold(0, |sum: u32, word| {
        let mut bytes = [0; 4];
        bytes[..word.len()].copy_from_slice(word);
        let (sum, carry) = sum.overflowing_add(u32::from_be_bytes(bytes));
        sum.wrapping_add(carry.into())
    })
}

/// The archive's bytes.
pub fn archive(guest: &Guest, options: &Options) -> Result<Vec<u8>, Error> {
    archive_of(&contents(guest, options)?)
}

/// An archive's bytes. All its files may be executed: of ours none is, of Linux's one.
pub fn archive_of(files: &Files) -> Result<Vec<u8>, Error> {
    let mut archive = Vec::new();
    let folder = layout::release();
    write(files, &mut archive).map_err(Error::file("write an initrd in", &folder))?;
    Ok(archive)
}

/// What lies in an initrd, by path.
pub type Files = BTreeMap<String, Vec<u8>>;

/// What the archive is to hold.
pub fn contents(guest: &Guest, options: &Options) -> Result<Files, Error> {
    let mut files = Files::new();
    let mut add = |path: String, data: Vec<u8>| match files.insert(path.clone(), data) {
        None => Ok(()),
        Some(_) => Err(Error::SameName { path }),
    };
    add(
        "System.map".to_owned(),
        guest.system_map.clone().into_bytes(),
    )?;
    for module in &guest.modules {
        let path = format!("{}/{}.ko", module.folder, module.name);
        add(path, read(&module.linked())?)?;
    }
    for module in &options.modules {
        let name = module_name(module)?;
        let object = match module.extension() {
            Some(extension) if extension == "c" => {
                files::check(module)?;
                let make = match options.checks_memory() {
                    true => c::extra_checked,
                    false => c::extra,
                };
                make(guest.compiler, &name, module, &guest.stamp)?
            }
            _ => module.clone(),
        };
        let data = files::read(&object, options.memory().bytes())?;
        add(format!("{}/{name}.ko", layout::EXTRA), data)?;
    }
    if options.has_bench_modules() {
        for (name, data) in generated::all(options.measures_growth())? {
            add(format!("{}/{name}.o", layout::FIXTURES), data)?;
        }
    }
    let commands = options.commands();
    if !commands.is_empty() {
        add("run".to_owned(), (commands.join("\n") + "\n").into_bytes())?;
    }
    Ok(files)
}

/// `some/NAME.ko`, `some/NAME.o` or `some/NAME.c`: NAME.
fn module_name(path: &Path) -> Result<String, Error> {
    let extension = path.extension().unwrap_or_default();
    match path.file_stem() {
        Some(name) if ["ko", "o", "c"].iter().any(|known| extension == *known) => {
            Ok(name.to_string_lossy().into_owned())
        }
        _ => Err(Error::NotAModule {
            path: path.to_owned(),
        }),
    }
}

fn read(path: &Path) -> Result<Vec<u8>, Error> {
    fs::read(path).map_err(Error::file("read", path))
}

fn write(files: &Files, archive: &mut Vec<u8>) -> io::Result<()> {
    const REGULAR_FILE: u32 = 0o100_755;
    for (inode, (path, data)) in (1..).zip(files) {
        let length = u32::try_from(data.len())
            .map_err(|_| io::Error::new(io::ErrorKind::FileTooLarge, path.clone()))?;
        let header = newc::Builder::new(path).ino(inode).mode(REGULAR_FILE);
        let mut file = header.write(&mut *archive, length);
        file.write_all(data)?;
        file.finish()?;
    }
    newc::trailer(archive)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_reads_back() {
        let mut files = Files::new();
        files.insert("System.map".to_owned(), b"0 T x\n".to_vec());
        files.insert("modules/odd.ko".to_owned(), vec![7; 13]);
        files.insert("run".to_owned(), Vec::new());
        let mut archive = Vec::new();
        write(&files, &mut archive).unwrap();
        let mut rest = archive.as_slice();
        for (path, data) in &files {
            let mut reader = newc::Reader::new(rest).unwrap();
            assert_eq!(reader.entry().name(), path);
            let mut found = Vec::new();
            io::Read::read_to_end(&mut reader, &mut found).unwrap();
            assert_eq!(&found, data);
            rest = reader.finish().unwrap();
        }
        assert!(newc::Reader::new(rest).unwrap().entry().is_trailer());
    }

    #[test]
    fn a_sum_carries_around() {
        assert_eq!(sum(b""), 0);
        assert_eq!(sum(&[0, 0, 0, 1, 2]), 0x0200_0001);
        assert_eq!(sum(&[0xff; 8]), 0xffff_ffff);
        assert_eq!(sum(&[0xff, 0xff, 0xff, 0xff, 0, 0, 0, 2]), 2);
    }

    #[test]
    fn a_module_is_named_by_its_file() {
        assert_eq!(module_name(Path::new("a/b.ko")).unwrap(), "b");
        assert_eq!(module_name(Path::new("b-c.o")).unwrap(), "b-c");
        assert_eq!(module_name(Path::new("d.c")).unwrap(), "d");
        assert!(module_name(Path::new("a/b.txt")).is_err());
        assert!(module_name(Path::new("/")).is_err());
    }
}
