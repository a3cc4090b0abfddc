//! A module as the initrd has it: a file, the object in it, and the name it goes by.

use super::error::{Error, Reason};
use super::state::Frames;
use crate::initrd::{self, File};
use loader::Object;
use words::matches;

/// A module's file, its object checked.
#[derive(Clone, Copy)]
pub struct ModuleFile {
    /// Where the object lies.
    pub file: File,
    /// The object in it.
    pub object: Object<'static>,
    /// The module's name: what its own `.modinfo` says, else the file's without folder
    /// and extension.
    pub name: &'static str,
    /// Whether it was compiled for Linux.
    pub is_linux: bool,
    /// How its code's stack frames are laid out: packed in Linux's objects, and in what says
    /// `frames=packed` of itself.
    pub frames: Frames,
}

impl ModuleFile {
    /// The file of this name, whatever the module in it calls itself.
    ///
    /// # Errors
    /// [`Reason::NoFile`]; or what is wrong with the object.
    pub fn find(name: &str) -> Result<Self, Error<'_>> {
        let file = initrd::module(name).ok_or(Reason::NoFile.of(name))?;
        Self::open(file)
    }

    /// As [`find`](Self::find); where there is no such file, the first whose module has an
    /// alias that the name matches (`MODULE_ALIAS`, in which `*` stands for anything).
    ///
    /// # Errors
    /// As of [`find`](Self::find).
    pub fn find_or_alias(name: &str) -> Result<Self, Error<'_>> {
        let Err(Error {
            reason: Reason::NoFile,
            ..
        }) = Self::find(name)
        else {
            return Self::find(name);
        };
        let opened = files_of_providers().filter_map(|file| Self::open(file).ok());
        let has_it = |module: &Self| {
            let mut entries = module.object.information();
            entries.any(|(key, alias)| key == "alias" && matches(alias, name))
        };
        { opened }.find(has_it).ok_or(Reason::NoFile.of(name))
    }

    /// Checks the object in a file.
    ///
    /// # Errors
    /// What is wrong with the object.
    pub fn open(file: File) -> Result<Self, Error<'static>> {
        let of_file = initrd::module_name(file.path).unwrap_or(file.path);
        let object = Object::parse(file.data).map_err(|error| Reason::from(error).of(of_file))?;
        let (name, frames) = own_words(&object).map_err(|reason| reason.of(of_file))?;
        let name = name.filter(|name| !name.is_empty());
        let is_linux = loader::linux::is_linux(&object);
        Ok(Self {
            file,
            object,
            name: name.unwrap_or(of_file),
            is_linux,
            frames: if is_linux { Frames::Packed } else { frames },
        })
    }

    /// The first value that the module's `.modinfo` has for a key.
    pub fn modinfo(&self, key: &str) -> Option<&'static str> {
        value_of(&self.object, key)
    }
}

/// All files whose modules are loaded at boot, unless the command line says otherwise: those
/// that a person adds come first, as they do in the archive.
pub fn files_at_boot() -> impl Iterator<Item = File> {
    files_in(&["extra/", "modules/"])
}

/// All files whose modules may be loaded because others need them.
pub fn files_of_providers() -> impl Iterator<Item = File> {
    files_in(&["extra/", "lib/", "modules/"])
}

fn files_in(folders: &'static [&str]) -> impl Iterator<Item = File> {
    let is_in = |file: &File| folders.iter().any(|folder| file.path.starts_with(folder));
    initrd::files().filter(is_in)
}

/// The name that a module gives itself, and the kind of its stack frames. Its name and what it
/// was built for may stand there but once: a second value, behind a NUL inside a text, is for
/// whoever reads what is behind.
fn own_words(object: &Object<'static>) -> Result<(Option<&'static str>, Frames), Reason<'static>> {
    let (mut name, mut stamp, mut frames) = (None, None, Frames::Plain);
    for (key, value) in object.information() {
        let (key, kept) = match key {
            "name" => ("name", &mut name),
            "vermagic" => ("vermagic", &mut stamp),
            "frames" if value == "packed" => {
                frames = Frames::Packed;
                continue;
            }
            _ => continue,
        };
        let first = *kept.get_or_insert(value);
        if first != value {
            return Err(Reason::Contradiction {
                key,
                first,
                second: value,
            });
        }
    }
    Ok((name, frames))
}

fn value_of(object: &Object<'static>, wanted: &str) -> Option<&'static str> {
    let mut entries = object.information();
    entries.find_map(|(key, value)| (key == wanted).then_some(value))
}
