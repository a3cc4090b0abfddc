//! Names of code addresses: the kernel's by `System.map`; a module's by its own symbols,
//! where the loader's layout puts them from the base on that its `module` event says.
//!
//! Where modules lay at the same place one after another, an address says no more than
//! that: it gets the modules' names.

use crate::verdict::record::LiveModule;
use loader::{Object, Plan};
use rustc_demangle::demangle;
use std::collections::BTreeMap;
use std::path::Path;

/// A function, up to its end or the next one.
struct Function {
    end: u64,
    name: String,
}

/// Functions by their first address.
#[derive(Default)]
pub struct Names {
    functions: BTreeMap<u64, Function>,
    modules: Vec<LiveModule>,
}

/// Whether it names a place within a function.
fn is_label(name: &str) -> bool {
    name.starts_with(".L") || name.starts_with('$')
}

impl Names {
    /// The kernel's functions.
    pub fn of_kernel(system_map: &str) -> Self {
        let mut functions: BTreeMap<u64, Function> = BTreeMap::new();
        let mut last = None;
        for line in system_map.lines() {
            let mut words = line.split(' ');
            let address = words.next().map(|word| u64::from_str_radix(word, 16));
            let (Some(Ok(address)), Some(letter), Some(name)) =
                (address, words.next(), words.next())
            else {
                continue;
            };
            // A label is a place in a function, an absolute symbol a number.
            if is_label(name) || letter.eq_ignore_ascii_case("a") {
                continue;
            }
            if let Some(function) = last.and_then(|last| functions.get_mut(&last)) {
                function.end = address;
            }
            let is_code = letter.eq_ignore_ascii_case("t");
            last = is_code.then_some(address);
            if is_code {
                let name = format!("{:#}", demangle(name));
                let end = u64::MAX;
                // Of several names the last: the linker's own sort before.
                functions.insert(address, Function { end, name });
            }
        }
        let modules = Vec::new();
        Self { functions, modules }
    }

    /// The address of a function of this name.
    pub fn find(&self, name: &str) -> Option<u64> {
        let mut functions = self.functions.iter();
        let found = functions.find(|(_, function)| function.name == name);
        found.map(|(&address, _)| address)
    }

    /// The functions of all modules that were loaded, by the initrd's files.
    pub fn add_modules(&mut self, live: &[LiveModule], files: &BTreeMap<String, Vec<u8>>) {
        for module in live {
            if !self.modules.contains(module) {
                self.modules.push(module.clone());
            }
        }
        for module in self.modules.clone() {
            let overlaps = |other: &&LiveModule| other.overlaps(&module);
            let alone = self.modules.iter().filter(overlaps).count() == 1;
            let named = |path: &str| {
                Path::new(path)
                    .file_stem()
                    .is_some_and(|stem| *stem == *module.name)
            };
            let mut found = files.iter().filter(|(path, _)| named(path));
            // Two files of a name: nobody says which of them was loaded.
            if let (true, Some((_, data)), None) = (alone, found.next(), found.next()) {
                // One that doesn't parse wasn't loaded either: it gets its module's name.
                let _ = self.add_module(&module, data);
            }
        }
    }

    fn add_module(&mut self, module: &LiveModule, data: &[u8]) -> Result<(), loader::LoadError> {
        let object = Object::parse(data)?;
        let plan = Plan::new(&object)?;
        let layout = plan.layout();
        if layout.size() != module.bytes {
            return Ok(());
        }
        let mut symbols: Vec<_> = object
            .symbols()
            .filter(|symbol| symbol.is_definition())
            .collect();
        // The last one at an address gives it its name.
        symbols.sort_by_key(|symbol| !symbol.is_local());
        for symbol in symbols.iter().filter(|symbol| !is_label(symbol.name)) {
            let Some(section) = symbol.section_index() else {
                continue;
            };
            let Some(offset) = layout.offset_of(section) else {
                continue;
            };
            let section = layout.section(section);
            if section.is_executable() && symbol.value < section.size {
                let size = match symbol.size {
                    0 => section.size - symbol.value,
                    size => size,
                };
                let start = module.base + offset + symbol.value;
                let name = format!("{:#} [{}]", demangle(symbol.name), module.name);
                let end = start + size;
                self.functions.insert(start, Function { end, name });
            }
        }
        let (offset, size) = layout.plt();
        if size != 0 {
            let (start, name) = (module.base + offset, format!("(stubs) [{}]", module.name));
            let end = start + size;
            self.functions.insert(start, Function { end, name });
        }
        Ok(())
    }

