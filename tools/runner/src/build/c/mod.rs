//! Modules in C: one file, compiled against `modules/include`.
//!
//! ```text
//!  modules/NAME.c ───────► c/NAME.o ──link.rs──► modules/NAME.ko
//!  FILE.c of --module ───► c/extra/NAME.o ─────► c/extra/NAME.ko
//! ```
//!
//! The flags are those of the Rust modules in C's words (`.cargo/config.toml`):
//! position-independent, z196, back chain, no floating point; and probes of each page of
//! a large frame, which rustc makes unasked. clang takes the same. As Kbuild does, the
//! compiler gets the module's name and includes `linux/compiler_types.h` first. The ABI stamp
//! is the one that the module crates carry, so the kernel checks a module in C as it checks
//! them.
//!
//! * `compiler.rs`: gcc, or clang
//! * `out_of_scope.rs`: headers of Linux's that say why they aren't here
//! * `formats.rs`: what formats ask for that the kernel can't print
//! * `percpu_use.rs`: what is wrong with a use of per-CPU data, though it compiles

pub mod compiler;
mod formats;
mod headers;
mod out_of_scope;
mod percpu_use;

use crate::build::layout::{self, Module};
use crate::build::link;
use crate::error::Error;
use crate::screen::output;
use compiler::Compiler;
use object::{Object, ObjectSection, ObjectSymbol};
use percpu_use::Symbols;
use std::fs;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::process::Command;

/// GNU's compiler.
pub const COMPILER: &str = Compiler::Gcc.program();

/// How modules are compiled, but for what names the module.
pub const FLAGS: [&str; 22] = [
    "-std=gnu11",
    "-O2",
    "-march=z196",
    "-mbackchain",
    "-msoft-float",
    "-fPIC",
    "-ffreestanding",
    "-fno-asynchronous-unwind-tables",
    "-fno-common",
    "-fno-delete-null-pointer-checks",
    "-fno-stack-protector",
    "-fno-strict-aliasing",
    "-fno-strict-overflow",
    "-fstack-clash-protection",
    "-nostdinc",
    "-Wall",
    "-Wextra",
    // What C once allowed, and what of it reads or writes elsewhere.
    "-Werror=implicit-function-declaration",
    "-Werror=implicit-int",
    "-Werror=incompatible-pointer-types",
    "-Werror=return-type",
    "-g",
];

/// What the kernel checks in a module: read from the first crate that has it.
pub fn stamp(crates: &[&Module]) -> Result<String, Error> {
    for module in crates {
        let path = module.linked();
        let data = fs::read(&path).map_err(Error::file("read", &path))?;
        let file = object::File::parse(&*data).map_err(Error::object(&path))?;
        let Some(section) = file.section_by_name(".modinfo") else {
            continue;
        };
        let information = section.data().map_err(Error::object(&path))?;
        let stamp = information
            .split(|&byte| byte == 0)
            .find_map(|entry| std::str::from_utf8(entry).ok()?.strip_prefix("vermagic="));
        if let Some(stamp) = stamp {
            return Ok(stamp.to_owned());
        }
    }
    Err(Error::NoStamp)
}

/// Whether an object says what licence it is under.
fn names_a_licence(object: &Path) -> Result<bool, Error> {
    let data = fs::read(object).map_err(Error::file("read", object))?;
    let file = object::File::parse(&*data).map_err(Error::object(object))?;
    let mut information = file.sections().filter(|it| it.name() == Ok(".modinfo"));
    let has_it = |bytes: &[u8]| {
        bytes
            .split(|&byte| byte == 0)
            .any(|it| it.starts_with(b"license="))
    };
    Ok(information.any(|section| section.data().is_ok_and(has_it)))
}

/// A compiler call for one file.
pub fn command(compiler: Compiler, name: &str, source: &Path, stamp: &str) -> Command {
    let mut command = Command::new(compiler.program());
    command.args(compiler.flags()).args(FLAGS);
    command.arg("-I").arg(layout::include());
    command.arg("-idirafter").arg(refused());
    command.args([
        "-include",
        "linux/compiler_types.h",
        "-include",
        "linux/kconfig.h",
    ]);
    command.args(["-D__KERNEL__", "-DMODULE"]);
    // As Kbuild makes it of the file's name.
    let name = name.replace('-', "_");
    command.arg(format!("-DKBUILD_MODNAME=\"{name}\""));
    command.arg(format!("-DKBUILD_BASENAME=\"{name}\""));
    command.arg(format!("-DMODULE_ABI_STAMP=\"{stamp}\""));
    // Assertions name their file: by its path in the tree, not on this machine.
    let prefix = format!("{}/=", layout::root().display());
    command.arg(format!("-fmacro-prefix-map={prefix}"));
    command.arg("-c").arg(source);
    command
}

