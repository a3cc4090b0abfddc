//! What a program under `forbid(unsafe_code)` can't do: each attempt to reach memory
//! that isn't its own fails to compile, by the error that is named. Before each, the
//! nearest program that may be written. (rustdoc checks the error's code on a nightly; a
//! lint, and a macro that doesn't match, have none.)
//!
//! A variable of one's own, static and allocated:
//!
//! ```
//! #![forbid(unsafe_code)]
//! use this_cpu::{PerCpu, Variable, host, percpu};
//! percpu! {
//!     static HITS: u64 = 0;
//!     #[export]
//!     pub static VISITS: u64 = 0;
//! }
//! let allocated = PerCpu::<u64>::alloc().unwrap();
//! host::on_cpu(0, || {
//!     HITS.inc();
//!     VISITS.inc();
//!     allocated.inc();
//! });
//! assert_eq!(HITS.sum() + VISITS.sum() + allocated.sum(), 3);
//! ```
//!
//! # Storage
//!
//! Storage of one's own making, which must be promised:
//!
//! ```
//! use this_cpu::{Handle, Storage, percpu};
//! percpu! { static HITS: u64 = 0; }
//! struct Alias;
//! // SAFETY: another name for a variable that stays.
//! unsafe impl Storage for Alias {
//!     type Value = u64;
//!     fn handle(&self) -> Handle<u64> {
//!         HITS.handle()
//!     }
//! }
//! ```
//!
//! Promised by nobody:
//!
//! ```compile_fail,E0200
//! #![forbid(unsafe_code)]
//! use this_cpu::{Handle, PerCpu, Storage};
//! struct Kept(Handle<u64>); // outlives its PerCpu
//! impl Storage for Kept {
//!     type Value = u64;
//!     fn handle(&self) -> Handle<u64> {
//!         self.0
//!     }
//! }
//! ```
//!
//! By a program that may not (a lint: no code):
//!
//! ```compile_fail
//! #![forbid(unsafe_code)]
//! use this_cpu::{Handle, Storage, percpu};
//! percpu! { static HITS: u64 = 0; }
//! struct Alias;
//! unsafe impl Storage for Alias {
//!     type Value = u64;
//!     fn handle(&self) -> Handle<u64> {
//!         HITS.handle()
//!     }
//! }
//! ```
//!
//! Operations of one's own, which the provided ones would go by:
//!
//! ```compile_fail,E0119
//! use this_cpu::{Variable, percpu};
//! percpu! { static HITS: u64 = 0; }
//! impl Variable for HITS {
//!     fn this(&self) -> *mut u64 {
//!         0x1000 as *mut u64
//!     }
//! }
//! ```
//!
//! ```compile_fail,E0277
//! #![forbid(unsafe_code)]
//! struct Wild;
//! impl this_cpu::Variable for Wild {
//!     fn this(&self) -> *mut u64 {
//!         0x1000 as *mut u64
//!     }
//! }
//! ```
//!
//! A handle is made with `unsafe` only, and its addresses are pointers:
//!
//! ```
//! use this_cpu::Handle;
//! // SAFETY: nobody uses it.
//! let _: Handle<u64> = unsafe { Handle::new(0x1000) };
//! ```
//!
//! ```compile_fail,E0133
//! let _: this_cpu::Handle<u64> = this_cpu::Handle::new(0x1000);
//! ```
//!
//! ```compile_fail,E0423
//! let _ = this_cpu::Handle::<u64>(0x1000, std::marker::PhantomData);
//! ```
//!
//! ```compile_fail,E0133
//! use this_cpu::{Variable, percpu};
//! percpu! { static HITS: u64 = 0; }
//! *HITS.this() = 1;
//! ```
//!
//! The template is nobody's to read or write:
//!
//! ```
//! static TEMPLATE: this_cpu::Template<u64> = this_cpu::Template::new(5);
//! ```
//!
//! ```compile_fail,E0616
//! static TEMPLATE: this_cpu::Template<u64> = this_cpu::Template::new(5);
//! TEMPLATE.0.get();
//! ```
//!
//! A copy is no more aligned than its unit:
//!
//! ```
//! #[derive(Clone, Copy)]
//! #[repr(align(4096))]
//! struct Page([u8; 4096]);
//! this_cpu::percpu! { static PAGE: Page = Page([0; 4096]); }
//! ```
//!
//! ```compile_fail,E0080
//! #[derive(Clone, Copy)]
//! #[repr(align(8192))]
//! struct Pages([u8; 8192]);
//! this_cpu::percpu! { static PAGES: Pages = Pages([0; 8192]); }
//! ```
//!
//! # Other modules' variables
//!
//! Nothing checks the type that an import names, so its author says `unsafe`:
//!
//! ```
//! use this_cpu::{Variable, percpu};
//! percpu! {
//!     unsafe extern "C" {
//!         static OTHERS: u64;
//!     }
//! }
//! fn read() -> u64 {
//!     OTHERS.read()
//! }
//! ```
//!
//! In a program that may not (a lint: no code):
//!
//! ```compile_fail
//! #![forbid(unsafe_code)]
//! use this_cpu::{Variable, percpu};
//! percpu! {
//!     unsafe extern "C" {
//!         static OTHERS: u64;
//!     }
//! }
//! fn read() -> u64 {
//!     OTHERS.read()
//! }
//! ```
//!
//! Without the word (a macro's error: no code):
//!
//! ```compile_fail
//! this_cpu::percpu! { extern static OTHERS: u64; }
//! ```
//!
//! ```compile_fail
//! this_cpu::percpu! {
//!     extern "C" {
//!         static OTHERS: u64;
//!     }
//! }
//! ```
//!
//! By the macro's own parts, with another block to show to the compiler, or none:
//!
//! ```compile_fail
//! #![forbid(unsafe_code)]
//! this_cpu::percpu_imports!(unsafe extern "C" {} { static OTHERS: u64; });
//! ```
//!
//! ```compile_fail
//! #![forbid(unsafe_code)]
//! macro_rules! visible {
//!     ($nothing:vis) => {
//!         this_cpu::percpu_imports!($nothing extern "C" {} { static OTHERS: u64; });
//!     };
//! }
//! visible!();
//! ```
//!
//! ```compile_fail,E0449
//! #![forbid(unsafe_code)]
//! this_cpu::percpu_imports!(pub extern "C" {} { static OTHERS: u64; });
//! ```
//!
//! An address by its name:
//!
//! ```
//! static STORAGE: this_cpu::Template<u64> = this_cpu::Template::new(0);
//! // SAFETY: nobody uses it.
//! let _ = unsafe { this_cpu::storage_address!(STORAGE) };
//! ```
//!
//! # References to copies
//!
//! ```
//! #![forbid(unsafe_code)]
//! use std::cell::Cell;
//! use this_cpu::{host, percpu, with_interrupts_off};
//! percpu! { static LAST: Cell<u64> = Cell::new(1); }
//! host::on_cpu(0, || with_interrupts_off(|cpu| cpu.get(&LAST).set(2)));
//! ```
//!
//! The proof can't be made up:
//!
//! ```compile_fail,E0423
//! let _ = this_cpu::InterruptsOff(std::marker::PhantomData);
//! ```
//!
//! No reference gets out (a lifetime: no code):
//!
//! ```compile_fail
//! use std::cell::Cell;
//! use this_cpu::{percpu, with_interrupts_off};
//! percpu! { static LAST: Cell<u64> = Cell::new(0); }
//! let kept: &Cell<u64> = with_interrupts_off(|cpu| cpu.get(&LAST));
//! ```
//!
//! Nor one to what an accessor changes:
//!
//! ```compile_fail,E0277
//! use this_cpu::{percpu, with_interrupts_off};
//! percpu! { static HITS: u64 = 0; }
//! with_interrupts_off(|cpu| { let _: &u64 = cpu.get(&HITS); });
//! ```
//!
//! Nor is anything left for an interrupt handler that only one at a time may use:
//!
//! ```compile_fail,E0277
//! use std::cell::Cell;
//! use this_cpu::{percpu, with_interrupts_off};
//! percpu! { static SHARED: Cell<Option<&'static Cell<u64>>> = Cell::new(None); }
//! with_interrupts_off(|cpu| cpu.get(&SHARED).take());
//! ```
//!
//! All CPUs begin with one value, and what it refers to isn't one's alone:
//!
//! ```
//! use std::cell::Cell;
//! this_cpu::percpu! { static WORDS: Cell<Option<&'static u64>> = Cell::new(Some(&5)); }
//! ```
//!
//! ```compile_fail,E0716
//! use std::cell::Cell;
//! this_cpu::percpu! { static WORDS: Cell<Option<&'static mut u64>> = Cell::new(Some(&mut 5)); }
//! ```
//!
//! Another CPU's copy, of a type that both may use at once:
//!
//! ```
//! #![forbid(unsafe_code)]
//! use std::sync::atomic::{AtomicU64, Ordering};
//! use this_cpu::{Variable, percpu};
//! percpu! { static HITS: AtomicU64 = AtomicU64::new(0); }
//! HITS.on(1).unwrap().get().store(1, Ordering::Relaxed);
//! ```
//!
//! ```compile_fail,E0599
//! use std::cell::Cell;
//! use this_cpu::{Variable, percpu};
//! percpu! { static LAST: Cell<u64> = Cell::new(0); }
//! LAST.on(1).unwrap().get();
//! ```
//!
//! None that has been freed:
//!
//! ```compile_fail,E0505
//! use this_cpu::{PerCpu, Variable};
//! let variable = PerCpu::<u64>::alloc().unwrap();
//! let copy = variable.on(1).unwrap();
//! drop(variable);
//! copy.read();
//! ```
//!
//! # What types have
//!
//! Zeroed memory is a value of these only:
//!
//! ```
//! #![forbid(unsafe_code)]
//! this_cpu::PerCpu::<[u64; 4]>::alloc().unwrap();
//! ```
//!
//! ```compile_fail,E0277
//! this_cpu::PerCpu::<&'static u64>::alloc().unwrap();
//! ```
//!
//! ```compile_fail,E0200
//! struct NotZero(&'static u64);
//! impl this_cpu::Zeroable for NotZero {}
//! ```
//!
//! ```compile_fail,E0200
//! struct Plain(u64);
//! impl this_cpu::Shared for Plain {}
//! ```
//!
//! What is a scalar, this crate decides:
//!
//! ```compile_fail,E0277
//! #[derive(Clone, Copy)]
//! struct Wide([u64; 9]);
//! impl this_cpu::Bitwise for Wide {}
//! ```
//!
//! # Exports, and the kernel's functions
//!
//! An entry of the export table is promised to be one:
//!
//! ```
//! extern "C" fn work() {}
//! // SAFETY: a function of the C calling convention.
//! static ENTRY: this_cpu::Export = unsafe { this_cpu::Export::new(work as *const (), c"work") };
//! ```
//!
//! ```compile_fail,E0133
//! extern "C" fn work() {}
//! static ENTRY: this_cpu::Export = this_cpu::Export::new(work as *const (), c"work");
//! ```
//!
//! Its name ends:
//!
//! ```compile_fail,E0308
//! extern "C" fn work() {}
//! static ENTRY: this_cpu::Export = unsafe { this_cpu::Export::new(work as *const (), "work") };
//! ```
//!
//! And is no symbol of another meaning:
//!
//! ```
//! const _: () = this_cpu::check_export_prefix("counter");
//! ```
//!
//! ```compile_fail,E0080
//! const _: () = this_cpu::check_export_prefix("init"); // init_module
//! ```
//!
//! ```compile_fail,E0080
//! const _: () = this_cpu::check_export_prefix("_global_offset"); // _GLOBAL_OFFSET_TABLE_
//! ```
//!
//! Nobody frees what is another's, or runs a pointer as a function's argument:
//!
//! ```
//! #![forbid(unsafe_code)]
//! assert_ne!(this_cpu::kernel::__alloc_percpu(8, 8), 0);
//! ```
//!
//! ```compile_fail,E0133
//! this_cpu::kernel::free_percpu(0x1000);
//! ```
//!
//! ```compile_fail,E0133
//! extern "C" fn write(place: *mut ()) {}
//! this_cpu::kernel::on_each_cpu(write, 0x1000 as *mut ());
//! ```
