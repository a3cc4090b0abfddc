//! How the points are measured: one guest for areas and modules, one for each number of
//! CPUs, one for each size of memory.

use super::data::Points;
use crate::build::Guest;
use crate::build::layout;
use crate::error::Error;
use crate::options::Options;
use crate::options::memory_size::Memory;
use crate::verbs::bench::guest;
use crate::verbs::bench::measured::Measured;

/// Counts of the kernel's group `growth`, by their place in the figures' names.
const LIVE: [(&str, f64); 6] = [
    ("0", 0.0),
    ("10", 10.0),
    ("100", 100.0),
    ("1k", 1000.0),
    ("10k", 10_000.0),
    ("100k", 100_000.0),
];
const RELOCATIONS: [(&str, f64); 7] = [
    ("1k", 1000.0),
    ("2k", 2000.0),
    ("5k", 5000.0),
    ("10k", 10_000.0),
    ("20k", 20_000.0),
    ("50k", 50_000.0),
    ("100k", 100_000.0),
];
/// Those of each module, whose exports are known together with those before.
const EXPORTS: [(&str, f64); 4] = [
    ("100", 100.0),
    ("1k", 1000.0),
    ("10k", 10_000.0),
    ("100k", 100_000.0),
];

/// CPUs of guests, and MiB of their memory.
const CPUS: [u32; 9] = [1, 2, 4, 8, 16, 32, 64, 128, 248];
const MEMORY: [u64; 6] = [256, 1024, 4096, 16_384, 32_768, 65_536];

/// The CPUs of a guest that isn't measured by its CPUs.
const USUAL_CPUS: u32 = 4;

/// Measures all of them.
///
/// # Errors
/// If a guest fails, or has no figure for a point.
pub fn all(guest: &Guest, options: &Options) -> Result<Points, Error> {
    let mut points = Points::default();
    let usual = Options {
        cpus: options.cpus.or(Some(USUAL_CPUS)),
        ..options.clone()
    };
    let one = guest::options(&usual, "bench growth", Vec::new());
    areas_and_modules(&guest::figures(guest, &one)?, &mut points)?;
    for cpus in CPUS {
        let source = layout::root().join("tools/peer/linux_bench.c");
        let options = Options {
            cpus: Some(cpus),
            ..guest::options(options, "insmod linux_bench", vec![source])
        };
        let measured = guest::figures(guest, &options)?;
        for (series, name) in [("pair", "alloc_free_8"), ("sum", "sum_all_cpus")] {
            points.add("cpus", series, (cpus.into(), figure(&measured, name)?));
        }
    }
    for mebibytes in MEMORY {
        let options = Options {
            memory: Some(Memory::of_mebibytes(mebibytes)),
            ..guest::options(&usual, "bench boot", Vec::new())
        };
        let measured = guest::figures(guest, &options)?;
        let gibibytes = mebibytes as f64 / 1024.0;
        points.add("memory", "boot", (gibibytes, figure(&measured, "boot")?));
    }
    Ok(points)
}

/// What one guest measures of its group `growth`.
fn areas_and_modules(measured: &Measured, points: &mut Points) -> Result<(), Error> {
    let of = |name: String| figure(measured, &name);
    for (name, live) in LIVE {
        points.add("live", "pair", (live, of(format!("pair_{name}_live"))?));
    }
    let empty = figure(measured, "insmod_no_relocs")?;
    let mut before = None;
    for (name, relocations) in RELOCATIONS {
        let load = of(format!("insmod_{name}_relocs"))?;
        let beyond = load - empty / relocations;
        points.add("relocations", "load", (relocations, load));
        points.add("relocations", "beyond an empty one", (relocations, beyond));
        let all = load * relocations;
        if let Some((fewer, less)) = before.replace((relocations, all)) {
            let further = (all - less) / (relocations - fewer);
            points.add("relocations", "a further one", (relocations, further));
        }
    }
    let mut known = 0.0;
    for (name, exports) in EXPORTS {
        known += exports;
        let importer = of(format!("insmod_imports_{name}_more"))?;
        points.add("exports", "load with 100 imports", (known, importer));
        let unload = of(format!("rmmod_empty_{name}_more"))?;
        points.add("exports", "unload", (known, unload));
        let provider = of(format!("insmod_{name}_exports"))?;
        points.add("provider", "load", (exports, provider));
    }
    Ok(())
}

fn figure(measured: &Measured, name: &str) -> Result<f64, Error> {
    measured
        .get(name)
        .copied()
        .ok_or_else(|| Error::Unmeasured {
            verdict: format!("it printed no figure {name}"),
        })
}
