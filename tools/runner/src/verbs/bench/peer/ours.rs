//! This kernel: the same source and the same relocations, in the same machine; and what
//! booting costs with more memory.

use super::files::{LARGE_BATCH, source};
use crate::build::Guest;
use crate::error::Error;
use crate::options::Options;
use crate::options::memory_size::Memory;
use crate::verbs::bench::guest;
use crate::verbs::bench::measured::Measured;
use std::path::Path;

/// Sizes of memory for which boot is measured alone, in GiB.
const LARGE: [u64; 2] = [16, 64];

/// Measures all that there is a row for.
pub fn measure(guest: &Guest, options: &Options, large: &Path) -> Result<Measured, Error> {
    let commands =
        format!("bench boot; insmod linux_bench; insmod linux_bench_{LARGE_BATCH}; bench load");
    let modules = vec![source(), large.to_owned()];
    let mut all = guest::figures(guest, &guest::options(options, &commands, modules))?;
    for figure in ["alloc_8_batch_alloc", "alloc_8_batch_free"] {
        if let Some(large) = all.remove(&format!("{LARGE_BATCH}.{figure}")) {
            all.insert(format!("{figure}_{LARGE_BATCH}"), large);
        }
    }
    // The loops of the source in its other shape, and what isn't compared.
    all.retain(|name, _| crate::verbs::bench::rows::find(name).is_some());
    let (mut boots, mut sizes) = (Vec::new(), Vec::new());
    for gibibytes in LARGE {
        let memory = Some(Memory::of_gibibytes(gibibytes));
        let options = guest::options(options, "bench boot", Vec::new());
        let boot = guest::figures(guest, &Options { memory, ..options })?;
        if let Some(&boot) = boot.get("boot") {
            all.insert(format!("boot_{gibibytes}g"), boot);
            boots.push(boot);
            sizes.push(gibibytes as f64);
        }
    }
    if let ([less, more], [few, many]) = (boots.as_slice(), sizes.as_slice()) {
        all.insert(
            "boot_per_gib".to_owned(),
            ((more - less) / (many - few)).round(),
        );
    }
    Ok(all)
}
