//! `kmod-inspect`: what the kernel's module loader does with a module, shown on
//! the host.
//!
//! The module is linked by the very crate that the kernel uses, for the addresses
//! that the command line names. What is shown, or written by `--dump`, is what
//! would lie in the kernel's memory.
//!
//! Exit codes: 0, all files link; 1, one doesn't, or can't be read or written;
//! 2, wrong usage. A module that links and that the kernel wouldn't start is named on
//! stderr.

#![forbid(unsafe_code)]

mod dump;
mod json;
mod module;
mod options;
mod report;
mod symbols;

use anstream::ColorChoice;
use module::{Addresses, Module};
use options::Options;
use std::collections::HashSet;
use std::error::Error;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use symbols::Symbols;

fn main() -> ExitCode {
    let options = Options::from_arguments();
    match inspect_all(&options) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        // Whoever read the output has seen enough, as `head` does.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            complain(&error.to_string());
            ExitCode::FAILURE
        }
    }
}

fn complain(text: &str) {
    eprintln!("kmod-inspect: {text}");
}

/// Inspects the files one after another; whether all of them link. An error is
/// one of the output.
fn inspect_all(options: &Options) -> io::Result<bool> {
    let symbols = match options.symbols.as_deref().map(Symbols::read).transpose() {
        Ok(symbols) => symbols.unwrap_or_default(),
        Err(error) => {
            complain(&error);
            return Ok(false);
        }
    };
    let colour = anstream::AutoStream::choice(&io::stdout()) != ColorChoice::Never;
    let mut output = BufWriter::new(io::stdout().lock());
    let mut folders = Folders::new(options);
    let mut all = true;
    for file in &options.files {
        let folder = folders.next(file);
        let result = inspect(
            options,
            &symbols,
            file,
            folder.as_deref(),
            colour,
            &mut output,
        );
        match result {
            Ok(()) => {}
            Err(Failure::Output(error)) => return Err(error),
            Err(Failure::Module(error)) => {
                // What was shown of the module comes before what is wrong with it.
                output.flush()?;
                complain(&format!("{}: {error}", file.display()));
                all = false;
            }
        }
    }
    output.flush()?;
    Ok(all)
}

/// Why a file could not be inspected.
enum Failure {
    /// It can't be read, linked or dumped.
    Module(Box<dyn Error>),
    /// Standard output can't be written.
    Output(io::Error),
}

impl<E: Error + 'static> From<E> for Failure {
    fn from(error: E) -> Self {
        Failure::Module(Box::new(error))
    }
}

fn inspect(
    options: &Options,
    symbols: &Symbols,
    file: &Path,
    folder: Option<&Path>,
    colour: bool,
    output: &mut dyn Write,
) -> Result<(), Failure> {
    let data = std::fs::read(file)?;
    let addresses = Addresses {
        base: options.base,
        per_cpu: options.percpu,
        unresolved: options.unresolved,
        symbols,
    };
    let module = Module::plan(file, &data)?;
    let linked = module.link(&addresses);
    if let (Some(folder), Ok(linked)) = (folder, &linked) {
        dump::write(&module, linked, folder)?;
    }
    let written = if options.json {
        // A module that can't be linked has no addresses to show.
        linked
            .as_ref()
            .map_or(Ok(()), |linked| json::write(&module, linked, output))
    } else if let (Some(folder), Ok(linked)) = (folder, &linked) {
        report::summary(&module, linked, folder, output)
    } else {
        report::write(
            &module,
            linked.as_ref().ok(),
            report::Styles::new(colour),
            output,
        )
    };
    written.map_err(Failure::Output)?;
    let image = linked?;
    if let Err(error) = image.startup {
        output.flush().map_err(Failure::Output)?;
        let file = file.display();
        complain(&format!(
            "{file}: links, but the kernel doesn't start it: {error}"
        ));
    }
    Ok(())
}

/// Where each file's dump goes: the folder of `--dump`, or one in it for each
/// file where there are several.
struct Folders<'a> {
    root: Option<&'a Path>,
    several: bool,
    taken: HashSet<PathBuf>,
}

impl<'a> Folders<'a> {
    fn new(options: &'a Options) -> Self {
        Self {
            root: options.dump.as_deref(),
            several: options.files.len() > 1,
            taken: HashSet::new(),
        }
    }

    fn next(&mut self, file: &Path) -> Option<PathBuf> {
        let root = self.root?;
        if !self.several {
            return Some(root.to_owned());
        }
        let name = file.file_stem().unwrap_or(file.as_os_str());
        let names = (1..).map(|number| match number {
            1 => root.join(name),
            // Files of one name from different places.
            _ => root.join(format!("{}.{number}", name.to_string_lossy())),
        });
        names
            .into_iter()
            .find(|folder| self.taken.insert(folder.clone()))
    }
}
