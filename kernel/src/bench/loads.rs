//! What loading and unloading cost: modules that the runner makes, each with as much of one
//! thing as its name says.
//!
//! Each is loaded and unloaded once before it is measured: the first load makes translation
//! tables, which stay.

use super::figures::{BenchError, Figures, record};
use crate::load_unload_rounds::LogOff;
use crate::modules::{self, Error};
use crate::profile;
use arch::timer;

/// A module that is loaded until this is dropped.
pub struct Loaded(&'static str);

impl Loaded {
    /// Loads it.
    ///
    /// # Errors
    /// Why it can't be loaded.
    pub fn new(name: &'static str) -> Result<Self, Error<'static>> {
        modules::load(name)?;
        Ok(Self(name))
    }

    fn unload(self) -> Result<(), Error<'static>> {
        let name = self.0;
        core::mem::forget(self);
        modules::unload(name)
    }
}

impl Drop for Loaded {
    fn drop(&mut self) {
        if let Err(error) = modules::unload(self.0) {
            log::error!("{error}");
        }
    }
}

/// What of a load and an unload is a part for who watches from outside.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Marked {
    /// All of it, as one.
    Both,
    /// The load.
    Load,
    /// The unload.
    Unload,
}

/// Nanoseconds that a load takes, and an unload.
///
/// # Errors
/// Why it can't be loaded or unloaded.
pub fn load_and_unload(name: &'static str) -> Result<(u64, u64), Error<'static>> {
    marked(name, Marked::Both)
}

fn marked(name: &'static str, marked: Marked) -> Result<(u64, u64), Error<'static>> {
    Loaded::new(name)?.unload()?;
    let mut before = (marked != Marked::Unload).then(profile::Measured::new);
    let start = timer::now();
    let loaded = Loaded::new(name)?;
    let live = timer::now();
    if marked == Marked::Load {
        drop(before.take());
    }
    let after = (marked == Marked::Unload).then(profile::Measured::new);
    let go = timer::now();
    loaded.unload()?;
    let end = timer::now();
    drop((before, after));
    Ok((
        timer::nanoseconds(live - start),
        timer::nanoseconds(end - go),
    ))
}

/// The load alone of the module with the most relocations.
pub fn insmod(figures: &mut Figures) -> Result<(), BenchError> {
    let _log = LogOff::new();
    let (load, _) = marked("relocs-100k", Marked::Load)?;
    record(figures, "insmod_100k", 100_000, load)
}

/// The load alone of a module with as many exports.
pub fn provider(figures: &mut Figures) -> Result<(), BenchError> {
    let _log = LogOff::new();
    let (load, _) = marked("exports-100k", Marked::Load)?;
    record(figures, "insmod_100k_exports", 100_000, load)
}

/// The unload alone of the module with the relocations.
pub fn rmmod(figures: &mut Figures) -> Result<(), BenchError> {
    let _log = LogOff::new();
    let (_, unload) = marked("relocs-100k", Marked::Unload)?;
    record(figures, "rmmod_100k", 1, unload)
}

/// Loads by relocations, exports and imports, and unloads by exports that others have.
pub fn all(figures: &mut Figures) -> Result<(), BenchError> {
    let _log = LogOff::new();
    relocations(figures)?;
    exports(figures)
}

fn relocations(figures: &mut Figures) -> Result<(), BenchError> {
    let (empty, _) = load_and_unload("empty")?;
    record(figures, "insmod_empty", 1, empty)?;
    let (thousand, _) = load_and_unload("relocs-1k")?;
    record(figures, "insmod_1k", 1000, thousand)?;
    let (ten, _) = load_and_unload("relocs-10k")?;
    record(figures, "insmod_10k", 10_000, ten)?;
    let (hundred, unload) = load_and_unload("relocs-100k")?;
    record(figures, "insmod_100k", 100_000, hundred)?;
    record(figures, "insmod_per_reloc", 90_000, hundred - ten)?;
    record(figures, "rmmod_100k", 1, unload)
}

fn exports(figures: &mut Figures) -> Result<(), BenchError> {
    let _hundred = Loaded::new("exports-100")?;
    with_exports(figures, "rmmod_empty_100_known", "insmod_imports_100_known")?;
    let (ten, _) = load_and_unload("exports-10k")?;
    let _ten = Loaded::new("exports-10k")?;
    with_exports(figures, "rmmod_empty_10k_known", "insmod_imports_10k_known")?;
    let (hundred, _) = load_and_unload("exports-100k")?;
    let _hundred = Loaded::new("exports-100k")?;
    with_exports(
        figures,
        "rmmod_empty_110k_known",
        "insmod_imports_110k_known",
    )?;
    record(figures, "insmod_per_export", 90_000, hundred - ten)
}

/// Unloads a small module, and loads one that imports a hundred symbols.
fn with_exports(
    figures: &mut Figures,
    unload: &'static str,
    load: &'static str,
) -> Result<(), BenchError> {
    let (_, small) = load_and_unload("empty")?;
    record(figures, unload, 1, small)?;
    let (imports, _) = load_and_unload("imports-100")?;
    record(figures, load, 1, imports)
}
