//! What can be wrong with the tree, worded in one place.

use std::fmt;
use std::path::PathBuf;

/// A rule that the tree breaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// Files, or rooms, of one crate import each other in a circle.
    Circle {
        /// The files; of rooms their paths without `.rs`.
        files: Vec<PathBuf>,
        /// Which of them imports which.
        imports: Vec<(PathBuf, PathBuf)>,
    },
    /// A file imports from its own floor or one above.
    Upwards {
        /// The file.
        file: PathBuf,
        /// Its room and that room's floor.
        from: (String, usize),
        /// The room that it imports, and that one's floor.
        to: (String, usize),
    },
    /// A room of the kernel that the table doesn't have.
    NoFloor(String),
    /// A room of the table that the kernel doesn't have.
    NoRoom(String),
    /// A SAFETY comment that names no invariant.
    NoInvariant {
        /// The file.
        file: PathBuf,
        /// Line of the comment.
        line: usize,
    },
    /// An invariant is named that there isn't.
    UnknownInvariant {
        /// The file.
        file: PathBuf,
        /// Line of the comment.
        line: usize,
        /// What it names.
        name: String,
    },
    /// An invariant that no comment names.
    UnusedInvariant(String),
    /// A self-test that runs only when it is named, and nobody names it.
    NeverRun(String),
    /// A line of a comment that is too wide.
    Wide {
        /// The file.
        file: PathBuf,
        /// The line.
        line: usize,
    },
    /// A name with a word that is no term of the field.
    NoTerm {
        /// The file.
        file: PathBuf,
        /// The name.
        name: String,
    },
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Problem::Circle { files, imports } => {
                write!(
                    f,
                    "{} files or rooms import each other in a circle:",
                    files.len()
                )?;
                imports.iter().try_for_each(|(from, to)| {
                    write!(f, "\n    {} imports {}", from.display(), to.display())
                })
            }
            Problem::Upwards { file, from, to } => write!(
                f,
                "{}: {} (floor {}) imports {} (floor {}); imports go to lower floors only",
                file.display(),
                from.0,
                from.1,
                to.0,
                to.1
            ),
            Problem::NoFloor(room) => {
                write!(f, "kernel/src: {room} has no floor in docs/ARCHITECTURE.md")
            }
            Problem::NoRoom(room) => {
                write!(f, "docs/ARCHITECTURE.md: kernel/src has no {room}")
            }
            Problem::NoInvariant { file, line } => write!(
                f,
                "{}:{line}: a SAFETY comment that names no invariant",
                file.display()
            ),
            Problem::UnknownInvariant { file, line, name } => write!(
                f,
                "{}:{line}: docs/INVARIANTS.md has no {name}",
                file.display()
            ),
            Problem::UnusedInvariant(name) => {
                write!(f, "docs/INVARIANTS.md: no SAFETY comment names {name}")
            }
            Problem::Wide { file, line } => write!(
                f,
                "{}:{line}: a comment of more than 100 columns",
                file.display()
            ),
            Problem::NoTerm { file, name } => write!(
                f,
                "{}: {name} isn't named by a term of the field",
                file.display()
            ),
            Problem::NeverRun(name) => {
                write!(
                    f,
                    "self-test {name} runs on request, and the runner never asks"
                )
            }
        }
    }
}
