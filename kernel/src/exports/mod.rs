//! What the kernel offers to modules, by name.
//!
//! Each file exports functions with the C calling convention; the linker gathers
//! their entries between `__start___ksymtab` and `__stop___ksymtab`, and the
//! loader finds them by name (`modules/symbols.rs`).

mod module_api;
