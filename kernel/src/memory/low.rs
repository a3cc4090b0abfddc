//! Whether modules have taken all that there is for them.

use super::{heap, reserve};

/// Whether they have: page frames, or memory of the kernel's heap for the book-keeping of what
/// they have.
pub fn is_low() -> bool {
    reserve::has_no_frames() || heap::is_low()
}
