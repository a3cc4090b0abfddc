//! The workbench of `report`'s page: the kernel's own crates, as they are, behind functions
//! that a page can call.
//!
//! ```text
//!  page ── workbench_input(bytes) ──► room for a file, which the page fills
//!       ── workbench_link(..), workbench_step(..) ──► bytes of an answer
//!       ◄─ workbench_output() ── the answer: JSON
//! ```
//!
//! * `json.rs`: a JSON text, put together
//! * `link.rs`: a module linked, and everything that is out of reach
//! * `memory.rs`: emulated memory under the allocator
//! * `bench.rs`: the allocator step by step, beside the model of its tests
//! * `wasm.rs`: what a program without an operating system lacks
//!
//! Numbers of 64 bits are BigInt on the other side.
//!
//! `this-cpu` isn't among the crates: on s390x its accessors are single instructions, and what they
//! are anywhere else is an emulation for tests, which needs threads and a section that a linker
//! gathers. The page adds handle and offset itself, and is compared with the copies of a run.
#![cfg_attr(target_family = "wasm", no_std)]
#![deny(unsafe_code)]

extern crate alloc;

mod bench;
mod json;
mod link;
mod memory;
#[cfg(target_family = "wasm")]
mod wasm;

use alloc::string::String;
use alloc::vec::Vec;
use bench::Bench;
use percpu::Handle;
use percpu_model::{Bytes, Step};
use spin::Mutex;

/// What there is between calls.
struct Work {
    input: Vec<u8>,
    output: String,
    bench: Option<Bench>,
}

static WORK: Mutex<Work> = Mutex::new(Work {
    input: Vec::new(),
    output: String::new(),
    bench: None,
});

impl Work {
    fn answer(&mut self, text: String) -> usize {
        self.output = text;
        self.output.len()
    }
}

/// Makes room for a file of so many bytes; where it is to be put.
#[expect(unsafe_code, reason = "the page calls it by its name")]
#[unsafe(no_mangle)]
pub extern "C" fn workbench_input(bytes: usize) -> *mut u8 {
    let mut work = WORK.lock();
    work.input.clear();
    work.input.resize(bytes, 0);
    work.input.as_mut_ptr()
}

/// Where the last answer is.
#[expect(unsafe_code, reason = "the page calls it by its name")]
#[unsafe(no_mangle)]
pub extern "C" fn workbench_output() -> *const u8 {
    WORK.lock().output.as_ptr()
}

/// Links the file for these addresses. Symbols that it lacks are taken to be at `unresolved`.
#[expect(unsafe_code, reason = "the page calls it by its name")]
#[unsafe(no_mangle)]
pub extern "C" fn workbench_link(base: u64, per_cpu: u64, unresolved: u64) -> usize {
    let mut work = WORK.lock();
    let text = link::answer(&work.input, base, per_cpu, unresolved);
    work.answer(text)
}

/// Starts the bench of the allocator anew.
#[expect(unsafe_code, reason = "the page calls it by its name")]
#[unsafe(no_mangle)]
pub extern "C" fn workbench_start(cpus: u32, reserved: u32, magazine: u32, seed: u64) -> usize {
    let mut work = WORK.lock();
    work.bench = None;
    let started = Bench::new(cpus as usize, reserved as usize, magazine as usize, seed);
    let text = match started {
        Ok(bench) => {
            let state = bench.state();
            work.bench = Some(bench);
            state
        }
        Err(error) => bench::refused(&error),
    };
    work.answer(text)
}

/// A step: 0 allocates, 1 atomically, 2 from the reserved part, 3 frees the handle `size`,
/// 4 balances, 5 trims, 6 does one of them at random; on this CPU.
#[expect(unsafe_code, reason = "the page calls it by its name")]
#[unsafe(no_mangle)]
pub extern "C" fn workbench_step(what: u32, cpu: u32, size: u32, align: u32) -> usize {
    let (size, align) = (size as usize, align as usize);
    let bytes = Bytes { size, align };
    let step = match what {
        0 => Some(Step::Alloc(bytes)),
        1 => Some(Step::AllocAtomic(bytes)),
        2 => Some(Step::AllocReserved(bytes)),
        3 => Some(Step::Free(Handle(size))),
        4 => Some(Step::Balance),
        5 => Some(Step::Trim),
        _ => None,
    };
    let mut work = WORK.lock();
    let text = match &mut work.bench {
        Some(bench) => match step {
            Some(step) => bench.step(step, cpu as usize),
            None => bench.random_step(),
        },
        None => String::new(),
    };
    work.answer(text)
}

/// What the bench's chunks look like.
#[expect(unsafe_code, reason = "the page calls it by its name")]
#[unsafe(no_mangle)]
pub extern "C" fn workbench_state() -> usize {
    let mut work = WORK.lock();
    let text = work.bench.as_ref().map_or(String::new(), Bench::state);
    work.answer(text)
}

/// The last answer, for tests on the host.
pub fn output() -> String {
    WORK.lock().output.clone()
}
