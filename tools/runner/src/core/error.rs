//! What can be wrong with a dump.

use std::fmt;
use std::io;

/// Why there is no dump, or none that can be used.
#[derive(Debug)]
pub enum Error {
    /// It couldn't be read or written.
    Io(io::Error),
    /// It isn't an ELF core of this machine.
    NotACore,
    /// A part that it must have isn't there.
    Lacks(&'static str),
    /// It would have more program headers than an ELF file can.
    TooManySegments(usize),
}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl std::error::Error for Error {}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(error) => write!(f, "{error}"),
            Self::NotACore => f.write_str("it isn't an ELF core of an s390x machine"),
            Self::Lacks(what) => write!(f, "the dump has no {what}"),
            Self::TooManySegments(count) => {
                write!(
                    f,
                    "memory is in {count} pieces; an ELF file has 65,534 at most"
                )
            }
        }
    }
}
