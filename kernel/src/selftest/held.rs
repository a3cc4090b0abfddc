//! Modules that a test needs, for as long as it needs them.

use super::{Outcome, failed};
use crate::modules;
use alloc::vec::Vec;

/// Modules that were loaded for a test; dropping it unloads them, the last first.
pub struct Held(Vec<&'static str>);

impl Held {
    /// Loads modules in this order, but for those that are loaded already.
    pub fn load(names: &[&'static str]) -> Result<Self, Outcome> {
        let mut held = Self(Vec::new());
        for name in names {
            if modules::state(name).is_none() {
                modules::load(name).map_err(failed)?;
                held.0.push(name);
            }
        }
        Ok(held)
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        for name in self.0.drain(..).rev() {
            if let Err(error) = modules::unload(name) {
                log::error!("{error}");
            }
        }
    }
}
