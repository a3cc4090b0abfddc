//! The same two variables on other machines: what compilers make of them, and how far a
//! linker lets that reach.
//!
//! `docs/book/code/far.c` has a plain static and a weak definition in `.data..percpu`, and a
//! function for the address of each. LLD, or for alpha GNU ld, links the first at growing
//! distances until it refuses.

use crate::build::{c, layout};
use crate::error::Error;
use crate::verbs::blocks::Blocks;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A machine.
struct Machine {
    /// Its listing's name.
    name: &'static str,
    /// The compiler, and what it is given besides.
    compiler: &'static str,
    flags: &'static [&'static str],
    /// What shows an object's code.
    objdump: &'static str,
    /// LLD's name of its object format, or a linker of its own.
    linker: Linker,
}

enum Linker {
    /// LLD emulates this.
    Lld(&'static str),
    /// A linker.
    Own(&'static str),
}

const MACHINES: [Machine; 6] = [
    Machine {
        name: "s390x",
        compiler: c::COMPILER,
        flags: &["-march=z196"],
        objdump: "s390x-linux-gnu-objdump",
        linker: Linker::Lld("elf64_s390"),
    },
    Machine {
        name: "alpha",
        compiler: "alpha-linux-gnu-gcc",
        flags: &[],
        objdump: "alpha-linux-gnu-objdump",
        linker: Linker::Own("alpha-linux-gnu-ld"),
    },
    Machine {
        name: "riscv64",
        compiler: "riscv64-linux-gnu-gcc",
        flags: &["-mno-relax"],
        objdump: "riscv64-linux-gnu-objdump",
        linker: Linker::Lld("elf64lriscv"),
    },
    Machine {
        name: "arm64",
        compiler: "aarch64-linux-gnu-gcc",
        flags: &[],
        objdump: "aarch64-linux-gnu-objdump",
        linker: Linker::Lld("aarch64linux"),
    },
    Machine {
        name: "x86-64",
        compiler: "x86_64-linux-gnu-gcc",
        flags: &[],
        objdump: "x86_64-linux-gnu-objdump",
        linker: Linker::Lld("elf_x86_64"),
    },
    Machine {
        name: "loongarch64",
        compiler: "clang-16",
        flags: &["--target=loongarch64-linux-gnu"],
        objdump: "llvm-objdump-16",
        linker: Linker::Lld("elf64loongarch"),
    },
];

/// Where the code lies when the reach is looked for.
const TEXT: u64 = 1 << 46;
/// The largest distance that is tried, as a power of two.
const FURTHEST: u32 = 44;

/// The listings, one a machine, and those that can't be made here.
///
/// # Errors
/// If files can't be written.
pub fn all() -> Result<(Blocks, Vec<&'static str>), Error> {
    let folder = layout::target().join("book-machines");
    fs::create_dir_all(&folder).map_err(Error::file("create", &folder))?;
    let (mut blocks, mut absent) = (Blocks::new(), Vec::new());
    let lld = lld();
    for machine in &MACHINES {
        match listing(machine, &folder, lld.as_deref()) {
            Some(text) => {
                blocks.insert(machine.name, text);
            }
            None => absent.push(machine.name),
        }
    }
    Ok((blocks, absent))
}

/// What a program prints, if it is here and succeeds.
fn output(command: &mut Command) -> Option<Output> {
    let output = command.env("LC_ALL", "C").output().ok()?;
    output.status.success().then_some(output)
}

/// LLVM's linker, which comes with rustc.
fn lld() -> Option<PathBuf> {
    let rustc = std::env::var_os("RUSTC").unwrap_or("rustc".into());
    let root = output(Command::new(rustc).args(["--print", "sysroot"]))?;
    let root = PathBuf::from(String::from_utf8_lossy(&root.stdout).trim());
    let hosts = root.join("lib/rustlib").read_dir().ok()?.flatten();
    let mut found = hosts.map(|host| host.path().join("bin/rust-lld"));
    found.find(|path| path.exists())
}

fn listing(machine: &Machine, folder: &Path, lld: Option<&Path>) -> Option<String> {
    let source = layout::root().join("docs/book/code/far.c");
    let object = folder.join(format!("{}.o", machine.name));
    let flags = ["-O2", "-fPIC", "-ffreestanding", "-c"];
    let quiet = ["-fno-asynchronous-unwind-tables"];
    let mut compiler = Command::new(machine.compiler);
    compiler.args(machine.flags).args(flags).args(quiet);
    output(compiler.arg(&source).arg("-o").arg(&object))?;
    let shown = output(Command::new(machine.objdump).arg("-dr").arg(&object))?;
    let shown = String::from_utf8_lossy(&shown.stdout);
    let mut text = String::new();
    let mut inside = false;
    for line in shown.lines() {
        if line.ends_with("<hit>:") || line.ends_with("<weak_hit>:") {
            let (_, name) = line.rsplit_once('<')?;
            text += &format!("{}\n", name.trim_end_matches('>').replace(">:", ":"));
            inside = true;
            continue;
        }
        let words: Vec<&str> = line.split_whitespace().collect();
        let is_offset = |word: &&str| word.ends_with(':');
        if !inside || words.len() < 2 || !words.first().is_some_and(is_offset) {
            continue;
        }
        if let Some(relocation) = relocation(&words) {
            text += &format!("        {relocation}\n");
            continue;
        }
        let code = without_bytes(line);
        // What fills up to the next function.
        if code.is_empty()
            || ["nop", "nopw", "nopl", "unop", "cs nopw", "xchg"]
                .iter()
                .any(|it| code.starts_with(it))
        {
            continue;
        }
        text += &format!("    {code}\n");
        let ends = ["ret", "br\t%r14", "br %r14", "jr"];
        inside = !ends.iter().any(|end| code.starts_with(end));
    }
    text += &match reach(machine, &object, lld) {
        Some((below, above)) if below.min(above) >= 1 << FURTHEST => {
            "the linker takes the plain one anywhere: it doesn't check this field\n".to_owned()
        }
        Some((below, above)) => format!(
            "the linker takes the plain one from {} below to {} above\n",
            shown_size(below),
            shown_size(above)
        ),
        None => "there is no linker here that knows this machine\n".to_owned(),
    };
    Some(text)
}

/// The type of a relocation, and its target.
fn relocation(words: &[&str]) -> Option<String> {
    let kind = words.get(1)?;
    let is_type =
        kind.starts_with("R_") || ["GPDISP", "GPRELHIGH", "GPRELLOW", "ELF_LITERAL"].contains(kind);
    // A remark for linkers that shorten code.
    let is_remark = *kind == "R_RISCV_RELAX" || *kind == "R_LARCH_RELAX";
    (is_type && !is_remark).then(|| words[1..].join(" "))
}

/// An instruction without its address and bytes.
fn without_bytes(line: &str) -> String {
    let code = line.split_once(':').map_or(line, |(_, rest)| rest).trim();
    // Bytes and words of them, then what they mean.
    let is_bytes =
        |word: &&str| word.len().is_multiple_of(2) && word.bytes().all(|it| it.is_ascii_hexdigit());
    let words: Vec<&str> = code.split_whitespace().collect();
    let count = words.iter().take_while(|word| is_bytes(word)).count();
    let text = words[count..].join(" ");
    let text = text.split(" # ").next().unwrap_or_default();
    text.split(" <").next().unwrap_or_default().to_owned()
}

/// How far below and above the code the variable may lie.
fn reach(machine: &Machine, object: &Path, lld: Option<&Path>) -> Option<(u64, u64)> {
    let (program, words): (&Path, Vec<&str>) = match machine.linker {
        Linker::Lld(emulation) => (lld?, vec!["-flavor", "gnu", "-m", emulation]),
        Linker::Own(program) => (Path::new(program), vec!["--no-relax"]),
    };
    let out = object.with_extension("linked");
    let links = |address: u64| {
        let script = object.with_extension("lds");
        let text = format!(
            "SECTIONS {{ .text {TEXT:#x} : {{ *(.text*) }} .got : {{ *(.got*) }} \
             .data {address:#x} : {{ *(.data*) }} \
             /DISCARD/ : {{ *(.eh_frame*) *(.note*) *(.comment) *(.riscv*) }} }}\n"
        );
        let mut linker = Command::new(program);
        linker.args(&words).arg(object).arg("-o").arg(&out);
        linker.args(["-e", "hit", "-T"]).arg(&script);
        let took = fs::write(&script, text).is_ok() && output(&mut linker).is_some();
        // Only a wish: it is of no further use.
        let _ = fs::remove_file(&out);
        took
    };
    let edge = |at: &dyn Fn(u64) -> u64| {
        let (mut near, mut far) = (1u64 << 16, 1u64 << FURTHEST);
        if !links(at(near)) {
            return None;
        }
        if links(at(far)) {
            return Some(far);
        }
        while far - near > 1 << 12 {
            let middle = (near + far) / 2;
            match links(at(middle)) {
                true => near = middle,
                false => far = middle,
            }
        }
        Some(far)
    };
    Some((edge(&|bytes| TEXT - bytes)?, edge(&|bytes| TEXT + bytes)?))
}

/// A distance to the nearest MiB, as people say it.
fn shown_size(bytes: u64) -> String {
    let mib = (bytes + (1 << 19)) >> 20;
    match mib {
        mib if mib >= 1024 && mib.is_multiple_of(1024) => format!("{} GiB", mib >> 10),
        mib => format!("{mib} MiB"),
    }
}
