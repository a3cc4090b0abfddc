//! The listings of the chapter on Linux's binaries: some of Debian's modules, as they are shipped,
//! loaded and looked at, and two copies of one of which a byte was changed.
//!
//! Debian's next package has other bytes. Then the chapter is of the last one, and stays it
//! until somebody updates it.

use super::excerpt::lowcore_about;
use crate::build::{Guest, layout};
use crate::error::Error;
use crate::options::Options;
use crate::verbs::blocks::Blocks;
use crate::verbs::linux::Shipped;
use crate::verbs::transcript::{self, Listing};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The chapter, from the root of the tree.
const CHAPTER: &str = "docs/book/src/linux.md";

/// Modules that are loaded.
const LOADED: [&str; 4] = ["crc16", "test_static_keys", "v4l2_dv_timings", "async_tx"];
/// A module with a per-CPU variable; its code is looked at, whether it can be loaded or not.
const PER_CPU: (&str, &str) = ("nf_dup_netdev", "nf_dup_skb_recursion");
/// A module that warns, and the function that does.
const WARNING: (&str, &str) = ("v4l2_dv_timings", "v4l2_phys_addr_for_input");
/// What asks for a warning of a module's (`modules/linux/tests`).
const ASKING: &str = "frames";

const LISTINGS: [Listing; 19] = [
    ("", &["modprobe crc16"]),
    ("linux dis", &["dis crc16 11"]),
    ("linux got", &["got crc16"]),
    ("linux sections", &["sections crc16"]),
    ("linux modinfo", &["modinfo crc16"]),
    ("linux lsmod", &["lsmod"]),
    ("", &["insmod c_counter", "rmmod crc16", "rmmod linux_base"]),
    ("linux alone", &["insmod crc16"]),
    ("", &["insmod linux_base"]),
    ("linux release", &["insmod other_release"]),
    ("linux crc", &["insmod other_crc"]),
    ("linux lowcore", &["lowcore 1"]),
    ("", &["modprobe test_static_keys"]),
    (
        "linux branches",
        &[
            "dis old_true_key_static_key_true 1",
            "dis base_inv_old_true_key_static_key_true 1",
        ],
    ),
    ("", &["modprobe v4l2_dv_timings", "modprobe async_tx"]),
    ("linux frame", &["dis v4l2_phys_addr_for_input 5"]),
    ("linux own frame", &["dis c_counter_sum 4"]),
    ("", &["insmod frames"]),
    ("linux warning", &["dmesg *WARNING:*"]),
];

/// Names of all listings.
pub const NAMES: [&str; 15] = [
    "linux dis",
    "linux got",
    "linux sections",
    "linux modinfo",
    "linux lsmod",
    "linux alone",
    "linux release",
    "linux crc",
    "linux lowcore",
    "linux branches",
    "linux frame",
    "linux own frame",
    "linux warning",
    "linux per-CPU",
    "linux monitor call",
];

/// Of a lowcore what Linux's code reads, beside what this kernel's does.
const LOWCORE: [&str; 7] = [
    " 0x330 ", " 0x338 ", " 0x340 ", " 0x3a0 ", " 0x3a8 ", " 0x3ac ", " 0x3b8 ",
];

/// The listings; `None` where Debian's package can't be had, or is another than the chapter's
/// and the chapter isn't to be updated.
///
/// # Errors
/// If the guest can't be started, or doesn't come to its end.
pub fn all(guest: &Guest, options: &Options, update: bool) -> Result<Option<Blocks>, Error> {
    let shipped = match Shipped::new(guest, &LOADED, &[ASKING]) {
        Ok(shipped) => shipped,
        Err(Error::Debian { .. }) => return Ok(None),
        Err(error) => return Err(error),
    };
    let chapter = layout::root().join(CHAPTER);
    let text = fs::read_to_string(&chapter).map_err(Error::file("read", &chapter))?;
    if !update && !text.contains(shipped.release()) {
        return Ok(None);
    }
    let mut files = shipped.files.clone();
    files.extend(changed(shipped.file("crc16")?)?);
    let options = Options {
        modules: files,
        append: [options.append.clone(), vec!["loglevel=4".to_owned()]].concat(),
        ..options.clone()
    };
    let mut blocks = transcript::ask(guest, &options, &LISTINGS)?;
    if let Some(text) = blocks.get_mut("linux lowcore") {
        *text = lowcore_about(text, &LOWCORE);
    }
    if let Some(text) = blocks.get_mut("linux lsmod") {
        // Providers come and go as more is offered; the chapter is about what they are for.
        let is_shown = |line: &&str| {
            ["> ", "module ", "crc16 "]
                .iter()
                .any(|it| line.starts_with(it))
        };
        let lines = text.lines().filter(is_shown);
        *text = lines.map(|line| format!("{line}\n")).collect();
    }
    let (module, variable) = PER_CPU;
    let path = shipped.file(module)?;
    blocks.insert("linux per-CPU", per_cpu(path, variable)?);
    let path = shipped.file(WARNING.0)?;
    blocks.insert("linux monitor call", monitor_call(path, WARNING.1)?);
    Ok(Some(blocks))
}

