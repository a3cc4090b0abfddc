// Lab 6: R_390_GOTENT. What README.md calls `gotent` is below, to be written.

/// What a slot is for: a symbol, by its number in the symbol table.
pub type Symbol = u32;

/// The global offset table: slots of 8 bytes, one behind the other.
pub struct Got {
    /// Where its first slot lies.
    pub address: u64,
    /// Whose each slot is, and what it holds.
    pub slots: Vec<(Symbol, u64)>,
}

/// Why a relocation can't be done.
#[derive(Debug, PartialEq, Eq)]
pub enum Refused {
    /// The slot is further away than the field can say.
    OutOfReach,
    /// The distance is odd: a field that counts halfwords can't say it.
    Odd,
}

/// Does one relocation of a module whose bytes are `code`, and whose first byte lies at `base`.
///
/// The field is the 4 bytes at `code[place..place + 4]`. It is to say where the slot of
/// `symbol` lies, which is to hold `value`.
pub fn gotent(
    code: &mut [u8],
    base: u64,
    place: usize,
    got: &mut Got,
    symbol: Symbol,
    value: u64,
    addend: i64,
) -> Result<(), Refused> {
    let _ = (code, base, place, got, symbol, value, addend);
    Ok(())
}