/// Headers that say why Linux's isn't here.
fn refused() -> PathBuf {
    layout::release().join("c/out-of-scope")
}

/// Compiles a module of the tree if it or a header is newer. Its warnings are
/// errors.
pub fn module(module: &Module, stamp: &str) -> Result<(), Error> {
    let Some(source) = &module.source else {
        return Ok(());
    };
    let output = module.compiled();
    let folder = output.parent().unwrap_or(&output).to_owned();
    fs::create_dir_all(&folder).map_err(Error::file("create", &folder))?;
    let mut inputs = headers::of(&layout::include())?;
    inputs.extend(headers::of(source.parent().unwrap_or(source))?);
    inputs.push(source.clone());
    inputs.push(remember(&folder, stamp)?);
    let inputs: Vec<&Path> = inputs.iter().map(PathBuf::as_path).collect();
    if link::is_newer(&output, &inputs) {
        return Ok(());
    }
    let mut command = command(module.compiler, &module.name, source, stamp);
    command.arg("-Werror");
    let dump = dump_for(&output);
    compile(command, module.compiler, &module.name, &output, &dump)?;
    check(module.compiler, &module.name, source, stamp, &output, &dump)
}

/// What makes a null pointer that is used a trap: the page that it points to can be read, as
/// byte 816 lies there, so nothing else would notice.
const NULL_CHECKS: [&str; 2] = ["-fsanitize=null", "-fsanitize-undefined-trap-on-error"];

/// Compiles and links a file of `--module`; returns the module.
pub fn extra(compiler: Compiler, name: &str, source: &Path, stamp: &str) -> Result<PathBuf, Error> {
    extra_by(compiler, name, source, stamp, &[])
}

/// As [`extra`], with traps for null pointers.
pub fn extra_checked(
    compiler: Compiler,
    name: &str,
    source: &Path,
    stamp: &str,
) -> Result<PathBuf, Error> {
    extra_by(compiler, name, source, stamp, &NULL_CHECKS)
}

fn extra_by(
    compiler: Compiler,
    name: &str,
    source: &Path,
    stamp: &str,
    flags: &[&str],
) -> Result<PathBuf, Error> {
    let folder = layout::release().join(format!("c{}/extra", compiler.suffix()));
    fs::create_dir_all(&folder).map_err(Error::file("create", &folder))?;
    // gcc would only say that there is no input file.
    fs::metadata(source).map_err(Error::file("read", source))?;
    let object = folder.join(format!("{name}.o"));
    let dump = dump_for(&object);
    let mut made = command(compiler, name, source, stamp);
    made.args(flags);
    compile(made, compiler, name, &object, &dump)?;
    check(compiler, name, source, stamp, &object, &dump)?;
    if !names_a_licence(&object)? {
        output::message!(
            "warning: module {name} names no licence: MODULE_LICENSE(\"GPL\"), or another; Linux \
             doesn't build it without"
        );
    }
    let module = folder.join(format!("{name}.ko"));
    link::unchecked(name, &object, &module)?;
    Ok(module)
}

/// Runs the compiler; two runners may do so at once. Of what it prints, a header that isn't
/// here is reported with the reason, or with those that are.
fn compile(
    mut command: Command,
    compiler: Compiler,
    name: &str,
    output: &Path,
    dump: &Path,
) -> Result<(), Error> {
    out_of_scope::make(&refused(), &layout::include())?;
    let what = format!("{} of module {name}", compiler.program());
    let unfinished = output.with_extension(format!("o.{}", std::process::id()));
    if std::io::stderr().is_terminal() {
        command.arg("-fdiagnostics-color=always");
    }
    if compiler == Compiler::Gcc {
        command.arg(dump_flag(dump));
    }
    let made = command.arg("-o").arg(&unfinished).output();
    let made = made.map_err(Error::start(&what))?;
    let text = String::from_utf8_lossy(&made.stderr);
    match about_scope(&text) {
        // All other messages follow from that.
        Some(lines) => output::write_error_line(lines),
        None if !text.is_empty() => output::write_error_line(text.trim_end()),
        None => {}
    }
    if !made.status.success() {
        if text.contains("No such file or directory") || text.contains("file not found") {
            output::message!("this kernel has of linux/: {}", offered()?);
        }
        let (program, status) = (what, made.status);
        return Err(Error::Program { program, status });
    }
    fs::rename(&unfinished, output).map_err(Error::file("write", output))
}

/// The lines of a compiler's messages that say what is out of scope, and where it is asked for.
fn about_scope(text: &str) -> Option<String> {
    let (mut found, mut from) = (Vec::new(), "");
    for line in text.lines() {
        if line.contains("In file included from ") {
            from = line;
        }
        if line.contains("error: ") && line.contains(out_of_scope::MARK) {
            let (_, message) = line.split_once("error: ").unwrap_or(("", line));
            let message = message.trim_start_matches("\u{1b}[m\u{1b}[K");
            let message = message.trim_start_matches("#error ");
            found.push(format!("{from}\n  error: {message}"));
        }
    }
    (!found.is_empty()).then(|| found.join("\n"))
}