/// Copies of a file with another release, and with another CRC of `module_layout`.
fn changed(path: &Path) -> Result<Vec<PathBuf>, Error> {
    let whole = fs::read(path).map_err(Error::file("read", path))?;
    let folder = layout::target().join("book-linux");
    fs::create_dir_all(&folder).map_err(Error::file("create", &folder))?;
    let mut files = Vec::new();
    // The byte of the CRC that stands before a name, and the figure behind a release's `6.`.
    for (name, text, at) in [
        ("other_release", "vermagic=6.", "vermagic=6.".len() as isize),
        ("other_crc", "module_layout\0", -1),
    ] {
        let mut bytes = whole.clone();
        let mut windows = whole.windows(text.len());
        let found = windows.position(|window| window == text.as_bytes());
        let byte = found.and_then(|found| found.checked_add_signed(at));
        if let Some(byte) = byte.and_then(|at| bytes.get_mut(at)) {
            *byte ^= 1;
        }
        let copy = folder.join(format!("{name}.ko"));
        fs::write(&copy, bytes).map_err(Error::file("write", &copy))?;
        files.push(copy);
    }
    Ok(files)
}

/// What a program prints of a file, after the line by which a person asks for it.
fn asked(program: &str, words: &[&str], path: &Path) -> Result<(String, String), Error> {
    let output = Command::new(program).args(words).arg(path).output();
    let output = output.map_err(Error::start("the cross tools"))?;
    let file = path.file_name().unwrap_or_default().to_string_lossy();
    let line = format!("$ {program} {} {file}", words.join(" "));
    let line = line.replace("  ", " ");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    Ok((line, text))
}

/// What kind of symbol a variable is, and how the first access reaches a copy of it.
fn per_cpu(path: &Path, variable: &str) -> Result<String, Error> {
    let (line, symbols) = asked("s390x-linux-gnu-nm", &[], path)?;
    let symbols = symbols.lines().filter(|line| line.ends_with(variable));
    let mut text = format!("{line} | grep {variable}\n");
    text.extend(symbols.map(|line| format!("{line}\n")));
    let (line, code) = asked("s390x-linux-gnu-objdump", &["-dr"], path)?;
    let lines: Vec<&str> = code.lines().collect();
    let slot = format!("R_390_GOTENT\t{variable}");
    let start = lines.iter().position(|line| line.contains(&slot));
    let start = start.unwrap_or_default().saturating_sub(1);
    let end = lines[start..]
        .iter()
        .position(|line| line.ends_with(",952"));
    let end = start + end.unwrap_or_default() + 2;
    text += &format!("{line}\n");
    text.extend(
        lines[start..end.min(lines.len())]
            .iter()
            .map(|line| plain(line)),
    );
    Ok(text)
}

/// A function's first MONITOR CALL, and where the code goes on.
fn monitor_call(path: &Path, function: &str) -> Result<String, Error> {
    let words = format!("--disassemble={function}");
    let (line, code) = asked("s390x-linux-gnu-objdump", &[&words], path)?;
    let from = code.lines().skip_while(|line| !line.contains("\tmc\t"));
    let shown = from.take(3).map(plain);
    Ok(format!("{line}\n") + &shown.collect::<String>())
}

/// A line of a disassembly, with blanks for tabs.
fn plain(line: &str) -> String {
    let line = line.split(" <").next().unwrap_or(line);
    let columns: Vec<&str> = line.trim().split('\t').map(str::trim).collect();
    match columns[..] {
        [address, bytes, ref code @ ..] if !code.is_empty() => {
            format!("{address:>6} {bytes:<18} {}\n", code.join(" "))
        }
        _ => format!("              {}\n", columns.join(" ")),
    }
}
