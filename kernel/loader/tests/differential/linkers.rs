//! The linkers: the loader by its function, GNU ld and LLD by their programs, which get a
//! batch of objects and a script that puts every section where the loader plans it.

use crate::abi::Linker;
use crate::common::builder::Builder;
use crate::generate::{GOT_NAME, Object, Place};
use crate::model::{Addresses, Linked};
use loader::LoadError;
use object::{Object as _, ObjectSection as _, ObjectSymbol as _};
use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Links an object as the kernel does. What is refused is counted, and then its value made
/// 0 by its addend, so that everything stays where it is.
///
/// # Errors
/// A refusal that isn't about a relocation's value.
pub fn load(object: &Object) -> Result<Linked, String> {
    let mut object = object.clone();
    let mut refused = HashSet::new();
    loop {
        let data = object.bytes();
        let error = match load_once(&object, &data, &refused) {
            Ok(linked) => return Ok(linked),
            Err(error) => error,
        };
        let facts = match error {
            LoadError::Overflow(facts) | LoadError::Odd(facts) => facts,
            other => return Err(format!("the loader: {other}")),
        };
        let mut sections = object.sections.iter();
        let section = sections.position(|section| facts.place.section == section.name.as_str());
        let place = (
            section.ok_or("a section that isn't there")?,
            facts.place.offset,
        );
        let mut relocations = object.relocations.iter_mut();
        let relocation = relocations.find(|it| (it.section, it.offset) == place);
        let relocation = relocation.ok_or("a relocation that isn't there")?;
        if !refused.insert(place) {
            return Err(format!("the loader refuses 0: {facts}"));
        }
        relocation.addend = relocation.addend.wrapping_sub(facts.result);
    }
}

fn load_once(
    object: &Object,
    data: &[u8],
    refused: &HashSet<(usize, u64)>,
) -> Result<Linked, LoadError> {
    let file = loader::Object::parse(data)?;
    let plan = loader::Plan::new(&file)?;
    let layout = plan.layout();
    let addresses = Addresses::planned(object, layout);
    let mut image = vec![0; layout.size() as usize];
    let mut template = vec![0; layout.per_cpu().0 as usize];
    let others = object
        .symbols
        .iter()
        .filter_map(|symbol| match symbol.place {
            Place::Other(value) => Some((symbol.name.as_str(), value)),
            _ => None,
        });
    let others: HashMap<&str, u64> = others.collect();
    let mut resolve = |name: &str, _| others.get(name).copied();
    let (base, per_cpu) = (object.base, object.per_cpu);
    loader::link(
        &plan,
        base,
        per_cpu,
        &mut resolve,
        &mut image,
        &mut template,
    )?;
    let bytes = object.sections.iter().zip(1..).map(|(section, index)| {
        let (buffer, start) = match layout.position(index) {
            loader::Position::PerCpu(start) => (&template, start),
            position => (&image, position.address(0, 0).unwrap_or(0)),
        };
        buffer[start as usize..][..section.bytes.len()].to_vec()
    });
    let table = |(start, bytes): (u64, u64)| {
        let range = start as usize..(start + bytes) as usize;
        (base + start, image[range].to_vec())
    };
    Ok(Linked {
        linker: Linker::Loader,
        bytes: bytes.collect(),
        table: table(layout.got()),
        stubs: table(layout.plt()),
        addresses,
        refused: refused.clone(),
    })
}

/// A linker that is a program.
pub struct Program {
    pub linker: Linker,
    path: PathBuf,
    arguments: &'static [&'static str],
}

/// GNU ld, if it is there.
pub fn gnu() -> Option<Program> {
    works(Program {
        linker: Linker::Gnu,
        path: PathBuf::from("s390x-linux-gnu-ld"),
        // It doesn't stop to complain after ten.
        arguments: &["--verbose"],
    })
}

/// LLD, of the toolchain or else of the system.
pub fn lld() -> Option<Program> {
    let toolchain = Command::new("rustc")
        .args(["--print", "sysroot"])
        .output()
        .ok();
    let sysroot = toolchain.and_then(|output| String::from_utf8(output.stdout).ok());
    let hosts = sysroot.map(|path| Path::new(path.trim_end()).join("lib/rustlib"));
    let hosts = hosts.and_then(|path| fs::read_dir(path).ok());
    let found = hosts.into_iter().flatten().flatten();
    let found = found.map(|entry| entry.path().join("bin/rust-lld"));
    let paths = found.chain([PathBuf::from("ld.lld")]);
    let arguments: [&'static [&'static str]; 2] = [
        &["-flavor", "gnu", "--threads=1", "--error-limit=0"],
        &["--threads=1", "--error-limit=0"],
    ];
    paths
        .filter_map(|path| {
            works(Program {
                linker: Linker::Lld,
                arguments: arguments[usize::from(path.ends_with("ld.lld"))],
                path,
            })
        })
        .next()
}

fn works(program: Program) -> Option<Program> {
    let mut command = Command::new(&program.path);
    command.args(program.arguments).arg("--version");
    let status = command.stdout(Stdio::null()).stderr(Stdio::null()).status();
    status
        .is_ok_and(|status| status.success())
        .then_some(program)
}

