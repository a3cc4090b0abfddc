//! A module as the initrd has it: a file, the object in it, and the name it goes by.

use super::error::{Error, Reason};
use crate::initrd::{self, File};
use loader::Object;

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

    /// Checks the object in a file.
    ///
    /// # Errors
    /// What is wrong with the object.
    pub fn open(file: File) -> Result<Self, Error<'static>> {
        let of_file = initrd::module_name(file.path).unwrap_or(file.path);
        let object = Object::parse(file.data).map_err(|error| Reason::from(error).of(of_file))?;
        let name = value_of(&object, "name").filter(|name| !name.is_empty());
        Ok(Self {
            file,
            object,
            name: name.unwrap_or(of_file),
        })
    }

    /// The first value that the module's `.modinfo` has for a key.
    pub fn modinfo(&self, key: &str) -> Option<&'static str> {
        value_of(&self.object, key)
    }
}

fn value_of(object: &Object<'static>, wanted: &str) -> Option<&'static str> {
    let mut entries = object.information();
    entries.find_map(|(key, value)| (key == wanted).then_some(value))
}
