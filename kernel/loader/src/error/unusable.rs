//! Why something can't be called, or given to others.

use super::name::Name;
use core::fmt;

/// Why something that a module's file names can't be called, or given to others.
#[derive(Debug, PartialEq, Eq)]
pub enum Unusable {
    /// It isn't in the module: another object's, or nobody's.
    Undefined,
    /// It is a value, not a place in the module.
    Absolute,
    /// It lies in this section, which takes no memory.
    NotLoaded(Name),
    /// It lies in this section, which is gone once init has returned.
    Init(Name),
    /// It lies in this section, which holds no code.
    NoCode(Name),
    /// It lies behind the last byte of this section.
    Outside(Name),
    /// No instruction begins at an odd address.
    Odd,
    /// Its symbol's type says that it is something else than a function.
    NoFunction,
}

impl fmt::Display for Unusable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unusable::Undefined => f.write_str("isn't in the module"),
            Unusable::Absolute => f.write_str("is an absolute symbol"),
            Unusable::NotLoaded(section) => {
                write!(f, "is in section {section}, which takes no memory")
            }
            Unusable::Init(section) => write!(
                f,
                "is in section {section}, which is gone once init has returned"
            ),
            Unusable::NoCode(section) => {
                write!(f, "is in section {section}, which holds no code")
            }
            Unusable::Outside(section) => write!(f, "is behind the end of section {section}"),
            Unusable::Odd => f.write_str("is at an odd address"),
            Unusable::NoFunction => f.write_str("is of another type"),
        }
    }
}
