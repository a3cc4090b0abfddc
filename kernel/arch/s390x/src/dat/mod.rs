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
