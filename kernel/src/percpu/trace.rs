//! The last events of per-CPU memory, on each CPU: who got which area, and who gave it back.
//!
//! The ring that they are in is a per-CPU variable itself, so a CPU that enters one waits
//! for nobody; `pcpu kernel::percpu::trace::RING` shows it as it is. What modules and the
//! monitor do is entered, by those that do it for them; the allocator knows nothing of it,
//! and costs the same.

use super::Handle;
use crate::{console, fail};
use core::cell::Cell;
use core::fmt;
use this_cpu::{percpu, with_interrupts_off};

/// Events that a CPU keeps.
pub const EVENTS: usize = 16;

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Kind {
    /// An area was allocated; it may have mapped pages.
    Alloc,
    /// An area was allocated from mapped pages.
    AllocAtomic,
    /// A module's static variables were given their area.
    AllocStatic,
    /// An area was freed.
    Free,
    /// None was allocated, or the handle was refused.
    Refused,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Kind::Alloc => "alloc",
            Kind::AllocAtomic => "alloc atomic",
            Kind::AllocStatic => "alloc static",
            Kind::Free => "free",
            Kind::Refused => "refused",
        })
    }
}

/// An event.
#[derive(Clone, Copy, Debug)]
pub struct Event {
    /// Nanoseconds since the kernel's first instructions.
    pub time: u64,
    /// The area's handle; 0 if there is none.
    pub handle: u64,
    /// Where the function was called from that did it; 0 if it isn't known.
    pub caller: u64,
    /// Bytes that were asked for; 0 if only the handle is known.
    pub size: u32,
    /// What happened.
    pub kind: Kind,
}

/// A CPU's events.
#[derive(Clone, Copy, Debug)]
pub struct Ring {
    /// Events entered since boot.
    entered: u64,
    /// The latest, event n at n modulo [`EVENTS`].
    events: [Event; EVENTS],
}

percpu! {
    /// This CPU's events.
    static RING: Cell<Ring> = Cell::new(Ring {
        entered: 0,
        events: [Event {
            time: 0,
            handle: 0,
            caller: 0,
            size: 0,
            kind: Kind::Free,
        }; EVENTS],
    });
}

/// Enters events from here on, or no more.
pub fn turn(on: bool) {
    fail::set_traced(on);
}

/// Whether events are entered.
#[inline(always)]
pub fn is_on() -> bool {
    fail::is_traced()
}

/// Enters an event, if they are entered. In any context.
#[inline(always)]
pub fn enter(kind: Kind, handle: Handle, size: usize, caller: impl FnOnce() -> u64) {
    if is_on() {
        record(kind, handle, size, caller());
    }
}

#[cold]
fn record(kind: Kind, handle: Handle, size: usize, caller: u64) {
    let event = Event {
        time: console::uptime(),
        handle: handle.0 as u64,
        caller,
        size: size as u32,
        kind,
    };
    with_interrupts_off(|cpu| {
        let ring = cpu.get(&RING);
        let mut events = ring.get();
        events.events[(events.entered % EVENTS as u64) as usize] = event;
        events.entered += 1;
        ring.set(events);
    });
}

/// The running CPU's events.
pub fn own() -> Ring {
    with_interrupts_off(|cpu| cpu.get(&RING).get())
}

impl Ring {
    /// Those that are kept, the oldest first, each with its number.
    pub fn events(&self) -> impl Iterator<Item = (u64, Event)> + '_ {
        let first = self.entered.saturating_sub(EVENTS as u64);
        let kept = first..self.entered;
        kept.map(|number| (number, self.events[(number % EVENTS as u64) as usize]))
    }
}
