//! What is asked for, and what is given: sizes and places in granules.

/// Size and alignment of an allocation, checked and in granules.
#[derive(Debug, Clone, Copy)]
pub struct Request {
    /// At least 1.
    pub granules: u32,
    /// Power of two.
    pub align: u32,
}

/// Where an area is.
#[derive(Clone, Copy, Debug)]
pub struct Area {
    /// Its chunk's number.
    pub chunk: usize,
    /// Its first granule.
    pub granule: u32,
}
