//! Objects that were compiled for Linux 6.1, as a distribution ships them.
//!
//! What such an object has beside its code, and what each part takes for granted:
//!
//! ```text
//!  .gnu.linkonce.this_module   its struct module, as the compiler laid it out
//!  .modinfo                    vermagic=: release and settings of the kernel it is for
//!  __versions                  a CRC for each symbol that it imports    versions.rs
//!  __kcrctab*                  a CRC for each that it exports           exports.rs
//!  __ex_table, __bug_table,    what its code runs into, and where it
//!  __jump_table                branches by keys                         tables.rs
//!  .text                       stores to lowcore, on page 0             page_0.rs
//! ```
//!
//! Sizes and offsets are facts of Debian's binaries; no text of Linux's is here.

mod page_0;
mod tables;
mod versions;

pub use page_0::stores_preempt_count;
pub use tables::{Bug, Exception, Fixup, Jump, TableError, Tables};
pub use versions::{Versions, VersionsError};

use crate::object::Object;

/// The section that only Linux's build puts into an object.
const THIS_MODULE: &[u8] = b".gnu.linkonce.this_module\0";

/// The releases whose objects are taken: lowcore, tables and structs are as in these.
pub const RELEASE: &str = "6.1.";

/// The settings that change what such objects take for granted: more than one CPU, modules that
/// can be unloaded and have CRCs, no preemption of kernel code.
pub const SETTINGS: &str = "SMP mod_unload modversions";

/// The symbol whose CRC is that of Linux's struct module: each of its objects has one in it.
pub const MODULE_LAYOUT: &str = "module_layout";

/// Whether an object was built by Linux's build.
pub fn is_linux(object: &Object<'_>) -> bool {
    object.has_section(THIS_MODULE)
}

/// Whether a vermagic is that of objects that can run here: `6.1.0-50-s390x SMP mod_unload
/// modversions`.
pub fn is_taken(vermagic: &str) -> bool {
    let settings = vermagic.strip_prefix(RELEASE).and_then(|rest| {
        let (release, settings) = rest.split_once(' ')?;
        let begins = release.starts_with(|digit: char| digit.is_ascii_digit());
        begins.then_some(settings)
    });
    settings.is_some_and(|settings| settings.trim_end() == SETTINGS)
}

#[cfg(test)]
mod tests {
    use super::is_taken;

    #[test]
    fn release_and_settings() {
        assert!(is_taken("6.1.0-50-s390x SMP mod_unload modversions "));
        assert!(is_taken("6.1.170 SMP mod_unload modversions"));
        for other in [
            "",
            "6.1.",
            "6.10.2 SMP mod_unload modversions ",
            "6.1. SMP mod_unload modversions ",
            "6.1.0-50-s390x SMP preempt mod_unload modversions ",
            "6.1.0-50-s390x SMP mod_unload ",
            "rustc 1.96 2 loader",
        ] {
            assert!(!is_taken(other), "{other}");
        }
    }
}
