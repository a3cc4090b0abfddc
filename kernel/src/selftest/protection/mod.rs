//! Accesses that must be refused: an expectation is armed, the access is done by code of the
//! kernel's, of a module's in Rust, or of one in C, and how the machine reports the refusal
//! is compared: program check, failing page, kind of access.
//!
//! ```text
//!  Expected { access, address, refusal }
//!       │ of(accessor)
//!       ▼
//!  catch { load | store | jump }  ─►  program-interruption code, TEID
//! ```
//!
//! * `places.rs`: a place of every kind of memory, and what it allows
//! * `whole_map.rs`: every entry of the translation tables, beside the address map
//!
//! Principles of Operation, chapter 3, "Translation-Exception Identification".

mod places;
mod whole_map;

use super::{Function, NotPassed, failed, functions_of};
use alloc::vec::Vec;
use arch::dat::{self, Level, Table};
use arch::traps::{self, Access, ProgramCheck, code};
use arch::{PAGE_SIZE, cpu, fault_safe};
use core::arch::asm;
use core::fmt;
use core::hint::black_box;
use core::ops::Range;

/// What is tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A load of a byte.
    Load,
    /// A store of a byte.
    Store,
    /// A jump.
    Jump,
}

impl Kind {
    /// All of them, in the order of an [`Accessor`]'s functions.
    pub const ALL: [Kind; 3] = [Kind::Load, Kind::Store, Kind::Jump];

    /// As the machine reports it.
    fn access(self) -> Access {
        match self {
            Kind::Store => Access::Store,
            Kind::Load | Kind::Jump => Access::Fetch,
        }
    }
}

/// Facility 75: an access exception says whether it was a fetch or a store. Without it that
/// may be reported or not.
const FACILITY_FETCH_STORE_INDICATION: usize = 75;

/// Bytes that low-address protection keeps (Principles of Operation, chapter 3, "Low-Address
/// Protection").
const LOW_ADDRESSES: [Range<usize>; 2] = [0..512, 4096..4608];

/// Who accesses: its functions, by [`Kind::ALL`]. Each takes an address.
#[derive(Clone, Copy, Debug)]
pub struct Accessor {
    /// Whose code it is.
    pub name: &'static str,
    functions: [Function; 3],
}

extern "C" fn load(address: u64) -> u64 {
    let place = core::ptr::with_exposed_provenance::<u8>(address as usize);
    // SAFETY: C10: whatever the address is, the load is refused, or reads a byte.
    unsafe { place.read_volatile() }.into()
}

extern "C" fn store(address: u64) -> u64 {
    let place = core::ptr::with_exposed_provenance_mut::<u8>(address as usize);
    // SAFETY: C10: the store is refused, or the test that asked for it fails.
    unsafe { place.write_volatile(0) };
    0
}

extern "C" fn jump(address: u64) -> u64 {
    // SAFETY: C10: the fetch is refused, or the test that asked for it fails.
    unsafe { asm!("basr %r14, {}", in(reg_addr) address, out("r14") _, options(nostack)) };
    0
}

impl Accessor {
    /// Code of the kernel's.
    pub const KERNEL: Self = Self {
        name: "the kernel",
        functions: [load, store, jump],
    };

    /// Code of a module, which is loaded and names its functions by number.
    pub fn of_module(name: &'static str, symbol: &'static str) -> Result<Self, NotPassed> {
        let functions: [Function; 3] = functions_of(symbol)?
            .try_into()
            .map_err(|other: Vec<Function>| failed(alloc::format!("{name}: {other:?}")))?;
        Ok(Self { name, functions })
    }

    /// Does it; why it was refused.
    fn access(&self, kind: Kind, address: usize) -> Option<ProgramCheck> {
        let function = self.functions[kind as usize];
        // SAFETY: C10: what is abandoned is a function that accesses a byte.
        unsafe { traps::catch(|| _ = black_box(function(address as u64))) }
    }
}

/// Why an access is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The page is mapped, and doesn't allow it.
    Protection,
    /// Nothing is mapped there, at whatever level of the tables that shows.
    Translation,
}

/// A refusal that must come.
#[derive(Clone, Copy, Debug)]
pub struct Expected {
    /// What is tried.
    pub kind: Kind,
    /// Where.
    pub address: usize,
    /// Why it is refused.
    pub refusal: Refusal,
}

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            kind,
            address,
            refusal,
        } = self;
        write!(f, "{kind:?} at {address:#x}, {refusal:?} expected")
    }
}

impl Expected {
    /// Has it done by the accessor.
    ///
    /// # Errors
    /// The access went through, or was refused in another way. What a store has changed then
    /// is put back.
    pub fn of(self, accessor: &Accessor) -> Result<(), NotPassed> {
        let Self {
            kind,
            address,
            refusal,
        } = self;
        let wanted = match refusal {
            Refusal::Protection => code::PROTECTION,
            Refusal::Translation => named_by_the_walk(address),
        };
        let before = fault_safe::read_u8(address);
        let check = accessor.access(kind, address);
        let Some(check) = check else {
            if let (Kind::Store, Ok(byte)) = (kind, before) {
                // SAFETY: C9: what was there is there again.
                let _ = unsafe { fault_safe::write_u8(address, byte) };
            }
            return Err(failed(format_args!("{self}: {} did it", accessor.name)));
        };
        let page = Some((address / PAGE_SIZE * PAGE_SIZE) as u64);
        // Asked before translation, and names no address.
        let is_low = kind == Kind::Store && LOW_ADDRESSES.iter().any(|low| low.contains(&address));
        let (wanted, page) = match is_low {
            true => (code::PROTECTION, None),
            false => (wanted, page),
        };
        let access = match cpu::has_facility(FACILITY_FETCH_STORE_INDICATION) {
            true => check.access,
            false => kind.access(),
        };
        let found = (check.code, check.address, access);
        let wanted = (wanted, page, kind.access());
        match found == wanted {
            true => Ok(()),
            false => Err(failed(format_args!(
                "{self}: {}: {found:x?}, not {wanted:x?}",
                accessor.name
            ))),
        }
    }
}

/// The program check that the last step of the address's walk stands for.
pub fn named_by_the_walk(address: usize) -> u16 {
    match dat::walk(address).last().map(|step| step.table) {
        None => code::ASCE_TYPE,
        Some(Table::Upper(Level::RegionSecond)) => code::REGION_SECOND,
        Some(Table::Upper(Level::RegionThird)) => code::REGION_THIRD,
        Some(Table::Upper(Level::Segment)) => code::SEGMENT_TRANSLATION,
        Some(Table::Page) => code::PAGE_TRANSLATION,
    }
}
