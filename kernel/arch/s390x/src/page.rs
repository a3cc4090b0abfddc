//! Pages: the unit of translation, protection and storage keys.

/// Bytes in a page and in a page frame.
pub const PAGE_SIZE: usize = 4096;
