//! How costs grow: each piece of work again with more of what it might depend on.

use super::areas::with_live;
use super::figures::{BenchError, Figures, record};
use super::loads::{Loaded, load_and_unload};
use crate::load_unload_rounds::LogOff;

/// Pairs that are measured while so many areas live.
const PAIRS: u64 = 10_000;

const LIVE: [(&str, usize); 6] = [
    ("pair_0_live", 0),
    ("pair_10_live", 10),
    ("pair_100_live", 100),
    ("pair_1k_live", 1000),
    ("pair_10k_live", 10_000),
    ("pair_100k_live", 100_000),
];

/// Figure, module, its relocations.
const RELOCATIONS: [(&str, &str, u64); 7] = [
    ("insmod_1k_relocs", "relocs-1k", 1000),
    ("insmod_2k_relocs", "relocs-2k", 2000),
    ("insmod_5k_relocs", "relocs-5k", 5000),
    ("insmod_10k_relocs", "relocs-10k", 10_000),
    ("insmod_20k_relocs", "relocs-20k", 20_000),
    ("insmod_50k_relocs", "relocs-50k", 50_000),
    ("insmod_100k_relocs", "relocs-100k", 100_000),
];

/// A module with exports, which stays while others are loaded.
struct Provider {
    module: &'static str,
    exports: u64,
    /// Names of the figures: its own load, for each export; the load of a module with a
    /// hundred imports; the unload of one with nothing.
    load: &'static str,
    importer: &'static str,
    unload: &'static str,
}

const PROVIDERS: [Provider; 4] = [
    Provider {
        module: "exports-100",
        exports: 100,
        load: "insmod_100_exports",
        importer: "insmod_imports_100_more",
        unload: "rmmod_empty_100_more",
    },
    Provider {
        module: "exports-1k",
        exports: 1000,
        load: "insmod_1k_exports",
        importer: "insmod_imports_1k_more",
        unload: "rmmod_empty_1k_more",
    },
    Provider {
        module: "exports-10k",
        exports: 10_000,
        load: "insmod_10k_exports",
        importer: "insmod_imports_10k_more",
        unload: "rmmod_empty_10k_more",
    },
    Provider {
        module: "exports-100k",
        exports: 100_000,
        load: "insmod_100k_exports",
        importer: "insmod_imports_100k_more",
        unload: "rmmod_empty_100k_more",
    },
];

/// By live areas, relocations, and exports known.
pub fn all(figures: &mut Figures) -> Result<(), BenchError> {
    let _log = LogOff::new();
    for (name, live) in LIVE {
        with_live(figures, name, live, PAIRS)?;
    }
    let (empty, _) = load_and_unload("empty")?;
    record(figures, "insmod_no_relocs", 1, empty)?;
    for (name, module, relocations) in RELOCATIONS {
        let (load, _) = load_and_unload(module)?;
        record(figures, name, relocations, load)?;
    }
    // Dropped at the end, or on the way out: all at once.
    let mut known = heapless::Vec::<Loaded, { PROVIDERS.len() }>::new();
    for provider in &PROVIDERS {
        let (load, _) = load_and_unload(provider.module)?;
        record(figures, provider.load, provider.exports, load)?;
        let loaded = Loaded::new(provider.module)?;
        known.push(loaded).map_err(|_| BenchError::TooMany)?;
        let (importer, _) = load_and_unload("imports-100")?;
        record(figures, provider.importer, 1, importer)?;
        let (_, unload) = load_and_unload("empty")?;
        record(figures, provider.unload, 1, unload)?;
    }
    Ok(())
}
