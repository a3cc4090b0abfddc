//! The book's pictures: schemes whose numbers are a run's.
//!
//! * `facts.rs`: what a run says
//! * `memory.rs`: what lies where
//! * `code.rs`: instructions, what they cost and reach
//! * `binary.rs`: what a binary takes for granted
//!
//! Nothing is drawn to scale but bars, so a picture of another build differs in its numbers
//! alone.

mod binary;
mod code;
mod facts;
mod memory;

use super::costs::Cost;
use crate::verbs::blocks::Blocks;
use facts::Facts;
use std::collections::BTreeMap;

/// All pictures, by name.
pub fn all(boot: &[String], blocks: &Blocks, cost: &Cost) -> BTreeMap<&'static str, String> {
    let facts = Facts { boot, blocks };
    BTreeMap::from([
        ("why", code::why(cost)),
        ("map", memory::map(&facts)),
        ("hop", code::hop(&facts)),
        ("psw", code::psw(&facts)),
        ("boot", memory::boot_steps(&facts)),
        ("lowcore", memory::lowcore(&facts)),
        ("template", memory::template(&facts)),
        ("chunks", memory::chunks(&facts)),
        ("allocator", memory::allocator(&facts)),
        ("slot", code::slot(&facts)),
        ("field", code::field(&facts)),
        ("machines", code::machines(&facts)),
        ("interrupts", code::interrupts(&facts)),
        ("linux", binary::linux(&facts)),
    ])
}
