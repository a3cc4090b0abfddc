//! What a module's file says of it, as `modinfo` shows it.
//!
//! The text is section `.modinfo`: `key=value`, each ended by NUL. What a module
//! depends on is worked out from its symbols if the file doesn't say.

use super::dependencies::Exporters;
use super::error::{Error, Reason};
use crate::{initrd, println};
use loader::Object;

/// Prints a module's file name, description, author, license, what it depends on,
/// its parameters with their types, and whatever else the file says.
pub fn print(name: &str) -> Result<(), Error<'_>> {
    let file = initrd::module(name).ok_or(Reason::NoFile.of(name))?;
    let object = Object::parse(file.data).map_err(|error| Reason::from(error).of(name))?;
    line("filename", format_args!("{}", file.path));
    for (key, value) in object.information() {
        match key {
            "parm" => {
                let parameter = value.split(':').next().unwrap_or(value);
                match type_of(&object, parameter) {
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
        let exporters = Exporters::new().map_err(|reason| reason.of(name))?;
        let mut names = heapless::String::<256>::new();
        for needed in exporters.needed_by(&object, &file) {
            let comma = if names.is_empty() { "" } else { "," };
            // What is longer is cut.
            let _ = names.push_str(comma).and_then(|()| names.push_str(needed));
        }
        line("depends", format_args!("{names}"));
    }
    Ok(())
}

fn line(key: &str, value: core::fmt::Arguments<'_>) {
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
