//! The labs: their numbers, names, and how long they take.

use super::grade::{self, Grader};
use crate::build::layout;
use std::path::PathBuf;

/// A lab.
pub struct Lab {
    /// By which it is asked for.
    pub number: u32,
    /// Its folder's name.
    pub name: &'static str,
    /// What it is about.
    pub title: &'static str,
    /// How long it takes.
    pub minutes: u32,
    /// What it needs: "C", "Rust", or nothing but answers.
    pub by: &'static str,
    /// Looks at a student's files.
    pub grade: Grader,
}

/// Where the labs lie.
pub fn labs() -> PathBuf {
    layout::root().join("tools/labs")
}

impl Lab {
    /// Its folder in the tree.
    pub fn folder(&self) -> PathBuf {
        labs().join(self.name)
    }

    /// The student's folder.
    pub fn students(&self) -> PathBuf {
        layout::root().join("labs").join(self.name)
    }
}

const fn lab(
    number: u32,
    name: &'static str,
    title: &'static str,
    minutes: u32,
    by: &'static str,
    grade: Grader,
) -> Lab {
    Lab {
        number,
        name,
        title,
        minutes,
        by,
        grade,
    }
}

/// From the first on; the command line has their numbers ([`crate::options::LABS`]).
pub static LABS: [Lab; 9] = [
    lab(
        1,
        "1-hop",
        "Follow a hop by hand",
        30,
        "numbers",
        grade::hop::grade,
    ),
    lab(
        2,
        "2-reach",
        "Where `direct` stops linking",
        30,
        "numbers",
        grade::reach::grade,
    ),
    lab(
        3,
        "3-weak",
        "Undo a weak definition with one flag",
        25,
        "numbers",
        grade::weak::grade,
    ),
    lab(
        4,
        "4-interrupts",
        "Count interruptions per CPU",
        40,
        "C",
        grade::interrupts::grade,
    ),
    lab(
        5,
        "5-lost-update",
        "The lost update of a shared counter",
        40,
        "C",
        grade::lost_update::grade,
    ),
    lab(
        6,
        "6-gotent",
        "The GOTENT case of a relocation engine",
        60,
        "Rust",
        grade::gotent::grade,
    ),
    lab(
        7,
        "7-populate",
        "Populate pages, all or none",
        60,
        "Rust",
        grade::populate::grade,
    ),
    lab(
        8,
        "8-batched",
        "A batched counter",
        60,
        "C",
        grade::batched::grade,
    ),
    lab(
        9,
        "9-reserved",
        "Fill the reserved part, and say why Linux fails there",
        35,
        "C and numbers",
        grade::reserved::grade,
    ),
];
