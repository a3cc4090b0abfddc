//! A stub of the procedure linkage table: eight bytes that branch to the address in a
//! slot of the GOT.
//!
//! ```text
//!  lgrl %r1, slot     c4 18 <halfwords to the slot>
//!  br   %r1           07 f1
//! ```
//!
//! The ABI leaves `%r1` to stubs: no call passes anything in it.

use super::field::{Field, FieldError};

/// Bytes of a stub.
pub(crate) const STUB: u64 = 8;

/// A stub whose slot is `distance` bytes from its first byte.
///
/// # Errors
/// If the slot is out of the 4 GiB that `lgrl` reaches, or at an odd distance.
pub(crate) fn stub(distance: i64) -> Result<[u8; STUB as usize], FieldError> {
    let mut code = [0xc4, 0x18, 0, 0, 0, 0, 0x07, 0xf1];
    Field::halfwords(32).write(&mut code[2..6], distance)?;
    Ok(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loads_the_slot_and_branches() {
        let code = stub(0x2468_acf0).unwrap();
        assert_eq!(code, [0xc4, 0x18, 0x12, 0x34, 0x56, 0x78, 0x07, 0xf1]);
        assert_eq!(stub(3), Err(FieldError::Odd));
        assert!(matches!(stub(1 << 32), Err(FieldError::Overflow { .. })));
    }
}
