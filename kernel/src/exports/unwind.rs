//! asm/unwind.h: from a stack pointer to the callers, frame by frame; and what goes with it,
//! linux/kallsyms.h and a stack for asm/stacktrace.h.
//!
//! The walk is the kernel's own (`arch::backtrace`). It is an error where it ends anywhere but
//! at the top of a stack.

use crate::smp::thread::Thread;
use crate::smp::{self, Kind, Owner};
use crate::{backtrace, panic};
use arch::backtrace::{Step, Walk};
use arch::fault_safe;
use arch::stack::{SAVE_AREA, SIZE};
use core::fmt::{self, Write};
use core::ptr;

module_api::export_symbol!(
    __unwind_start(_, _, _, _),
    unwind_next_frame(_),
    unwind_get_return_address(_),
    __thread_stack_pointer(_),
    __spare_stack(),
    sprint_symbol(_, _),
    sprint_symbol_no_offset(_, _),
);

/// Kinds of stacks, by Linux's numbers.
const UNKNOWN: u32 = 0;
const TASK: u32 = 1;
const IRQ: u32 = 2;
const NODAT: u32 = 3;
const RESTART: u32 = 4;

/// Where the return address is in a frame (s390x ELF ABI, "The Stack Frame").
const RETURN_ADDRESS: u64 = 112;

/// A walk, as asm/unwind.h has it.
#[repr(C)]
struct State {
    kind: u32,
    begin: u64,
    end: u64,
    _mask: u64,
    task: *const (),
    /// What an interruption left, if the frame is of what it interrupted.
    registers: u64,
    pointer: u64,
    address: u64,
    _graph_index: i32,
    is_reliable: bool,
    is_error: bool,
}

impl State {
    fn is_done(&self) -> bool {
        self.kind == UNKNOWN
    }

    /// Says on which stack the stack pointer is; whether it is on one.
    fn place(&mut self) -> bool {
        let Some(place) = smp::place_of(self.pointer as usize) else {
            self.kind = UNKNOWN;
            return false;
        };
        self.kind = match place.owner {
            Owner::Cpu(_, Kind::Own) | Owner::Thread(_) => TASK,
            Owner::Cpu(_, Kind::Interrupt) => IRQ,
            Owner::Cpu(_, Kind::Fault) => RESTART,
            Owner::Cpu(_, Kind::Spare) => NODAT,
        };
        (self.begin, self.end) = (place.lowest as u64, (place.lowest + SIZE) as u64);
        true
    }

    /// Whether the stack pointer is its stack's first.
    fn is_at_top(&self) -> bool {
        smp::place_of(self.pointer as usize).is_some_and(|it| it.top() as u64 == self.pointer)
    }

    fn next(&mut self) -> bool {
        let before = self.pointer;
        let mut walk = Walk::from(before);
        let step = walk.next();
        self.pointer = walk.pointer();
        self.registers = 0;
        match step {
            Some(Step::Return(address)) => self.address = address,
            Some(Step::Interrupted(address)) => {
                self.address = address;
                self.registers = before + SAVE_AREA as u64;
            }
            None => {
                self.is_error |= !self.is_at_top();
                self.kind = UNKNOWN;
                return false;
            }
        }
        let is_on_one = self.place();
        self.is_error |= !is_on_one;
        is_on_one
    }
}

/// Begins a walk at the frame of a stack pointer. With `address`, that is where the code of
/// this frame is; else it is read from there. What comes before the frame at `first`, if that
/// isn't 0, is passed over.
#[unsafe(no_mangle)]
extern "C" fn __unwind_start(state: &mut State, pointer: u64, address: u64, first: u64) {
    state.pointer = pointer;
    let saved = || fault_safe::read_u64((pointer + RETURN_ADDRESS) as usize).ok();
    let address = Some(address).filter(|&address| address != 0).or_else(saved);
    let (true, Some(address)) = (state.place(), address) else {
        state.kind = UNKNOWN;
        state.is_error = true;
        return;
    };
    state.address = address;
    state.is_reliable = true;
    let is_before = |state: &State| {
        let is_on_its_stack = (state.begin..state.end).contains(&first);
        !is_on_its_stack || state.pointer < first
    };
    while first != 0 && !state.is_done() && is_before(state) {
        state.next();
    }
}

/// Goes on to the caller's frame, or to what was interrupted; whether there is one.
#[unsafe(no_mangle)]
extern "C" fn unwind_next_frame(state: &mut State) -> bool {
    state.next()
}

/// Where the code of a frame is; 0 at the end, and of what is no code.
#[unsafe(no_mangle)]
extern "C" fn unwind_get_return_address(state: &State) -> u64 {
    let is_code = backtrace::is_code(state.address) != Some(false);
    match !state.is_done() && is_code {
        true => state.address,
        false => 0,
    }
}

/// Where a thread's stack pointer is that has no turn; 0 of one that runs, and of none.
#[unsafe(no_mangle)]
extern "C" fn __thread_stack_pointer(thread: usize) -> u64 {
    Thread::at(thread).and_then(Thread::pointer).unwrap_or(0)
}

/// The initial stack pointer of a stack that nothing else of this CPU uses: with interrupts
/// off, until they are on again. Without memory for it the run ends.
#[unsafe(no_mangle)]
extern "C" fn __spare_stack() -> usize {
    match smp::spare() {
        Ok(top) => top,
        Err(_) => panic::module("no memory for the stack that call_on_stack calls on"),
    }
}

/// KSYM_SYMBOL_LEN of linux/kallsyms.h.
const SYMBOL: usize = 640;

/// A buffer of the caller's for the name of a symbol, and a NUL.
struct Buffer {
    start: *mut u8,
    used: usize,
}

impl Write for Buffer {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let room = text.len().min(SYMBOL - 1 - self.used);
        // SAFETY: L7: the caller has as many bytes there.
        unsafe { ptr::copy_nonoverlapping(text.as_ptr(), self.start.add(self.used), room) };
        self.used += room;
        Ok(())
    }
}

fn symbol(start: *mut u8, address: u64, with_offset: bool) -> i32 {
    let mut buffer = Buffer { start, used: 0 };
    let written = backtrace::write(&mut buffer, address, with_offset);
    // A buffer takes all.
    debug_assert!(written.is_ok());
    // SAFETY: L7: as above.
    unsafe { start.add(buffer.used).write(0) };
    buffer.used as i32
}

/// Puts an address's symbol into 640 bytes: `name+0x12/0x40 [module]`, cut to that, and a NUL;
/// its length.
#[unsafe(no_mangle)]
extern "C" fn sprint_symbol(start: *mut u8, address: u64) -> i32 {
    symbol(start, address, true)
}

/// As [`sprint_symbol`], without offset and size.
#[unsafe(no_mangle)]
extern "C" fn sprint_symbol_no_offset(start: *mut u8, address: u64) -> i32 {
    symbol(start, address, false)
}
