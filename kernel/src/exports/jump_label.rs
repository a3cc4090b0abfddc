//! linux/jump_label.h, for modules compiled for Linux: their code is changed where a key decides.

use crate::modules;
use core::ffi::c_void;
use module_api::errno;

module_api::export_symbol!(jump_label_update(_));

/// Makes the branches of a key, in all modules compiled for Linux, what its count says: on is
/// more than 0. 0, or -EIO, which is logged, if a CPU can't be signalled. With interrupts on, no
/// lock held.
#[unsafe(no_mangle)]
extern "C" fn jump_label_update(key: *const c_void) -> i32 {
    match modules::key_changed(key.addr() as u64) {
        Ok(()) => 0,
        Err(problem) => {
            log::error!("jump_label_update: {problem}");
            -errno::EIO
        }
    }
}
