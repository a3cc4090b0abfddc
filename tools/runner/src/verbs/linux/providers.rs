//! The modules of `modules/linux`, and the tests beside them, compiled: their CRCs come from the
//! package at hand.

use super::object::ModuleFacts;
use super::package::{Package, files};
use crate::build::c::compiler::Compiler;
use crate::build::{Guest, c, layout, link};
use crate::error::Error;
use crate::screen::output;
use object::{Object, ObjectSymbol};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;

/// What a test's `.modinfo` says of the module that it asks, and against what: `NAME: SOURCE`.
const ANSWERS: &str = "answers";

/// What a test's `.modinfo` says that asks providers what they offer, and no module: against what.
const ASKS_OFFERS: &str = "asks_offers";

/// What a test's `.modinfo` says of each line that it is to print: a part of it.
const PRINTS: &str = "prints";

/// What a name that is offered has before it until calls are counted.
const COUNTED: &str = "__linux_";

/// A module of this project's for Linux's.
#[derive(Debug)]
pub struct Provider {
    /// Its name.
    pub name: String,
    /// The linked file.
    pub path: PathBuf,
    /// What the file says.
    pub facts: ModuleFacts,
}

/// All of them.
#[derive(Debug)]
pub struct Providers {
    /// Those that offer something.
    pub providers: Vec<Provider>,
    /// Those that ask Linux's modules something.
    pub tests: Vec<Provider>,
}

/// A module that a test asks, and against what its answers are checked.
#[derive(Clone, Copy, Debug)]
pub struct Answers<'a> {
    /// The test.
    pub test: &'a str,
    /// What its answers are compared with.
    pub source: &'a str,
}

impl Providers {
    /// Compiles them.
    ///
    /// # Errors
    /// If one can't be compiled: offers what Linux doesn't export, for example.
    pub fn build(guest: &Guest, package: &Package) -> Result<Self, Error> {
        let folder = layout::release().join("linux");
        fs::create_dir_all(&folder).map_err(Error::file("create", &folder))?;
        let crcs = folder.join("crcs.h");
        let text = header(package);
        fs::write(&crcs, &text).map_err(Error::file("write", &crcs))?;
        let root = layout::root().join("modules/linux");
        let included = included(&root, &text)?;
        let tests = root.join("tests");
        let (mut providers, mut asking) = (Vec::new(), Vec::new());
        for source in files(&root, ".c")? {
            let provider = compile(guest, &source, &crcs, &folder, included)?;
            match source.starts_with(&tests) {
                true => asking.push(provider),
                false => providers.push(provider),
            }
        }
        Ok(Self {
            providers,
            tests: asking,
        })
    }

    /// What is offered, by name: the CRC and the provider.
    pub fn offers(&self) -> BTreeMap<&str, (u32, &str)> {
        let mut offers = BTreeMap::new();
        for provider in &self.providers {
            for (name, &crc) in &provider.facts.exports {
                offers.insert(name.as_str(), (crc, provider.name.as_str()));
            }
        }
        offers
    }

    /// The tests whose modules are all among these, and those that ask providers.
    pub fn asking(&self, modules: &[&'static str]) -> Vec<&str> {
        let all_there = |test: &&Provider| {
            // One that asks nothing is for a test of its own.
            if test.facts.values(ANSWERS).next().is_none() {
                return test.facts.values(ASKS_OFFERS).next().is_some();
            }
            let mut asked = test
                .facts
                .values(ANSWERS)
                .filter_map(|it| it.split_once(": "));
            asked.all(|(module, _)| modules.contains(&module))
        };
        let tests = self.tests.iter().filter(all_there);
        tests.map(|test| test.name.as_str()).collect()
    }

    /// The tests that ask providers, and against what.
    pub fn asking_offers(&self) -> impl Iterator<Item = Answers<'_>> {
        self.tests.iter().filter_map(|test| {
            let source = test.facts.values(ASKS_OFFERS).next()?;
            Some(Answers {
                test: &test.name,
                source,
            })
        })
    }

    /// What a test is to print.
    pub fn prints(&self, test: &str) -> Vec<&str> {
        let tests = self.tests.iter().filter(|it| it.name == test);
        tests.flat_map(|it| it.facts.values(PRINTS)).collect()
    }