/// Names of the headers under `linux/`.
fn offered() -> Result<String, Error> {
    let folder = layout::include().join("linux");
    let headers = headers::of(&folder)?;
    let names = headers.iter().filter_map(|path| path.file_name());
    let mut names: Vec<_> = names.map(|name| name.to_string_lossy()).collect();
    names.sort();
    Ok(names.join(" "))
}

/// Where gcc's view of a file goes; two runners may be at the same.
fn dump_for(object: &Path) -> PathBuf {
    object.with_extension(format!("gimple.{}", std::process::id()))
}

fn dump_flag(dump: &Path) -> String {
    format!("-fdump-tree-gimple-lineno-uid={}", dump.display())
}

/// Looks for per-CPU variables and handles that are used as ordinary memory, and for formats
/// that the kernel can't print, in gcc's view of the file; where clang has compiled it, gcc looks
/// at it all the same.
fn check(
    compiler: Compiler,
    name: &str,
    source: &Path,
    stamp: &str,
    object: &Path,
    dump: &Path,
) -> Result<(), Error> {
    if compiler != Compiler::Gcc {
        let mut gcc = command(Compiler::Gcc, name, source, stamp);
        // What there is to report has been reported.
        gcc.arg(dump_flag(dump)).args(["-w", "-o", "/dev/null"]);
        let what = format!("{COMPILER} of module {name}");
        gcc.output().map_err(Error::start(&what))?;
    }
    let text = fs::read_to_string(dump);
    // Only a wish: the file is left over, nothing more.
    let _ = fs::remove_file(dump);
    // What only clang takes can't be looked at; a file without functions has no dump.
    let Ok(text) = text else {
        return Ok(());
    };
    let mistakes = percpu_use::mistakes(&text, &symbols(source, object)?);
    let refused = formats::refused(
        &text,
        &formats::functions(&headers::of(&layout::include())?)?,
    );
    for line in
        { mistakes.iter().map(ToString::to_string) }.chain(refused.iter().map(ToString::to_string))
    {
        output::write_error_line(line);
    }
    let module = name.to_owned();
    let error = match (mistakes.len(), refused.len()) {
        (0, 0) => return Ok(()),
        (0, count) => Error::Formats { module, count },
        (count, _) => Error::PerCpuUse { module, count },
    };
    // It isn't to be taken for a good one.
    let _ = fs::remove_file(object);
    Err(error)
}

/// The variables of an object, and those that its source declares as others' per-CPU ones.
fn symbols(source: &Path, object: &Path) -> Result<Symbols, Error> {
    let wrong = Error::object(object);
    let data = fs::read(object).map_err(Error::file("read", object))?;
    let file = object::File::parse(&*data).map_err(&wrong)?;
    let mut symbols = Symbols::default();
    for symbol in file.symbols() {
        let Some(home) = symbol.section_index() else {
            continue;
        };
        let home = file.section_by_index(home).map_err(&wrong)?;
        let name = symbol.name().map_err(&wrong)?.to_owned();
        match home.name().map_err(&wrong)?.starts_with(".data..percpu") {
            true => symbols.per_cpu.insert(name),
            false => symbols.ordinary.insert(name),
        };
    }
    let text = fs::read_to_string(source).unwrap_or_default();
    for declared in text.split("DECLARE_PER_CPU").skip(1) {
        let inside = declared
            .split_once('(')
            .and_then(|(_, rest)| rest.split_once(')'));
        if let Some((_, name)) = inside.and_then(|(inside, _)| inside.rsplit_once(',')) {
            symbols.per_cpu.insert(name.trim().to_owned());
        }
    }
    Ok(symbols)
}

/// A file that is as old as the present stamp and flags.
fn remember(folder: &Path, stamp: &str) -> Result<PathBuf, Error> {
    let path = folder.join("built-with");
    let text = format!("{stamp}\n{}\n", FLAGS.join(" "));
    if fs::read_to_string(&path).ok().as_deref() != Some(&text) {
        fs::write(&path, text).map_err(Error::file("write", &path))?;
    }
    Ok(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_scope_is_reported() {
        let text = "In file included from a.c:3:\n/x/linux/usb.h:1:2: error: #error linux/usb.h is out of this kernel's scope: none\na.c:9:1: error: unknown type name";
        let reported = about_scope(text).unwrap();
        assert_eq!(
            reported,
            "In file included from a.c:3:\n  error: linux/usb.h is out of this kernel's scope: none"
        );
        assert_eq!(about_scope("a.c:9:1: error: unknown type name"), None);
    }
}
