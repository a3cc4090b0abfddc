//! Debian's modules, and the CRCs of all that its kernel and they export.

use super::object::ModuleFacts;
use crate::build::layout;
use crate::error::Error;
use crate::verbs::debian;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// A module of the package.
#[derive(Debug)]
pub struct PackagedModule {
    /// Its file.
    pub path: PathBuf,
    /// What the file says.
    pub facts: ModuleFacts,
}

/// The package.
#[derive(Debug)]
pub struct Package {
    /// By name, as the kernel knows them: with `_`.
    pub modules: BTreeMap<&'static str, PackagedModule>,
    /// CRCs, and who exports each: `vmlinux`, or a module's path.
    pub symvers: BTreeMap<String, (u32, String)>,
}

impl Package {
    /// Fetches it, once, and reads it.
    ///
    /// # Errors
    /// If it can't be had, or a file in it isn't what it should be.
    pub fn fetch() -> Result<Self, Error> {
        // Where tests have it, too.
        let folder = layout::target().join("tmp");
        let modules = folder.join("debian-modules");
        let modules = debian::fetch("modules", &modules, "Debian's modules of Linux: 31 MB")?;
        let headers = folder.join("debian-headers");
        let headers = debian::fetch("headers", &headers, "Linux's headers: 12 MB")?;
        Ok(Self {
            modules: modules_in(&modules)?,
            symvers: symvers(&headers)?,
        })
    }

    /// The modules of these names, in which `-` and `_` are the same.
    ///
    /// # Errors
    /// The first that there is no module of.
    pub fn named(&self, names: &[String]) -> Result<Vec<&'static str>, Error> {
        let find = |name: &String| {
            let plain = name.strip_suffix(".ko").unwrap_or(name).replace('-', "_");
            let found = self.modules.get_key_value(plain.as_str());
            found.map(|(name, _)| *name).ok_or_else(|| Error::Debian {
                message: format!("Debian's Linux has no module {name}"),
            })
        };
        names.iter().map(find).collect()
    }
}

/// The files of a folder and of those in it, with an ending.
pub fn files(folder: &Path, ending: &str) -> Result<Vec<PathBuf>, Error> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in folder.read_dir().map_err(Error::file("read", &folder))? {
            let entry = entry.map_err(Error::file("read", &folder))?;
            let path = entry.path();
            // Links in the packages lead out of them.
            let kind = entry.file_type().map_err(Error::file("read", &path))?;
            if kind.is_dir() {
                folders.push(path);
            } else if path.file_name().is_some_and(|name| {
                let name = name.to_string_lossy();
                name.ends_with(ending)
            }) {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

fn modules_in(folder: &Path) -> Result<BTreeMap<&'static str, PackagedModule>, Error> {
    let mut modules = BTreeMap::new();
    for path in files(folder, ".ko")? {
        let data = fs::read(&path).map_err(Error::file("read", &path))?;
        let facts = ModuleFacts::read(&data).map_err(|error| Error::Debian {
            message: format!("{}: {error}", path.display()),
        })?;
        let stem = path.file_stem().unwrap_or_default().to_string_lossy();
        // Read once, and named until the program ends.
        let name: &'static str = Box::leak(stem.replace('-', "_").into_boxed_str());
        modules.insert(name, PackagedModule { path, facts });
    }
    Ok(modules)
}

/// Lines `0xCRC<tab>symbol<tab>owner<tab>kind`.
fn symvers(folder: &Path) -> Result<BTreeMap<String, (u32, String)>, Error> {
    let mut symbols = BTreeMap::new();
    for path in files(folder, "Module.symvers")? {
        let text = fs::read_to_string(&path).map_err(Error::file("read", &path))?;
        for line in text.lines() {
            let mut words = line.split('\t');
            let crc = words.next().and_then(|word| word.strip_prefix("0x"));
            let crc = crc.and_then(|digits| u32::from_str_radix(digits, 16).ok());
            if let (Some(crc), Some(name), Some(owner)) = (crc, words.next(), words.next()) {
                symbols.insert(name.to_owned(), (crc, owner.to_owned()));
            }
        }
    }
    match symbols.is_empty() {
        false => Ok(symbols),
        true => Err(Error::Debian {
            message: "the package of headers has no Module.symvers".to_owned(),
        }),
    }
}
