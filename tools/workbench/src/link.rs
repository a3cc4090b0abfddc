//! A module, linked as the kernel does it: the answer has all that came of it, or why not.
//!
//! The loader stops at the first relocation that it refuses. To see all of them, the refused
//! one is taken out of the file, by making it R_390_NONE, and the rest is linked again: each
//! refusal has the loader's own words.

use crate::json::Json;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;
use loader::{
    Bindings, Demangled, Howto, Linked, LoadError, Object, Plan, Unrepresentable, Via, type_name,
};

/// Refusals that are reported of one module.
const MOST: usize = 64;

/// Most bytes of a module that is linked here.
const LARGEST: u64 = 4 << 20;

/// A relocation that was refused.
struct Refused {
    words: String,
    facts: Unrepresentable,
}

/// Links a file, and reports on it.
pub fn answer(file: &[u8], base: u64, per_cpu: u64, unresolved: u64) -> String {
    let mut file = file.to_vec();
    let mut refused = Vec::new();
    loop {
        let mut json = Json::default();
        json.open("", '{');
        match link(&file, base, per_cpu, unresolved, &refused, &mut json) {
            Ok(()) => {
                json.close('}');
                return json.end();
            }
            Err(error) => {
                let words = error.to_string();
                let facts = match error {
                    LoadError::Overflow(facts) | LoadError::Odd(facts) if refused.len() < MOST => {
                        facts
                    }
                    _ => return refusal(&words),
                };
                let section = facts.place.section.as_str();
                if take_out(&mut file, section, facts.place.offset).is_none() {
                    return refusal(&words);
                }
                refused.push(Refused { words, facts });
            }
        }
    }
}

fn refusal(words: &str) -> String {
    let mut json = Json::default();
    json.open("", '{').flag("linked", false);
    json.text("error", words).close('}');
    json.end()
}

fn link(
    file: &[u8],
    base: u64,
    per_cpu: u64,
    unresolved: u64,
    refused: &[Refused],
    json: &mut Json,
) -> Result<(), LoadError> {
    let object = Object::parse(file)?;
    let plan = Plan::new(&object)?;
    let layout = plan.layout();
    let (template_bytes, align) = layout.per_cpu();
    let bytes = layout.size().max(template_bytes);
    if bytes > LARGEST {
        return Err(LoadError::TooLarge { bytes });
    }
    let mut image = vec![0; layout.size() as usize];
    let mut template = vec![0; template_bytes as usize];
    let weak = object.symbols();
    let weak = weak.filter(|symbol| symbol.is_undefined() && symbol.is_weak());
    let weak: Vec<&str> = weak.map(|symbol| symbol.name).collect();
    let mut resolve = |name: &str, _| (!weak.contains(&name)).then_some(unresolved);
    let linked = loader::link(
        &plan,
        base,
        per_cpu,
        &mut resolve,
        &mut image,
        &mut template,
    );
    let (linked, bindings) = linked?;
    json.flag("linked", refused.is_empty());
    if let Some(first) = refused.first() {
        json.text("error", &first.words);
    }
    json.number("base", base).number("size", layout.size());
    let hash = loader::image_hash(&image, &template);
    json.text("hash", format_args!("{hash:016x}"));
    json.open("per_cpu", '{').number("handle", per_cpu);
    json.number("size", template_bytes).number("align", align);
    json.close('}');
    for (name, (offset, size)) in [("got", layout.got()), ("plt", layout.plt())] {
        json.open(name, '{').number("address", base + offset);
        json.number("size", size).close('}');
    }
    json.open("refusals", '[');
    for one in refused {
        json.text("", &one.words);
    }
    json.close(']');
    tables(&plan, &linked, &bindings, json)?;
    relocations(&object, &plan, &bindings, refused, json);
    Ok(())
}

