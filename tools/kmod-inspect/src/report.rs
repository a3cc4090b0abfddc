//! The report for people.

use crate::module::{Image, Module};
use anstyle::{AnsiColor, Style};
use loader::{Demangled, Position, Via, type_name};
use std::io::{self, Write};
use std::path::Path;

/// How the parts of the report look.
#[derive(Clone, Copy, Default)]
pub struct Styles {
    title: Style,
    name: Style,
    faint: Style,
    detour: Style,
}

impl Styles {
    /// With colours, or without.
    pub fn new(colour: bool) -> Self {
        if !colour {
            return Self::default();
        }
        Self {
            title: Style::new().bold(),
            name: AnsiColor::Cyan.on_default(),
            faint: Style::new().dimmed(),
            detour: AnsiColor::Yellow.on_default(),
        }
    }
}

/// One line on a module that was dumped.
pub fn summary(
    module: &Module<'_>,
    image: &Image<'_>,
    folder: &Path,
    output: &mut dyn Write,
) -> io::Result<()> {
    writeln!(
        output,
        "{}: {} relocations, {} bytes at {:#x}, {} per-CPU bytes, hash {:#018x}, in {}",
        module.name,
        image.bindings.relocations(&module.plan).count(),
        image.image.len(),
        image.base,
        image.template.len(),
        loader::image_hash(&image.image, &image.template),
        folder.display()
    )
}

/// All on a module; without an image, what is known before linking.
pub fn write(
    module: &Module<'_>,
    image: Option<&Image<'_>>,
    styles: Styles,
    output: &mut dyn Write,
) -> io::Result<()> {
    Report {
        module,
        image,
        styles,
        output,
    }
    .write()
}

struct Report<'a, 'data> {
    module: &'a Module<'data>,
    image: Option<&'a Image<'data>>,
    styles: Styles,
    output: &'a mut dyn Write,
}

impl Report<'_, '_> {
    fn write(&mut self) -> io::Result<()> {
        let Module {
            file, bytes, name, ..
        } = self.module;
        self.title(&format!("module {name}"))?;
        writeln!(
            self.output,
            "  file         {} ({bytes} bytes)",
            file.display()
        )?;
        for (key, value) in self.module.object.information() {
            writeln!(self.output, "  {key:<12} {value}")?;
        }
        self.layout()?;
        self.sections()?;
        self.imports()?;
        self.exports()?;
        if let Some(image) = self.image {
            self.startup(image)?;
            self.variables(image)?;
            self.slots(image)?;
            self.relocations(image)?;
        }
        writeln!(self.output)
    }

    fn title(&mut self, text: &str) -> io::Result<()> {
        let style = self.styles.title;
        writeln!(self.output, "{style}{text}{style:#}")
    }

    /// An address where it is known, else the offset.
    fn address(&self, offset: u64) -> String {
        match self.image {
            Some(image) => format!("{:#x}", image.base + offset),
            None => format!("base+{offset:#x}"),
        }
    }

    fn handle(&self, offset: u64) -> String {
        match self.image {
            Some(image) => format!("{:#x}", image.per_cpu.wrapping_add(offset)),
            None => format!("handle+{offset:#x}"),
        }
    }

    fn layout(&mut self) -> io::Result<()> {
        self.title("layout")?;
        let layout = self.module.layout();
        for region in layout.regions().iter().filter(|region| region.size != 0) {
            let start = self.address(region.offset);
            let (kind, size) = (region.kind.to_string(), region.size);
            writeln!(self.output, "  {start:>18} {size:>9} bytes  {kind}")?;
        }
        for ((offset, size), (name, entry)) in [layout.got(), layout.plt()]
            .into_iter()
            .zip([("GOT", "slots"), ("PLT", "stubs")])
        {
            let start = self.address(offset);
            writeln!(
                self.output,
                "  {start:>18} {size:>9} bytes  {name}, {} {entry}",
                size / 8
            )?;
        }
        let (size, align) = layout.per_cpu();
        if size != 0 {
            let start = self.handle(0);
            writeln!(
                self.output,
                "  {start:>18} {size:>9} bytes  per-CPU template, aligned to {align}"
            )?;
        }
        if let Some(image) = self.image {
            writeln!(self.output, "  hash {:016x}", image.hash())?;
        }
        Ok(())
    }

    fn sections(&mut self) -> io::Result<()> {
        self.title("sections")?;
        for section in self.module.object.sections() {
            let place = match self.module.layout().position(section.index) {
                Position::Nowhere => continue,
                Position::Image(offset) => self.address(offset),
                Position::PerCpu(offset) => self.handle(offset),
            };
            let kind = if section.has_bytes() { "" } else { " (zeroed)" };
            let style = self.styles.name;
            writeln!(
                self.output,
                "  {:>4} {place:>18} {:>9} bytes  {style}{}{style:#}{kind}",
                section.index, section.size, section.name
            )?;
        }
        Ok(())
    }

