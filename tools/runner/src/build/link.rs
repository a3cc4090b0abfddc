//! Links a module: libNAME.a, with all of `core` in it, or gcc's NAME.o, to one
//! relocatable NAME.ko that holds only what the module uses.
//!
//! `ld -r --gc-sections` keeps what its roots reach. The roots are the entry
//! points and the exports; only those that the input defines are named, for a
//! root that nothing defines would stay in the module as an undefined symbol.
//!
//! It leaves two files: NAME.debug has all debug information, and stays on the host for gdb;
//! NAME.ko has none, and is what the guest gets. Both have the same sections otherwise.
//!
//! Afterwards the module's relocations are looked through: hidden visibility, or
//! a plain reference where the accessor macro belongs, turns a per-CPU access
//! into `larl` without a word from the compiler.

use super::layout::{self, Module};
use super::program::succeed;
use crate::error::Error;
use object::read::archive::ArchiveFile;
use object::{Object, ObjectSection, ObjectSymbol, RelocationFlags, RelocationTarget, elf};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The linker.
pub const LINKER: &str = "s390x-linux-gnu-ld";

/// What takes debug information out of a file.
const STRIPPER: &str = "s390x-linux-gnu-objcopy";

/// The one module that reaches its per-CPU variable by distance, to show what
/// comes of it.
const DIRECT: &str = "direct";

/// Links `module` if what it is made of is newer, and checks it.
pub fn module(module: &Module) -> Result<(), Error> {
    let (input, output) = (module.compiled(), module.linked());
    let inputs = [input.as_path(), &script()];
    if is_newer(&output, &inputs) && is_newer(&debug_file(&output), &inputs) {
        return Ok(());
    }
    let unfinished = link(&module.name, &input, &output)?;
    let data = fs::read(&unfinished).map_err(Error::file("read", &unfinished))?;
    let checked = check(&module.name, &data).map_err(Error::object(&unfinished))?;
    if let Some(error) = checked.filter(|_| module.name != DIRECT) {
        // Only a wish: the file is left over, nothing more.
        let _ = fs::remove_file(&unfinished);
        return Err(error);
    }
    fs::rename(&unfinished, &output).map_err(Error::file("write", &output))
}

/// Links a module whatever its relocations: the kernel will say what it thinks of
/// them.
pub fn unchecked(name: &str, input: &Path, output: &Path) -> Result<(), Error> {
    with_names(name, input, output, &[])
}

/// Links a module as [`unchecked`] does, and gives symbols of it other names, from the first of
/// each pair to the second; two may then have one, a defined and an undefined one.
pub fn with_names(
    name: &str,
    input: &Path,
    output: &Path,
    names: &[(String, String)],
) -> Result<(), Error> {
    let unfinished = link(name, input, output)?;
    if !names.is_empty() {
        let mut command = Command::new(STRIPPER);
        for (old, new) in names {
            command.arg("--redefine-sym").arg(format!("{old}={new}"));
        }
        let what = format!("other names for symbols of module {name}");
        succeed(command.arg(&unfinished), &what)?;
    }
    fs::rename(&unfinished, output).map_err(Error::file("write", output))
}

fn script() -> PathBuf {
    layout::root().join("linker/module.ld")
}

/// Links beside `output`; two runners may link at once, so each writes its own
/// file, whose name is returned.
fn link(name: &str, input: &Path, output: &Path) -> Result<PathBuf, Error> {
    let folder = output.parent().unwrap_or(output);
    fs::create_dir_all(folder).map_err(Error::file("create", folder))?;
    let unfinished = folder.join(format!("{name}.{}", std::process::id()));
    let whole = folder.join(format!("{name}.debug.{}", std::process::id()));
    let mut command = Command::new(LINKER);
    command.args(["-r", "-T"]).arg(script());
    let roots = roots(input)?;
    // A module without init, exit and exports has nothing to start from, and stays whole.
    if !roots.is_empty() {
        command.arg("--gc-sections");
    }
    for root in roots {
        command.args(["-u", &root]);
    }
    command.arg("-o").arg(&whole).arg(input);
    succeed(&mut command, &format!("link of module {name}"))?;
    let mut command = Command::new(STRIPPER);
    command.arg("--strip-debug").arg(&whole).arg(&unfinished);
    succeed(
        &mut command,
        &format!("removal of debug information of module {name}"),
    )?;
    fs::rename(&whole, debug_file(output)).map_err(Error::file("write", output))?;
    Ok(unfinished)
}

