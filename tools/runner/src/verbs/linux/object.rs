//! What a module's file imports, exports and says of itself.

use loader::Object;
use loader::linux::{MODULE_LAYOUT, Versions};
use std::collections::{BTreeMap, BTreeSet};

/// The beginning of the names of sections with static per-CPU variables.
const PER_CPU: &str = ".data..percpu";

/// A module's file, read.
#[derive(Debug, Default)]
pub struct ModuleFacts {
    /// Symbols that it can't do without; of Linux's objects with the CRC that each has of them.
    pub imports: BTreeMap<String, Option<u32>>,
    /// Symbols that it exports with a CRC.
    pub exports: BTreeMap<String, u32>,
    /// Symbols that it exports, with a CRC or without.
    pub names: BTreeSet<String>,
    /// Its static per-CPU variables.
    pub per_cpu: BTreeSet<String>,
    /// The values of its `.modinfo`, by their keys.
    pub information: Vec<(String, String)>,
}

impl ModuleFacts {
    /// Reads a file.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub fn read(data: &[u8]) -> Result<Self, String> {
        let object = Object::parse(data).map_err(|error| error.to_string())?;
        let versions = Versions::of(&object).map_err(|error| error.to_string())?;
        let undefined = object.symbols().filter(|symbol| symbol.is_undefined());
        let needed = undefined.filter(|symbol| !symbol.is_weak() && !symbol.name.is_empty());
        let mut imports: BTreeMap<_, _> = needed
            .map(|symbol| (symbol.name.to_owned(), versions.crc(symbol.name)))
            .collect();
        if let Some(crc) = versions.crc(MODULE_LAYOUT) {
            imports.insert(MODULE_LAYOUT.to_owned(), Some(crc));
        }
        let own = |text: &str| text.to_owned();
        let per_cpu: BTreeSet<usize> = { object.sections() }
            .filter(|section| section.name.starts_with(PER_CPU))
            .map(|section| section.index)
            .collect();
        let variables = object.symbols().filter(|symbol| {
            let section = usize::from(symbol.section.0);
            !symbol.name.is_empty() && per_cpu.contains(&section)
        });
        let exports = object.export_crcs().map(|(name, crc)| (own(name), crc));
        let information = object
            .information()
            .map(|(key, value)| (own(key), own(value)));
        Ok(Self {
            imports,
            exports: exports.collect(),
            names: object.exports().map(own).collect(),
            per_cpu: variables.map(|symbol| own(symbol.name)).collect(),
            information: information.collect(),
        })
    }

    /// The values of a key.
    pub fn values<'a>(&'a self, key: &'a str) -> impl Iterator<Item = &'a str> {
        let entries = self.information.iter();
        entries.filter_map(move |(its, value)| (its == key).then_some(value.as_str()))
    }
}
