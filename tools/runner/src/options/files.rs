//! Files that a person names: whatever their names stand for, nothing here waits.
//!
//! A FIFO without another end, a device, a folder, a file without end: each is refused
//! by its kind or size before it is read or written.

use crate::error::Error;
use rustix::fs::{OFlags, fcntl_setfl};
use std::fs::{File, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

/// Doesn't wait for the other end of a FIFO.
const AT_ONCE: i32 = OFlags::NONBLOCK.bits() as i32;

/// Reads an ordinary file of at most so many bytes.
pub fn read(path: &Path, limit: u64) -> Result<Vec<u8>, Error> {
    let failed = Error::file("read", path);
    match try_read(path, limit) {
        Ok(Some(data)) => Ok(data),
        Ok(None) => Err(Error::TooLarge {
            path: path.to_owned(),
            limit,
        }),
        Err(error) => Err(failed(error)),
    }
}

/// Refuses what isn't an ordinary file; for a file that another program reads.
pub fn check(path: &Path) -> Result<(), Error> {
    let open = || ordinary(path).map(drop);
    open().map_err(Error::file("read", path))
}

/// `None`: it is larger.
fn try_read(path: &Path, limit: u64) -> io::Result<Option<Vec<u8>>> {
    let file = ordinary(path)?;
    if file.metadata()?.len() > limit {
        return Ok(None);
    }
    let mut data = Vec::new();
    // It may grow meanwhile.
    file.take(limit.saturating_add(1)).read_to_end(&mut data)?;
    Ok((data.len() as u64 <= limit).then_some(data))
}

fn ordinary(path: &Path) -> io::Result<File> {
    // Before it is opened: that alone may do something to a device.
    is_ordinary(&path.metadata()?)?;
    let mut options = OpenOptions::new();
    let file = options.read(true).custom_flags(AT_ONCE).open(path)?;
    // What is opened may be another file than what was looked at.
    is_ordinary(&file.metadata()?)?;
    Ok(file)
}

fn is_ordinary(metadata: &std::fs::Metadata) -> io::Result<()> {
    match metadata.is_file() {
        true => Ok(()),
        false => Err(io::Error::other("it isn't an ordinary file")),
    }
}

/// Opens a file to write to, empty; or a FIFO that is read, or a device.
pub fn create(path: &Path) -> Result<File, Error> {
    let open = || {
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true);
        let file = options.custom_flags(AT_ONCE).open(path)?;
        // What is written is waited for, by a thread of its own.
        fcntl_setfl(&file, OFlags::empty())?;
        Ok(file)
    };
    open().map_err(|error: io::Error| {
        let error = match error.raw_os_error() {
            Some(code) if code == rustix::io::Errno::NXIO.raw_os_error() => {
                io::Error::other("nobody reads it")
            }
            _ => error,
        };
        Error::file("write", path)(error)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use rustix::fs::{CWD, FileType, Mode, mknodat};
    use std::fs;

    #[test]
    fn only_ordinary_files_of_a_sane_size_are_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        fs::write(path("good"), "four").unwrap();
        assert_eq!(read(&path("good"), 4).unwrap(), b"four");
        assert!(matches!(
            read(&path("good"), 3),
            Err(Error::TooLarge { .. })
        ));
        mknodat(
            CWD,
            path("fifo"),
            FileType::Fifo,
            Mode::RUSR | Mode::WUSR,
            0,
        )
        .unwrap();
        File::create(path("huge"))
            .unwrap()
            .set_len(1 << 40)
            .unwrap();
        std::os::unix::fs::symlink("/dev/zero", path("zero")).unwrap();
        std::os::unix::fs::symlink("loop", path("loop")).unwrap();
        for name in ["fifo", "zero", "loop", "absent", "good/x", "."] {
            assert!(read(&path(name), 1 << 20).is_err(), "{name}");
            assert!(check(&path(name)).is_err(), "{name}");
        }
        assert!(matches!(
            read(&path("huge"), 1 << 20),
            Err(Error::TooLarge { .. })
        ));
        let error = create(&path("fifo")).unwrap_err().to_string();
        assert!(error.ends_with("nobody reads it"), "{error}");
        for name in [".", "good/x", "loop"] {
            assert!(create(&path(name)).is_err(), "{name}");
        }
        let reader = OpenOptions::new().read(true).write(true).open(path("fifo"));
        assert!(reader.is_ok() && create(&path("fifo")).is_ok());
    }
}
