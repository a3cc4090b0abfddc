//! The section that parameters are described in.

/// Its name.
pub(crate) const SECTION: &str = "__param";
/// Bytes in a record of it.
pub(crate) const RECORD: usize = 24;
/// Bytes in a record of an object compiled for Linux.
pub(crate) const LINUX_RECORD: usize = 40;