    /// The name of an address.
    pub fn name(&self, address: u64) -> String {
        if let Some((_, function)) = self.functions.range(..=address).next_back()
            && address < function.end
        {
            return function.name.clone();
        }
        let mut modules: Vec<&str> = Vec::new();
        for module in self.modules.iter().filter(|module| module.holds(address)) {
            if !modules.contains(&&*module.name) {
                modules.push(&module.name);
            }
        }
        match modules.is_empty() {
            true => "(code without a name)".to_owned(),
            false => format!("[{}]", modules.join(" or ")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAP: &str = "\
0000000000100000 T __text_start
0000000000100000 T start
0000000000100100 t .Lpart
00000000001001f0 A A_SIZE
0000000000100200 T _ZN6kernel4main17h0123456789abcdefE
0000000000100300 D DATA
";

    fn module(name: &str, base: u64, bytes: u64) -> LiveModule {
        LiveModule {
            name: name.to_owned(),
            base,
            bytes,
        }
    }

    #[test]
    fn the_kernel_has_its_names() {
        let names = Names::of_kernel(MAP);
        assert_eq!(names.name(0x10_0000), "start");
        assert_eq!(names.name(0x10_01ff), "start");
        assert_eq!(names.name(0x10_0200), "kernel::main");
        assert_eq!(names.name(0x10_02ff), "kernel::main");
        assert_eq!(names.find("kernel::main"), Some(0x10_0200));
        for nobodys in [0xf_ffff, 0x10_0300, u64::MAX] {
            assert_eq!(names.name(nobodys), "(code without a name)");
        }
    }

    const GLOBAL: u8 = 1 << 4;
    const FUNCTION: u8 = 2;

    /// A relocatable object with 16 bytes of code, and these symbols of it: name, value,
    /// size, binding and type.
    fn object(symbols: &[(&str, u64, u64, u8)]) -> Vec<u8> {
        const NAMES: &[u8] = b"\0.text\0.symtab\0.strtab\0";
        let (mut strings, mut table) = (NAMES.to_vec(), vec![0; 24]);
        let mut sorted = symbols.to_vec();
        sorted.sort_by_key(|symbol| symbol.3 & GLOBAL);
        for (name, value, size, kind) in &sorted {
            table.extend((strings.len() as u32).to_be_bytes());
            table.extend([*kind, 0, 0, 1]);
            table.extend([value.to_be_bytes(), size.to_be_bytes()].concat());
            strings.extend([name.as_bytes(), &[0]].concat());
        }
        let locals = 1 + sorted
            .iter()
            .filter(|symbol| symbol.3 & GLOBAL == 0)
            .count() as u64;
        let (table_at, strings_at) = (80, 80 + table.len() as u64);
        let headers_at = (strings_at + strings.len() as u64).next_multiple_of(8);
        // ELF64, big endian, relocatable, for machine 22; four section headers.
        let mut data = b"\x7fELF\x02\x02\x01\0\0\0\0\0\0\0\0\0\0\x01\0\x16\0\0\0\x01".to_vec();
        data.extend([[0; 8], [0; 8], headers_at.to_be_bytes()].concat());
        data.extend([0, 0, 0, 0, 0, 64, 0, 0, 0, 0, 0, 64, 0, 4, 0, 3]);
        data.extend([7; 16]);
        data.extend(&table);
        data.extend(&strings);
        data.resize(headers_at as usize, 0);
        let strings = strings.len() as u64;
        for [name, kind, flags, offset, size, link, info, align, entry] in [
            [0; 9],
            [1, 1, 6, 64, 16, 0, 0, 8, 0],
            [7, 2, 0, table_at, table.len() as u64, 3, locals, 8, 24],
            [15, 3, 0, strings_at, strings, 0, 0, 1, 0],
        ] {
            data.extend([(name as u32).to_be_bytes(), (kind as u32).to_be_bytes()].concat());
            data.extend([flags, 0, offset, size].map(u64::to_be_bytes).concat());
            data.extend([(link as u32).to_be_bytes(), (info as u32).to_be_bytes()].concat());
            data.extend([align, entry].map(u64::to_be_bytes).concat());
        }
        data
    }

    #[test]
    fn a_module_has_its_names_where_it_was_loaded() {
        let data = object(&[
            ("first", 0, 6, GLOBAL | FUNCTION),
            ("first_too", 0, 6, FUNCTION),
            (".Llabel", 4, 0, 0),
            ("second", 6, 2, FUNCTION),
        ]);
        let object = Object::parse(&data).unwrap();
        let bytes = Plan::new(&object).unwrap().layout().size();
        let base = 0x200_0000_0000;
        let files = BTreeMap::from([("extra/m.ko".to_owned(), data.clone())]);
        let mut names = Names::of_kernel(MAP);
        names.add_modules(&[module("m", base, bytes)], &files);
        assert_eq!(names.name(base), "first [m]");
        assert_eq!(names.name(base + 4), "first [m]");
        assert_eq!(names.name(base + 6), "second [m]");
        assert_eq!(names.name(base + 8), "[m]");
        // Another file than what was loaded, by its size.
        let mut names = Names::of_kernel(MAP);
        names.add_modules(&[module("m", base, bytes + 4096)], &files);
        assert_eq!(names.name(base), "[m]");
    }

    #[test]
    fn a_place_of_several_modules_has_all_their_names() {
        let mut names = Names::of_kernel(MAP);
        let live = [
            module("one", 0x1000_0000, 0x2000),
            module("two", 0x1000_1000, 0x2000),
            module("one", 0x1000_0000, 0x2000),
            module("three", 0x2000_0000, 0x1000),
        ];
        names.add_modules(&live, &BTreeMap::new());
        assert_eq!(names.name(0x1000_0000), "[one]");
        assert_eq!(names.name(0x1000_1000), "[one or two]");
        assert_eq!(names.name(0x2000_0fff), "[three]");
        assert_eq!(names.name(0x2000_1000), "(code without a name)");
    }
}
