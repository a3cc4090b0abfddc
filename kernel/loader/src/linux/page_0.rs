//! Whether code of Linux's stores to the preempt count in lowcore, which lies on page 0.
//!
//! No register is the base of such an instruction, so its displacement is the address: these
//! bytes in the text are one, wherever an instruction may begin. Where they are something else,
//! an object is taken for one that stores, and no more comes of it than that it may.

use crate::layout::Layout;
use crate::section::Section;

/// The offset of the preempt count, as the displacement of an instruction without a base.
const PREEMPT_COUNT: [u8; 2] = [0x03, 0xa8];

/// Whether one of the module's sections of code has an instruction that stores there.
pub fn stores_preempt_count(layout: &Layout<'_>) -> bool {
    let is_code = |section: &&Section<'_>| section.is_allocated() && section.is_executable();
    let mut code = layout.sections().iter().filter(is_code);
    code.any(|section| stores(section.bytes))
}

fn stores(code: &[u8]) -> bool {
    // An instruction begins at each even address.
    (0..code.len()).step_by(2).any(|at| is_store(&code[at..]))
}

/// Whether an instruction stores to the preempt count: ST, ST with a long displacement, and what
/// changes storage in one step (Principles of Operation, appendix B).
fn is_store(instruction: &[u8]) -> bool {
    let Some(&[opcode, registers, high, low]) = instruction.first_chunk() else {
        return false;
    };
    if [high, low] != PREEMPT_COUNT {
        return false;
    }
    let has_no_index = registers & 0xf == 0;
    match (opcode, instruction.get(4..6)) {
        (0x50, _) => has_no_index,
        (0xe3, Some([0, 0x50])) => has_no_index,
        // ASI, LAA, LAN, LAO, CSY
        (0xeb, Some([0, 0x6a | 0xf8 | 0xf4 | 0xf6 | 0x14])) => true,
        // NI, OI, CS
        (0x94 | 0x96 | 0xba, _) => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::stores;

    #[test]
    fn what_stores_and_what_loads() {
        for code in [
            &[0x50, 0x10, 0x03, 0xa8][..],
            &[0x07, 0x07, 0xe3, 0x20, 0x03, 0xa8, 0x00, 0x50],
            &[0xeb, 0x01, 0x03, 0xa8, 0x00, 0x6a],
            &[0xeb, 0x12, 0x03, 0xa8, 0x00, 0xf8],
        ] {
            assert!(stores(code), "{code:x?}");
        }
        for code in [
            &[0x58, 0x10, 0x03, 0xa8][..],
            &[0x50, 0x11, 0x03, 0xa8],
            &[0x50, 0x10, 0x13, 0xa8],
            &[0x50, 0x10, 0x03, 0xac],
            &[0xeb, 0x01, 0x03, 0xa8, 0x00, 0x04],
            &[0x50, 0x10, 0x03],
            &[],
        ] {
            assert!(!stores(code), "{code:x?}");
        }
    }
}