    /// Who asks the modules something, by their names.
    pub fn answers(&self) -> BTreeMap<&str, Vec<Answers<'_>>> {
        let mut answers: BTreeMap<&str, Vec<Answers<'_>>> = BTreeMap::new();
        for test in &self.tests {
            for value in test.facts.values(ANSWERS) {
                if let Some((module, source)) = value.split_once(": ") {
                    answers.entry(module).or_default().push(Answers {
                        test: &test.name,
                        source,
                    });
                }
            }
        }
        answers
    }
}

/// A line for each export of Linux's with its CRC.
fn header(package: &Package) -> String {
    let mut text = String::from("/* From Module.symvers of Debian's package of headers. */\n");
    for (name, (crc, _)) in &package.symvers {
        // A text in memory takes all.
        let _ = writeln!(text, "#define LINUX_CRC_{name} {crc:#010x}");
    }
    text
}

/// What puts the count of calls in front of each function that is offered (`provider.h`):
/// `__linux_NAME` becomes `NAME`, and what is defined as that, `own_NAME`. After linking, for a
/// linker would take the one for the other.
fn renames(compiled: &Path) -> Result<Vec<(String, String)>, Error> {
    let wrong = Error::object(compiled);
    let data = fs::read(compiled).map_err(Error::file("read", compiled))?;
    let file = object::File::parse(&*data).map_err(&wrong)?;
    let names = file.symbols().filter(|symbol| symbol.is_definition());
    let names: BTreeSet<&str> = names.filter_map(|symbol| symbol.name().ok()).collect();
    let mut renames = Vec::new();
    for counted in names.iter().filter(|name| name.starts_with(COUNTED)) {
        let name = &counted[COUNTED.len()..];
        if names.contains(name) {
            renames.push((name.to_owned(), format!("own_{name}")));
        }
        renames.push(((*counted).to_owned(), name.to_owned()));
    }
    Ok(renames)
}

/// A number for all that sources include: the CRCs, and headers.
fn included(root: &Path, crcs: &str) -> Result<u64, Error> {
    let mut hasher = DefaultHasher::new();
    crcs.hash(&mut hasher);
    let headers = layout::root().join("modules/include");
    for header in files(&headers, ".h")?.iter().chain(&files(root, ".h")?) {
        let text = fs::read(header).map_err(Error::file("read", header))?;
        (header, text).hash(&mut hasher);
    }
    Ok(hasher.finish())
}

fn compile(
    guest: &Guest,
    source: &Path,
    crcs: &Path,
    folder: &Path,
    included: u64,
) -> Result<Provider, Error> {
    let name = source.file_stem().unwrap_or_default().to_string_lossy();
    let module = folder.join(format!("{name}.ko"));
    let mut command = c::command(Compiler::Gcc, &name, source, &guest.stamp);
    command.args(["-Werror", "-mpacked-stack"]);
    command.arg("-include").arg(crcs);
    let text = fs::read(source).map_err(Error::file("read", source))?;
    let mut hasher = DefaultHasher::new();
    (included, text, format!("{command:?}")).hash(&mut hasher);
    let made_of = format!("{:016x}", hasher.finish());
    // What the module there was made of.
    let kept = folder.join(format!("{name}.made-of"));
    let is_there = module.exists() && fs::read_to_string(&kept).is_ok_and(|it| it == made_of);
    if !is_there {
        // If this ends halfway, it was made of nothing.
        fs::write(&kept, "").map_err(Error::file("write", &kept))?;
        make(command, &name, folder, &module)?;
        fs::write(&kept, made_of).map_err(Error::file("write", &kept))?;
    }
    let data = fs::read(&module).map_err(Error::file("read", &module))?;
    let facts = ModuleFacts::read(&data).map_err(|error| Error::Debian {
        message: format!("{}: {error}", module.display()),
    })?;
    Ok(Provider {
        name: name.into_owned(),
        path: module,
        facts,
    })
}

/// Compiles and links a module.
fn make(mut command: Command, name: &str, folder: &Path, module: &Path) -> Result<(), Error> {
    // Two runners may compile at once.
    let object = folder.join(format!("{name}.{}.o", std::process::id()));
    let output = command.arg("-o").arg(&object).output();
    let output = output.map_err(Error::start(Compiler::Gcc.program()))?;
    if !output.status.success() {
        output::write_error_line(String::from_utf8_lossy(&output.stderr).trim_end());
        return Err(Error::Program {
            program: format!("{} of module {name}", Compiler::Gcc.program()),
            status: output.status,
        });
    }
    link::with_names(name, &object, module, &renames(&object)?)?;
    fs::remove_file(&object).map_err(Error::file("remove", &object))
}
