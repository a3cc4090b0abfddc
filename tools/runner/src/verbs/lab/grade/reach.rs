//! Lab 2: the first and the last address at which `direct` links.
//!
//! Nothing is run there: QEMU 7.2 follows `larl` rightly only within 2 GiB.

use super::super::answers::Answers;
use super::super::expression::Facts;
use super::super::findings::{Findings, shown};
use super::super::work::Work;
use super::inspect;
use crate::error::Error;

/// Handle of the module's per-CPU data: 4 TiB and a bit.
const HANDLE: i128 = 0x400_0026_5518;
/// A module begins on a page.
const PAGE: i128 = 4096;
/// What a field of 32 signed bits of halfwords reaches.
const REACH: i128 = 1 << 32;

pub fn grade(work: &Work<'_>, findings: &mut Findings) -> Result<(), Error> {
    let mut facts = Facts::default();
    facts.names.insert("handle".to_owned(), HANDLE);
    let answers = Answers::read(work.folder, &facts)?;
    findings.odd_lines(&answers);
    for (name, step) in [("highest", PAGE), ("lowest", -PAGE)] {
        edge(findings, &answers, name, step)?;
    }
    let tried = "your answer for `runs_within`, in bytes: how far `larl` may reach in QEMU 7.2";
    match answers.get("runs_within") {
        Ok(value) if value == REACH / 2 => findings.right(tried, shown(value)),
        Ok(value) if value == REACH => findings.wrong(
            tried,
            shown(value),
            "That is the architecture's reach, and the loader's. docs/QEMU.md has the emulator's.",
        ),
        Ok(value) => findings.wrong(tried, shown(value), "docs/QEMU.md says it, under `larl`."),
        Err(why) => findings.wrong(tried, why, "docs/QEMU.md says it, under `larl`."),
    }
    Ok(())
}

/// Whether the module links at an address; what the loader says if not.
fn links(base: i128) -> Result<Result<(), String>, Error> {
    let (base, handle) = (format!("{base:#x}"), format!("{HANDLE:#x}"));
    let module = inspect::module("direct");
    let words = ["--unresolved", "0x40000100000", "--json", "--base", &base];
    let output = inspect::run(&[&words[..], &["--percpu", &handle, &module]].concat())?;
    let error = String::from_utf8_lossy(&output.stderr);
    let error = error.lines().last().unwrap_or_default();
    let error = error.rsplit_once(".ko: ").map_or(error, |(_, rest)| rest);
    Ok(match output.status.success() {
        true => Ok(()),
        false => Err(error.to_owned()),
    })
}

/// One end: the module links there, and a page further on it doesn't.
fn edge(findings: &mut Findings, answers: &Answers, name: &str, step: i128) -> Result<(), Error> {
    let base = match answers.get(name) {
        Ok(base) => base,
        Err(why) => {
            findings.wrong(
                format!("your answer for `{name}`"),
                why,
                "Try addresses with kmod-inspect, as the text has it, and close in.",
            );
            return Ok(());
        }
    };
    let tried = format!("direct at {name} = {base:#x}, {}", distance(base - HANDLE));
    if base % PAGE != 0 || base <= 0 || base + 2 * PAGE > u64::MAX.into() {
        findings.wrong(
            tried,
            "no multiple of 4,096",
            "A module begins on a page: the last three digits are 0.",
        );
        return Ok(());
    }
    match links(base)? {
        Ok(()) => findings.right(tried, "it links"),
        Err(error) => {
            let advice = match links(base - step) {
                Ok(Ok(())) => "A page nearer it links. Round towards the handle, not away from it.",
                _ => {
                    "It must link there, and a page further away not. The reach of `larl` is 4 GiB \
                     either way, from the instruction."
                }
            };
            findings.wrong(tried, error, advice);
            return Ok(());
        }
    }
    let beyond = base + step;
    let tried = format!("direct a page further away, at {beyond:#x}");
    match links(beyond)? {
        Err(error) => findings.right(tried, error),
        Ok(()) if (base - HANDLE).abs() <= REACH / 2 => findings.wrong(
            tried,
            "it links, too",
            "You stopped at 2 GiB. That is how far this emulator runs it; the question is how \
             far it links, which kmod-inspect answers without running anything.",
        ),
        Ok(()) => findings.wrong(
            tried,
            "it links, too",
            "There is room for at least a page more.",
        ),
    }
    Ok(())
}

fn distance(bytes: i128) -> String {
    let side = if bytes < 0 { "below" } else { "above" };
    let bytes = bytes.abs();
    let (gib, rest) = (bytes >> 30, bytes % (1 << 30));
    format!("{gib} GiB and {rest} bytes {side} the handle")
}
