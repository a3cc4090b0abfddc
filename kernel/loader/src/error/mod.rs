//! Everything that can be wrong with an object, with its facts.
//!
//! * `name.rs`: names and places
//! * `unusable.rs`, `unrepresentable.rs`: facts that several errors have
//! * `kinds.rs`: the errors
//! * `text.rs`: their words

mod kinds;
mod name;
mod text;
mod unrepresentable;
mod unusable;

pub use kinds::{Compiler, LoadError};
pub use name::{Name, Place};
pub use unrepresentable::Unrepresentable;
pub use unusable::Unusable;

// Results carry it through the kernel; clippy's limit for what carries it there is 128.
const _: () = assert!(size_of::<LoadError>() <= 104);
