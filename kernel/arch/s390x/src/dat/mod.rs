//! Dynamic address translation: one address space for the whole kernel.
//!
//! The tables, and all that needs no machine, are the crate `page-table`'s; here they
//! meet this machine's memory, and its instructions that translate.
//!
//! * `address_space.rs`: the tables in memory, and INVALIDATE PAGE TABLE ENTRY
//! * here: what the running CPU makes of an address

mod address_space;

pub use address_space::AddressSpace;
pub use page_table::{
    END, Found, Level, MapError, Mapping, NoTable, PAGE_TABLE_ENTRIES, PageEntry, Protection,
    Reached, SEGMENT_SIZE, Step, TABLE_SIZE, Table, TableMemory,
};

use crate::control;
use crate::fault_safe::{self, Fault};
use core::arch::asm;

/// The steps of the running CPU's translation of `address`, level by level, by reads
/// that may fail. No step at all: translation isn't set up, or the address is beyond
/// what the top table reaches.
pub fn walk(address: usize) -> impl Iterator<Item = Step<Fault>> {
    let element = control::translation_tables();
    page_table::walk(element, address, fault_safe::read_u64)
}

/// Changes a byte of code, in one piece with the seven bytes around it: through its real address,
/// so that no page is writable for that, nor for a moment. `false` if nothing is mapped there.
///
/// Another CPU sees the old byte or the new one, and the new one at the latest when it has
/// serialized (Principles of Operation, chapter 5, "Instruction Fetching").
///
/// # Safety
/// M1, M2: the byte is the caller's to change, and the code is right with either.
pub unsafe fn patch_code(address: usize, byte: u8) -> bool {
    let word = address & !7;
    let (Some(real), Ok(old)) = (real_address(word), fault_safe::read_u64(word)) else {
        return false;
    };
    let mut bytes = old.to_be_bytes();
    bytes[address & 7] = byte;
    // SAFETY: M1, M2: the caller's promise. STURG stores eight bytes at a real address.
    unsafe {
        asm!(
            "sturg {}, {}", in(reg) u64::from_be_bytes(bytes), in(reg_addr) real,
            options(nostack),
        );
    }
    true
}

/// All tables by which the running CPU translates, by reads that may fail and without a lock:
/// one that another CPU makes meanwhile may be among them or not.
pub fn tables() -> impl Iterator<Item = Reached> {
    let element = control::translation_tables();
    page_table::tables(element, |address| fault_safe::read_u64(address).ok())
}

/// The real address behind a virtual one, as the running CPU translates it (LOAD REAL
/// ADDRESS), or `None` if nothing is mapped there. Whether the page allows anything but
/// loads isn't asked.
pub fn real_address(address: usize) -> Option<usize> {
    let mut real = address;
    let condition: u64;
    // SAFETY: C7: translates, without accessing the page.
    unsafe {
        asm!(
            "lra {real}, 0({real})",
            "ipm {condition}",
            "srl {condition}, 28",
            real = inout(reg_addr) real,
            condition = out(reg) condition,
            options(nostack),
        );
    }
    (condition as u32 == 0).then_some(real)
}
