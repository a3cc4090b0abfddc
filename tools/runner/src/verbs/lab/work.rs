//! What a grader has to go by.

use crate::build;
use std::path::Path;

/// A lab, and whose files are graded.
pub struct Work<'a> {
    /// The lab's folder in the tree.
    pub lab: &'a Path,
    /// The student's files.
    pub folder: &'a Path,
    /// What a guest boots from.
    pub guest: &'a build::Guest,
}
