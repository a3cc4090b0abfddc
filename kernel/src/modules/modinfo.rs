//! What a module's file says of it, as `modinfo` shows it.
//!
//! The text is section `.modinfo`: `key=value`, each ended by NUL. What a module
//! depends on is worked out from its symbols if the file doesn't say.

use super::dependencies::Exporters;
use super::error::Error;
use super::module_file::ModuleFile;
use crate::println;
use core::fmt;
use loader::Object;

/// Prints a module's file name, description, author, license, what it depends on,
/// its parameters with their types, and whatever else the file has.
///
/// # Errors
/// [`Reason::NoFile`](super::Reason::NoFile); what is wrong with the object;
/// [`Reason::Heap`](super::Reason::Heap).
pub fn print_modinfo(name: &str) -> Result<(), Error<'_>> {
    let module = ModuleFile::find(name)?;
    let object = &module.object;
    line("filename", format_args!("{}", module.file.path));
    for (key, value) in object.information() {
        match key {
            "parm" => {
                let parameter = value.split(':').next().unwrap_or(value);
                match type_of(object, parameter) {
                    Some(kind) => line(key, format_args!("{value} ({kind})")),
                    None => line(key, format_args!("{value}")),
                }
            }
            "parmtype" => {
                let (parameter, kind) = value.split_once(':').unwrap_or((value, "?"));
                let described = object
                    .information()
                    .any(|(key, text)| key == "parm" && text.split(':').next() == Some(parameter));
                if !described {
                    line("parm", format_args!("{value} ({kind})"));
                }
            }
            _ => line(key, format_args!("{value}")),
        }
    }
    if !object.information().any(|(key, _)| key == "depends") {
        let exporters = Exporters::find().map_err(|reason| reason.of(name))?;
        let needed = exporters.needed_by(&module);
        let needed = needed.map_err(|reason| reason.of(name))?;
        line("depends", format_args!("{}", Listed(&needed)));
    }
    Ok(())
}

/// Names with commas between them.
struct Listed<'a>(&'a [&'static str]);

impl fmt::Display for Listed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, name) in self.0.iter().enumerate() {
            let comma = if index == 0 { "" } else { "," };
            write!(f, "{comma}{name}")?;
        }
        Ok(())
    }
}

fn line(key: &str, value: fmt::Arguments<'_>) {
    println!("{key:<15} {value}");
}

/// The type that the file names for a parameter.
fn type_of(object: &Object<'static>, parameter: &str) -> Option<&'static str> {
    let mut entries = object.information().filter(|&(key, _)| key == "parmtype");
    entries.find_map(|(_, text)| {
        let (name, kind) = text.split_once(':')?;
        (name == parameter).then_some(kind)
    })
}
