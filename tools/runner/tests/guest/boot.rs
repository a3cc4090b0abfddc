//! What booting costs, in guest instructions from the kernel's entry to the first call of a
//! module's init.

use crate::crafted::figures;
use crate::run::{TestResult, runner};

/// Instructions that a boot with four CPUs takes.
fn boot(memory: &str) -> Result<f64, libtest_mimic::Failed> {
    let arguments = ["--cpus", "4", "--memory", memory, "--run", "bench boot"];
    let run = runner(&[&["bench"], &arguments[..]].concat());
    match &figures(&run)?[..] {
        [(name, boot)] if name == "boot" => Ok(*boot),
        _ => Err(format!("one figure was expected\n{}", run.stdout).into()),
    }
}

/// Nothing is done for each byte of the initrd, of which there are 20 million here, nor,
/// but for an entry of a page table, for each page frame.
pub fn steps_are_for_what_is_used() -> TestResult {
    const LIMIT: f64 = 1.6e6;
    const LIMIT_A_GIB: f64 = 1e6;
    let (one, sixteen) = (boot("1G")?, boot("16G")?);
    let more = (sixteen - one) / 15.0;
    match one <= LIMIT && more <= LIMIT_A_GIB {
        true => Ok(()),
        false => Err(format!("{one} instructions for 1 GiB, {more} for each one more").into()),
    }
}
