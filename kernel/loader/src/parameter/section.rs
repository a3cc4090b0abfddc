//! The section that parameters are described in.

/// Its name.
pub(crate) const SECTION: &str = "__param";
/// Bytes in a record of it.
pub(crate) const RECORD: usize = 24;