    fn imports(&mut self) -> io::Result<()> {
        self.title("imports")?;
        let values: Option<Vec<u64>> = self.image.map(|image| {
            image
                .bindings
                .symbols()
                .map(|symbol| symbol.value)
                .collect()
        });
        for symbol in self.module.object.symbols() {
            if !symbol.is_undefined() {
                continue;
            }
            let value = values.as_ref().map(|values| values[symbol.index - 1]);
            let value = value.map_or(String::new(), |value| format!("{value:#x}"));
            let weak = if symbol.is_weak() { " (weak)" } else { "" };
            let style = self.styles.name;
            let name = Demangled(symbol.name);
            writeln!(self.output, "  {value:>18} {style}{name}{style:#}{weak}")?;
        }
        Ok(())
    }

    fn exports(&mut self) -> io::Result<()> {
        self.title("exports")?;
        let style = self.styles.name;
        match self.image {
            Some(image) => {
                for export in image.exports() {
                    let name = Demangled(export.name);
                    let value = format!("{:#x}", export.value);
                    writeln!(self.output, "  {value:>18} {style}{name}{style:#}")?;
                }
            }
            None => {
                for name in self.module.object.exports() {
                    let name = Demangled(name);
                    writeln!(self.output, "  {:>18} {style}{name}{style:#}", "")?;
                }
            }
        }
        Ok(())
    }

    /// What the kernel calls, in the order in which it does.
    fn startup(&mut self, image: &Image<'_>) -> io::Result<()> {
        self.title("startup")?;
        let startup = match &image.startup {
            Ok(startup) => startup,
            Err(error) => return writeln!(self.output, "  refused by the kernel: {error}"),
        };
        let list = |what, addresses: &[u64]| {
            let named = addresses.iter().map(move |&address| (what, address));
            named.collect::<Vec<_>>()
        };
        let calls = [
            list("constructor", &startup.constructors),
            list("init", startup.init.as_slice()),
            list("exit", startup.exit.as_slice()),
            list("destructor", &startup.destructors),
        ];
        for (what, address) in calls.concat() {
            let function = image
                .linked
                .functions()
                .find(|function| function.value == address);
            let name = Demangled(function.map_or("", |function| function.name));
            let style = self.styles.name;
            writeln!(
                self.output,
                "  {address:#18x} {what:<11} {style}{name}{style:#}"
            )?;
        }
        Ok(())
    }

    fn variables(&mut self, image: &Image<'_>) -> io::Result<()> {
        let mut variables = image.linked.variables().peekable();
        if variables.peek().is_none() {
            return Ok(());
        }
        self.title("per-CPU variables")?;
        for variable in variables {
            let slot = match variable.slot {
                Some(slot) => format!("slot {slot:#x}"),
                None => "no slot".to_owned(),
            };
            let style = self.styles.name;
            writeln!(
                self.output,
                "  {:>18} {:>9} bytes  {style}{}{style:#}, {slot}",
                format!("{:#x}", variable.handle),
                variable.size,
                Demangled(variable.name)
            )?;
        }
        Ok(())
    }

    fn slots(&mut self, image: &Image<'_>) -> io::Result<()> {
        if image.slots.is_empty() {
            return Ok(());
        }
        self.title("GOT")?;
        let style = self.styles.name;
        for slot in &image.slots {
            let (address, value) = (slot.address, slot.value);
            let name = Demangled(slot.name);
            writeln!(
                self.output,
                "  {address:#18x} holds {value:#x}, {style}{name}{style:#}"
            )?;
        }
        Ok(())
    }

    /// Place, type, symbol and addend as in the file; then the symbol's value, the
    /// slot or stub in between, and what the field stands for.
    fn relocations(&mut self, image: &Image<'_>) -> io::Result<()> {
        self.title("relocations")?;
        let Styles {
            name,
            faint,
            detour,
            ..
        } = self.styles;
        for (section, relocation, computed) in image.bindings.relocations(&self.module.plan) {
            let symbol = self.module.object.symbol(relocation.symbol as usize);
            let addend = match relocation.addend {
                0 => String::new(),
                addend => format!("{addend:+}"),
            };
            let via = match computed.via {
                Via::Direct => String::new(),
                Via::Slot(address) => format!(" through {detour}slot {address:#x}{detour:#}"),
                Via::Stub(address) => format!(" through {detour}stub {address:#x}{detour:#}"),
            };
            writeln!(
                self.output,
                "  {:#x} {faint}{}+{:#x}{faint:#} {} {name}{}{name:#}{addend} = {:#x}{via}: {}",
                computed.address,
                section.name,
                relocation.offset,
                type_name(relocation.r_type),
                Demangled(symbol.name),
                computed.value,
                Signed(computed.result)
            )?;
        }
        Ok(())
    }
}

/// A hexadecimal number with its sign.
struct Signed(i64);

impl std::fmt::Display for Signed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        write!(f, "{sign}{:#x}", self.0.unsigned_abs())
    }
}
