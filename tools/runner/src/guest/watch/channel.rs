//! The control channel: a pipe that QEMU opens by its name in /proc.

use std::io::{self, PipeReader, PipeWriter};
use std::os::fd::AsRawFd;

/// The control channel: where QEMU writes, and where it is read.
pub struct Channel {
    pub(super) reader: PipeReader,
    pub(super) writer: PipeWriter,
}

impl Channel {
    /// A channel that nobody writes to as yet.
    pub fn new() -> io::Result<Self> {
        let (reader, writer) = io::pipe()?;
        Ok(Self { reader, writer })
    }

    /// The path by which another process of this user opens the writing end.
    pub fn path(&self) -> String {
        path_in_proc(&self.writer)
    }
}

/// The path by which another process of this user opens an open file of this one.
pub fn path_in_proc(file: &impl AsRawFd) -> String {
    format!("/proc/{}/fd/{}", std::process::id(), file.as_raw_fd())
}