/// The file beside a linked module that has its debug information.
fn debug_file(linked: &Path) -> PathBuf {
    linked.with_extension("debug")
}

/// Whether `output` is there and no input is newer.
pub fn is_newer(output: &Path, inputs: &[&Path]) -> bool {
    let time = |path: &Path| path.metadata().and_then(|data| data.modified()).ok();
    let made = time(output);
    made.is_some() && inputs.iter().all(|input| time(input) <= made)
}

/// Symbols of an archive or object that a module is reached by.
fn roots(input: &Path) -> Result<Vec<String>, Error> {
    let wrong = Error::object(input);
    let data = fs::read(input).map_err(Error::file("read", input))?;
    let is_root = |name: &str| {
        name == "init_module" || name == "cleanup_module" || name.starts_with("__ksymtab_")
    };
    let mut roots = Vec::new();
    if input.extension().is_some_and(|extension| extension == "a") {
        let file = ArchiveFile::parse(&*data).map_err(&wrong)?;
        for symbol in file.symbols().map_err(&wrong)?.into_iter().flatten() {
            let symbol = symbol.map_err(&wrong)?;
            roots.push(String::from_utf8_lossy(symbol.name()).into_owned());
        }
    } else {
        let file = object::File::parse(&*data).map_err(&wrong)?;
        for symbol in file.symbols().filter(|symbol| symbol.is_global()) {
            if symbol.is_definition() {
                roots.push(symbol.name().map_err(&wrong)?.to_owned());
            }
        }
    }
    roots.retain(|name| is_root(name));
    Ok(roots)
}

/// The first direct reference to per-CPU data.
fn check(module: &str, data: &[u8]) -> Result<Option<Error>, object::Error> {
    let file = object::File::parse(data)?;
    for section in file.sections() {
        for (offset, relocation) in section.relocations() {
            let RelocationFlags::Elf {
                r_type: elf::R_390_PC32DBL,
            } = relocation.flags()
            else {
                continue;
            };
            let RelocationTarget::Symbol(index) = relocation.target() else {
                continue;
            };
            let symbol = file.symbol_by_index(index)?;
            let Some(home) = symbol.section_index() else {
                continue;
            };
            let home = file.section_by_index(home)?;
            if !home.name()?.starts_with(".data..percpu") {
                continue;
            }
            let target = match symbol.name()? {
                "" => home.name()?,
                name => name,
            };
            return Ok(Some(Error::DirectPerCpu {
                module: module.to_owned(),
                section: section.name()?.to_owned(),
                offset,
                target: target.to_owned(),
            }));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;
    use std::process::Stdio;

    /// What the check says to a piece of assembly.
    fn checked(text: &str) -> Option<Error> {
        let file = tempfile::NamedTempFile::new().unwrap();
        let mut assembler = Command::new("s390x-linux-gnu-as")
            .args(["-o", file.path().to_str().unwrap(), "-"])
            .stdin(Stdio::piped())
            .spawn()
            .expect("s390x-linux-gnu-as, of binutils-s390x-linux-gnu, is needed");
        assembler
            .stdin
            .take()
            .unwrap()
            .write_all(text.as_bytes())
            .unwrap();
        assert!(assembler.wait().unwrap().success());
        check("m", &fs::read(file.path()).unwrap()).unwrap()
    }

    const DATA: &str = "\n.section .data..percpu,\"aw\"\nhits: .quad 0\n";

    #[test]
    fn larl_of_a_per_cpu_variable_is_found() {
        let text = format!(".text\nnopr\nlarl %r1, hits\n{DATA}");
        let found = checked(&text);
        let Some(Error::DirectPerCpu {
            section, offset, ..
        }) = found
        else {
            panic!("not found: {found:?}");
        };
        assert_eq!((section.as_str(), offset), (".text", 4));
    }

    #[test]
    fn the_got_and_ordinary_data_are_no_offence() {
        let text = format!(
            ".text\nlgrl %r1, hits@GOTENT\nlarl %r2, plain\n{DATA}\n.data\nplain: .quad 0\n"
        );
        assert!(checked(&text).is_none());
    }
}
