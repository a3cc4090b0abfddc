//! What a module under `forbid(unsafe_code)` can't do. Each attempt to reach memory that
//! isn't its own fails to compile, by the error that is named; before each, the nearest
//! module that may be written. Per-CPU variables: `this-cpu`'s file of this name.
//!
//! A whole module:
//!
//! ```
//! #![forbid(unsafe_code)]
//! use module_api::{PerCpu, Variable, cpus, errno, export, module, module_param, percpu, print};
//!
//! module! {
//!     description: "Has a bit of everything",
//!     license: "MIT",
//!     init: init,
//!     exit: exit,
//! }
//!
//! percpu! {
//!     static HITS: u64 = 0;
//!     #[export]
//!     pub static VISITS: u64 = 0;
//! }
//!
//! module_param! {
//!     /// How often.
//!     static TIMES: u32 = 3;
//! }
//!
//! export! {
//!     /// Counts.
//!     extern "C" fn hit() {
//!         HITS.inc();
//!         VISITS.inc();
//!     }
//! }
//!
//! fn init() -> Result<(), i32> {
//!     let allocated = PerCpu::<u64>::alloc().map_err(|_| errno::ENOMEM)?;
//!     for _ in 0..TIMES.get() {
//!         cpus::on_each(|| {
//!             hit();
//!             allocated.inc();
//!         });
//!     }
//!     print!("{} hits, {} counts", HITS.sum(), allocated.sum());
//!     Ok(())
//! }
//!
//! fn exit() {}
//!
//! fn main() {
//!     assert_eq!(init_module(), 0);
//!     assert_eq!(VISITS.sum(), 3 * u64::from(cpus::online()));
//! }
//! ```
//!
//! # Exports
//!
//! A function, of the C calling convention, that may be called by anybody:
//!
//! ```
//! #![forbid(unsafe_code)]
//! extern "C" fn work(_: u64) {}
//! module_api::export_symbol!(work(_));
//! ```
//!
//! A number that looks like an address:
//!
//! ```compile_fail,E0308
//! const WORK: usize = 0x1000;
//! module_api::export_symbol!(WORK());
//! ```
//!
//! A function that callers would call in another way:
//!
//! ```compile_fail,E0308
//! fn work(_: [u64; 9]) {}
//! module_api::export_symbol!(work(_));
//! ```
//!
//! ```compile_fail,E0308
//! extern "C" fn work(_: u64) {}
//! module_api::export_symbol!(work());
//! ```
//!
//! Something else under a function's name (macros' errors: no code):
//!
//! ```compile_fail
//! module_api::export! { fn work() {} }
//! ```
//!
//! ```compile_fail
//! module_api::export! { static WORK: u64 = 0; }
//! ```
//!
//! ```compile_fail,E0308
//! #[allow(non_upper_case_globals)]
//! const work: usize = 0x1000;
//! module_api::export! {
//!     #[cfg(any())]
//!     extern "C" fn work() {}
//! }
//! ```
//!
//! A symbol of another meaning (a lint: no code):
//!
//! ```
//! #[unsafe(no_mangle)]
//! extern "C" fn a_name_of_ones_own() {}
//! ```
//!
//! ```compile_fail
//! #![forbid(unsafe_code)]
//! #[unsafe(no_mangle)]
//! extern "C" fn a_name_of_ones_own() {}
//! ```
//!
//! An entry of one's own:
//!
//! ```compile_fail,E0133
//! static ENTRY: module_api::Export = module_api::Export::new(0x1000 as *const (), c"work");
//! ```
//!
//! # Entry points
//!
//! Those that `module!` makes call what is safe to call:
//!
//! ```
//! #![forbid(unsafe_code)]
//! use module_api::module;
//! module! { description: "d", license: "MIT", init: init, }
//! fn init() -> Result<(), i32> { Ok(()) }
//! fn main() {}
//! ```
//!
//! ```compile_fail,E0133
//! use module_api::module;
//! module! { description: "d", license: "MIT", init: init, }
//! unsafe fn init() -> Result<(), i32> { Ok(()) }
//! fn main() {}
//! ```
//!
//! ```compile_fail,E0308
//! use module_api::module;
//! module! { description: "d", license: "MIT", init: init, }
//! fn init() -> *const u8 { 0x1000 as *const u8 }
//! fn main() {}
//! ```
//!
//! # Parameters
//!
//! Of the types that the loader writes:
//!
//! ```
//! #![forbid(unsafe_code)]
//! module_api::module_param! {
//!     /// A number.
//!     static NUMBER: u64 = 5;
//! }
//! ```
//!
//! ```compile_fail,E0277
//! module_api::module_param! {
//!     /// A reference, which the loader would write as a number.
//!     static REFERENCE: &'static u64 = &5;
//! }
//! ```
//!
//! ```compile_fail,E0200
//! #[derive(Clone, Copy)]
//! struct Wide([u64; 9]);
//! impl module_api::ParameterType for Wide {
//!     const KIND: u32 = 4;
//!     const NAME: &'static str = "ulong";
//! }
//! ```
//!
//! A text is one that ends:
//!
//! ```
//! #![forbid(unsafe_code)]
//! const TEXT: module_api::Text = module_api::Text::new(c"text");
//! ```
//!
//! ```compile_fail,E0308
//! const TEXT: module_api::Text = module_api::Text::new("text");
//! ```
//!
//! ```compile_fail,E0423
//! let _ = module_api::Text(0x1000 as *const _);
//! ```
//!
//! A record names a parameter:
//!
//! ```compile_fail,E0451
//! let _ = module_api::ParameterRecord {
//!     name: c"n".as_ptr().cast(),
//!     value: 0x1000 as *const (),
//!     kind: 4,
//!     zero: 0,
//! };
//! ```
//!
//! ```compile_fail,E0308
//! let _ = module_api::ParameterRecord::new::<u64>(c"n", &5u64);
//! ```
//!
//! # Other CPUs
//!
//! What all may use at once:
//!
//! ```
//! #![forbid(unsafe_code)]
//! use std::sync::atomic::{AtomicU64, Ordering};
//! let count = AtomicU64::new(0);
//! module_api::cpus::on_each(|| {
//!     count.fetch_add(1, Ordering::Relaxed);
//! });
//! assert_eq!(count.into_inner(), module_api::cpus::online().into());
//! ```
//!
//! ```compile_fail,E0277
//! let count = std::cell::Cell::new(0);
//! module_api::cpus::on_each(|| count.set(count.get() + 1));
//! ```
//!
//! ```compile_fail,E0277
//! let count = std::cell::Cell::new(0);
//! module_api::cpus::on(1, || count.set(count.get() + 1));
//! ```
//!
//! ```compile_fail,E0507
//! let text = String::new();
//! module_api::cpus::on_each(|| drop(text)); // once a CPU
//! ```
//!
//! Nor does the proof that interrupts are off go to one where they aren't:
//!
//! ```compile_fail,E0277
//! use std::cell::Cell;
//! use module_api::{cpus, percpu, with_interrupts_off};
//! percpu! { static LAST: Cell<u64> = Cell::new(0); }
//! with_interrupts_off(|cpu| cpus::on_each(|| cpu.get(&LAST).set(1)));
//! ```
//!
//! # The kernel's functions
//!
//! By this crate only (E0603), or with `unsafe`:
//!
//! ```compile_fail,E0603
//! module_api::kernel::load_module(0x1000 as *const u8, 8);
//! ```
//!
//! ```compile_fail
//! #![forbid(unsafe_code)]
//! unsafe extern "C" {
//!     safe fn kernel_print(level: u32, text: *const u8, length: usize);
//! }
//! ```