fn tables(
    plan: &Plan<'_>,
    linked: &Linked<'_>,
    bindings: &Bindings<'_>,
    json: &mut Json,
) -> Result<(), LoadError> {
    json.open("variables", '[');
    for variable in linked.variables() {
        json.open("", '{').text("name", Demangled(variable.name));
        json.number("handle", variable.handle);
        json.number("size", variable.size);
        if let Some(slot) = variable.slot {
            json.number("slot", slot);
        }
        json.close('}');
    }
    json.close(']').open("slots", '[');
    for slot in bindings.slots(plan)? {
        json.open("", '{').text("name", Demangled(slot.name));
        json.number("address", slot.address);
        json.number("value", slot.value).close('}');
    }
    json.close(']');
    Ok(())
}

fn relocations(
    object: &Object<'_>,
    plan: &Plan<'_>,
    bindings: &Bindings<'_>,
    refused: &[Refused],
    json: &mut Json,
) {
    json.open("relocations", '[');
    for (section, relocation, computed) in bindings.relocations(plan) {
        let place = (section.name, relocation.offset);
        let refusal = refused.iter().find(|one| {
            let its = &one.facts.place;
            (its.section.as_str(), its.offset) == place
        });
        json.open("", '{').text("section", section.name);
        json.number("offset", relocation.offset);
        json.number("address", computed.address);
        let howto = match refusal {
            Some(one) => Some(one.facts.howto),
            None => Howto::of(relocation.r_type),
        };
        json.text(
            "type",
            howto.map_or(type_name(relocation.r_type), |it| it.name),
        );
        let symbol = object.symbol(relocation.symbol as usize);
        json.text("symbol", Demangled(symbol.name));
        json.number("addend", relocation.addend);
        json.number("value", computed.value);
        match computed.via {
            Via::Direct => {}
            Via::Slot(slot) => drop(json.number("slot", slot)),
            Via::Stub(stub) => drop(json.number("stub", stub)),
        }
        let result = refusal.map_or(computed.result, |one| one.facts.result);
        json.number("result", result);
        if let Some(howto) = howto {
            let (least, greatest) = howto.field.range();
            json.number("least", least).number("greatest", greatest);
        }
        json.flag("fits", refusal.is_none()).close('}');
    }
    json.close(']');
}

/// Makes the relocation of a place one of no effect; `None` if it isn't found.
///
/// ELF-64 Object File Format, "Sections", "Relocation": all numbers are big-endian here.
fn take_out(file: &mut [u8], section: &str, offset: u64) -> Option<()> {
    const SHT_RELA: u64 = 4;
    const RELA: usize = 24;
    let sections = number(file, 40, 8)? as usize;
    let size = number(file, 58, 2)? as usize;
    let count = number(file, 60, 2)? as usize;
    let names = sections + size * number(file, 62, 2)? as usize;
    let names = number(file, names + 24, 8)? as usize;
    for index in 0..count {
        let header = sections + index * size;
        if number(file, header + 4, 4)? != SHT_RELA {
            continue;
        }
        let target = sections + size * number(file, header + 44, 4)? as usize;
        let name = names + number(file, target, 4)? as usize;
        let is_it = file.get(name..)?.starts_with(section.as_bytes())
            && file.get(name + section.len()) == Some(&0);
        if !is_it {
            continue;
        }
        let start = number(file, header + 24, 8)? as usize;
        let bytes = number(file, header + 32, 8)? as usize;
        for entry in (start..start + bytes).step_by(RELA) {
            let info = entry + 8;
            if number(file, entry, 8)? == offset && number(file, info + 4, 4)? != 0 {
                file.get_mut(info + 4..info + 8)?.fill(0);
                return Some(());
            }
        }
    }
    None
}

fn number(file: &[u8], at: usize, bytes: usize) -> Option<u64> {
    let bytes = file.get(at..at.checked_add(bytes)?)?;
    Some(
        bytes
            .iter()
            .fold(0, |sum, &byte| sum << 8 | u64::from(byte)),
    )
}
