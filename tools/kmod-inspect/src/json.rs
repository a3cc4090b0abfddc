//! `--json`: all of the report, for programs; one line a module.

use crate::dump::{self, Section, Symbol, Table};
use crate::module::{Image, Module};
use loader::{Via, type_name};
use serde::Serialize;
use std::io::{self, Write};

#[derive(Serialize)]
struct Report<'a> {
    file: String,
    module: &'a str,
    information: Vec<(&'a str, &'a str)>,
    base: u64,
    size: u64,
    /// As `insmod --link-only` prints it.
    hash: String,
    per_cpu: PerCpu,
    regions: Vec<Region>,
    sections: Vec<Section<'a>>,
    got: Table,
    slots: Vec<Named<'a>>,
    plt: Table,
    startup: Startup<'a>,
    imports: Vec<Import<'a>>,
    exports: Vec<Named<'a>>,
    symbols: Vec<Symbol<'a>>,
    relocations: Vec<Relocation<'a>>,
}

#[derive(Serialize)]
struct PerCpu {
    handle: u64,
    size: u64,
    align: u64,
}

#[derive(Serialize)]
struct Region {
    kind: String,
    address: u64,
    size: u64,
}

/// Addresses that the kernel calls.
#[derive(Serialize)]
#[serde(untagged)]
enum Startup<'a> {
    Calls {
        constructors: &'a [u64],
        init: Option<u64>,
        exit: Option<u64>,
        destructors: &'a [u64],
    },
    /// Why it wouldn't.
    Refused { refused: String },
}

/// A slot, or an export.
#[derive(Serialize)]
struct Named<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<u64>,
    value: u64,
}

#[derive(Serialize)]
struct Import<'a> {
    name: &'a str,
    weak: bool,
    value: u64,
}

#[derive(Serialize)]
struct Relocation<'a> {
    section: &'a str,
    offset: u64,
    address: u64,
    r#type: &'static str,
    symbol: &'a str,
    addend: i64,
    value: u64,
    /// Address of the slot that the place refers to.
    #[serde(skip_serializing_if = "Option::is_none")]
    slot: Option<u64>,
    /// Address of the stub that the place refers to.
    #[serde(skip_serializing_if = "Option::is_none")]
    stub: Option<u64>,
    /// What the field stands for, in bytes.
    result: i64,
}

/// Writes a module's line.
pub fn write(module: &Module<'_>, image: &Image<'_>, output: &mut dyn Write) -> io::Result<()> {
    let (got, plt) = dump::tables(module, image);
    let (size, align) = module.layout().per_cpu();
    let symbols = dump::symbols(image);
    let regions = module.layout().regions().iter().map(|region| Region {
        kind: region.kind.to_string(),
        address: image.base + region.offset,
        size: region.size,
    });
    let slots = image.slots.iter().map(|slot| Named {
        name: slot.name,
        address: Some(slot.address),
        value: slot.value,
    });
    let imports = module.object.symbols().zip(&symbols);
    let imports = imports.filter(|(symbol, _)| symbol.is_undefined());
    let imports = imports.map(|(symbol, linked)| Import {
        name: symbol.name,
        weak: symbol.is_weak(),
        value: linked.address,
    });
    let exports = image.exports().into_iter().map(|export| Named {
        name: export.name,
        address: None,
        value: export.value,
    });
    let relocations = image.bindings.relocations(&module.plan);
    let relocations = relocations.map(|(section, relocation, computed)| Relocation {
        section: section.name,
        offset: relocation.offset,
        address: computed.address,
        r#type: type_name(relocation.r_type),
        symbol: module.object.symbol(relocation.symbol as usize).name,
        addend: relocation.addend,
        value: computed.value,
        slot: match computed.via {
            Via::Slot(address) => Some(address),
            _ => None,
        },
        stub: match computed.via {
            Via::Stub(address) => Some(address),
            _ => None,
        },
        result: computed.result,
    });
    let startup = match &image.startup {
        Ok(startup) => Startup::Calls {
            constructors: &startup.constructors,
            init: startup.init,
            exit: startup.exit,
            destructors: &startup.destructors,
        },
        Err(error) => Startup::Refused {
            refused: error.to_string(),
        },
    };
    let report = Report {
        file: module.file.display().to_string(),
        module: &module.name,
        information: module.object.information().collect(),
        base: image.base,
        size: module.layout().size(),
        hash: format!("{:016x}", image.hash()),
        per_cpu: PerCpu {
            handle: image.per_cpu,
            size,
            align,
        },
        regions: regions.collect(),
        sections: dump::sections(module, image),
        got,
        slots: slots.collect(),
        plt,
        startup,
        imports: imports.collect(),
        exports: exports.collect(),
        relocations: relocations.collect(),
        symbols,
    };
    serde_json::to_writer(&mut *output, &report)?;
    writeln!(output)
}
