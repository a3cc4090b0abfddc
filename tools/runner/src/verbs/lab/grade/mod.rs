//! The graders, one a lab.

pub mod batched;
pub mod gotent;
pub mod hop;
mod inspect;
pub mod interrupts;
pub mod lost_update;
pub mod populate;
pub mod reach;
pub mod reserved;
pub mod weak;

use super::findings::Findings;
use super::work::Work;
use crate::error::Error;

/// Looks at a student's files; reports what it found.
pub type Grader = fn(&Work<'_>, &mut Findings) -> Result<(), Error>;
