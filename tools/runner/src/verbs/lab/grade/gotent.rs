//! Lab 6: the student's R_390_GOTENT, tried on made-up places and on a real module.

use super::super::findings::Findings;
use super::super::harness;
use super::super::work::Work;
use super::inspect;
use crate::error::Error;
use serde_json::Value;

/// The module whose relocations it is tried on.
const MODULE: &str = "counter";

pub fn grade(work: &Work<'_>, findings: &mut Findings) -> Result<(), Error> {
    harness::run(findings, work.lab, work.folder, &real_cases()?)
}

/// The relocations of a real module, as the kernel's loader does them; a line each: offset
/// from the module's base, addend, what the slot holds, slot's offset, field; the first line
/// is the module's base and the GOT's offset from it.
fn real_cases() -> Result<String, Error> {
    let path = inspect::module(MODULE);
    let output = inspect::run(&["--unresolved", "0x100000", "--json", &path])?;
    let module: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
    let number = |value: &Value| value.as_i64().unwrap_or_default();
    let base = number(&module["base"]);
    let got = number(&module["got"]["address"]);
    let slots = module["slots"].as_array().cloned().unwrap_or_default();
    let holds = |slot: i64| {
        let mut slots = slots.iter();
        let found = slots.find(|it| number(&it["address"]) == slot);
        found.map_or(0, |it| number(&it["value"]))
    };
    let mut text = format!("{base} {}\n", got - base);
    let relocations = module["relocations"].as_array().cloned();
    for relocation in relocations.unwrap_or_default() {
        if relocation["type"] != "R_390_GOTENT" {
            continue;
        }
        let (place, slot) = (number(&relocation["address"]), number(&relocation["slot"]));
        // What the assembler adds to a place-relative field isn't the symbol's.
        text += &format!(
            "{} {} {} {}\n",
            place - base,
            holds(slot),
            slot - base,
            number(&relocation["result"])
        );
    }
    Ok(text)
}
