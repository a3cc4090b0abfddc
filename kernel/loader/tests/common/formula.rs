//! The formulas of the s390x ELF ABI ("Relocation"), by name: for the tables that have
//! them written down a second time.

/// What a type computes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Formula {
    /// S + A
    Value,
    /// S + A - P
    Distance,
    /// S + A - GOT
    FromGot,
    /// G + A
    Slot,
    /// GOT + G + A - P
    SlotDistance,
    /// GOT + A - P
    GotDistance,
    /// L + A - P
    Call,
    /// L + A - GOT
    CallFromGot,
}