/// Writes the objects of a batch, those that they refer to, and the script.
pub fn write(objects: &[Object], world: u64, folder: &Path) -> std::io::Result<()> {
    let mut places = Vec::new();
    let mut others = Builder::new();
    others.symbol("start", 0x10, 0xfff1, 0, 0);
    for object in objects {
        let data = object.bytes();
        let file = loader::Object::parse(&data).expect("a valid object");
        let plan = loader::Plan::new(&file).expect("valid relocations");
        let addresses = Addresses::planned(object, plan.layout());
        let names = object.sections.iter().map(|section| section.name.clone());
        places.extend(addresses.sections.into_iter().zip(names));
        for symbol in &object.symbols {
            if let Place::Other(value) = symbol.place {
                others.symbol(&symbol.name, 0x10, 0xfff1, value, 0);
            }
        }
        fs::write(folder.join(format!("{}.o", object.number)), data)?;
    }
    // The linkers make a GOT only for who needs it.
    let user = others.section(".data.user", 3, 8, vec![0; 8]);
    let got = others.symbol(GOT_NAME, 0x10, 0, 0, 0);
    others.relocations(user, [(0, 22, got, 0)]);
    fs::write(folder.join("others.o"), others.finish())?;
    places.push((world + 0xc000, ".data.user".to_owned()));
    places.sort();
    let mut script = format!(
        "PHDRS {{ none PT_NULL; }}\nSECTIONS {{\n .got {world:#x} : {{ *(.got.plt) *(.got) *(.igot*) }} \
         :none\n .plt {:#x} : {{ *(.plt) *(.iplt) }}\n",
        world + 0xe000
    );
    for (address, name) in places {
        let _ = writeln!(script, " {name} {address:#x} : {{ *({name}) }}");
    }
    script += " /DISCARD/ : { *(.text) *(.data) *(.bss) *(.rela*) *(.comment) *(.note*) }\n}\n";
    fs::write(folder.join("script"), script)
}

impl Program {
    /// Links a batch that lies in `folder`; each object's part of the result, and what the
    /// linker says that isn't about a relocation's value.
    pub fn link(&self, objects: &[Object], folder: &Path) -> Result<Vec<Linked>, String> {
        let output = folder.join(format!("{:?}", self.linker));
        let mut command = Command::new(&self.path);
        command.current_dir(folder).args(self.arguments);
        command.args(["--noinhibit-exec", "-e", "start", "-T", "script", "-o"]);
        command.arg(&output).arg("others.o");
        command.args(objects.iter().map(|object| format!("{}.o", object.number)));
        let run = command.output().map_err(|error| error.to_string())?;
        let messages = String::from_utf8_lossy(&run.stderr);
        let data = fs::read(&output).map_err(|error| format!("{error}: {messages}"))?;
        let refused = self.refused(&messages)?;
        let file = object::File::parse(&*data).map_err(|error| error.to_string())?;
        let got = file.symbols().find(|symbol| symbol.name() == Ok(GOT_NAME));
        let got = got.ok_or("no GOT")?.address();
        let section = |name: &str| {
            let section = file.section_by_name(name);
            let section = section.ok_or_else(|| format!("no {name}"))?;
            let data = section.data().map_err(|error| error.to_string())?;
            Ok::<_, String>((section.address(), data.to_vec()))
        };
        let linked = objects.iter().map(|object| {
            let mut addresses = Vec::new();
            let mut bytes = Vec::new();
            let mut its = HashSet::new();
            for (index, named) in object.sections.iter().enumerate() {
                let (address, data) = section(&named.name)?;
                addresses.push(address);
                bytes.push(data);
                let offsets = refused.get(&named.name);
                its.extend(offsets.into_iter().flatten().map(|&offset| (index, offset)));
            }
            Ok(Linked {
                linker: self.linker,
                addresses: Addresses {
                    sections: addresses,
                    got,
                },
                bytes,
                table: section(".got")?,
                stubs: (0, Vec::new()),
                refused: its,
            })
        });
        linked.collect()
    }

    /// Relocations that messages name as impossible: offsets by section. Section names are
    /// those of one object each.
    fn refused(&self, messages: &str) -> Result<HashMap<String, Vec<u64>>, String> {
        let mut refused: HashMap<String, Vec<u64>> = HashMap::new();
        for line in messages.lines() {
            let place = line
                .split_once(":(")
                .or(line.strip_prefix("(").map(|rest| ("", rest)));
            let place = place.and_then(|(_, rest)| rest.split_once("): "));
            let place = place.and_then(|(place, text)| {
                let (section, offset) = place.split_once("+0x")?;
                Some((section, u64::from_str_radix(offset, 16).ok()?, text))
            });
            match place {
                Some((section, offset, text)) if says_no(text) => {
                    refused.entry(section.to_owned()).or_default().push(offset);
                }
                None if line.is_empty()
                    || line.starts_with(">>> ")
                    || line.contains(": in function `")
                    || line.ends_with("' not in segment") => {}
                _ => return Err(format!("{:?}: {line}", self.linker)),
            }
        }
        Ok(refused)
    }
}

fn says_no(text: &str) -> bool {
    [
        "relocation truncated to fit",
        "out of range",
        "improper alignment",
    ]
    .iter()
    .any(|words| text.contains(words))
}
