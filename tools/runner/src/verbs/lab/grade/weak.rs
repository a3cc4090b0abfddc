//! Lab 3: one flag that takes a weak definition's slot away, and where that shows.

use super::super::answers::Answers;
use super::super::expression::Facts;
use super::super::findings::Findings;
use super::super::guest::{self, Shape};
use super::super::work::Work;
use crate::build::{c, layout, link};
use crate::error::Error;
use object::{Object, ObjectSection, ObjectSymbol, RelocationFlags, RelocationTarget, elf};
use std::fs;
use std::path::Path;

const NAME: &str = "weak_lab";
/// The types that may come of it.
const TYPES: [(&str, object::elf::RelocationType); 3] = [
    ("R_390_GOTENT", elf::R_390_GOTENT),
    ("R_390_PC32DBL", elf::R_390_PC32DBL),
    ("R_390_64", elf::R_390_64),
];

pub fn grade(work: &Work<'_>, findings: &mut Findings) -> Result<(), Error> {
    let mut facts = Facts::default();
    for (name, number) in TYPES {
        facts.names.insert(name.to_owned(), number.0.into());
    }
    let answers = Answers::read(work.folder, &facts)?;
    findings.odd_lines(&answers);
    let path = work.folder.join("flag.txt");
    let text = fs::read_to_string(&path).map_err(Error::file("read", &path))?;
    let lines = text.lines().map(str::trim);
    let flags: Vec<&str> = lines
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .flat_map(str::split_whitespace)
        .collect();
    let [flag] = flags[..] else {
        let count = match flags.len() {
            0 => "no flag yet".to_owned(),
            count => format!("{count} flags"),
        };
        findings.wrong(
            "flag.txt",
            count,
            "It takes one flag of gcc's, alone on a line.",
        );
        return Ok(());
    };
    if !["-f", "-m", "-O"]
        .iter()
        .any(|start| flag.starts_with(start))
    {
        findings.wrong(
            format!("the flag {flag}"),
            "it begins with none of -f, -m and -O",
            "What changes how the source reads is another lab's. This one is about how gcc may \
             reach a symbol.",
        );
        return Ok(());
    }
    let Some((object, module)) = compiled(work, findings, flag)? else {
        return Ok(());
    };
    let Some((kind, offset)) = relocation(&object)? else {
        findings.wrong(
            format!("weak_lab.c with {flag}"),
            "no relocation of .text against per-CPU data",
            "The function is gone: the flag did more than it should.",
        );
        return Ok(());
    };
    let found = TYPES.iter().find(|(_, number)| number.0 == kind);
    let found = found.map_or("another type", |(name, _)| name);
    let tried = format!("weak_lab.c with {flag}: the relocation against lab_hits");
    let saw = format!("{found}, its field at .text+{offset:#x}");
    if kind != elf::R_390_PC32DBL.0 {
        findings.wrong(
            tried,
            saw,
            "It still goes by the slot: gcc still must think that another object may replace \
             the definition. Which flag says that nobody outside can?",
        );
        return Ok(());
    }
    findings.right(tried, saw);
    findings.answer(
        &answers,
        "relocation",
        kind.into(),
        &[(
            elf::R_390_GOTENT.0.into(),
            "That is what it was before your flag.",
        )],
        "objdump -dr shows it below the instruction.",
    );
    findings.answer(
        &answers,
        "offset",
        offset.into(),
        &[
            (
                i128::from(offset) - 2,
                "That is where the instruction begins. The relocation is for its field, 2 bytes \
                 on.",
            ),
            (
                i128::from(offset) + 2,
                "The addend of 2 isn't part of the offset: it is what the assembler adds because \
                 the field lies 2 bytes behind the instruction.",
            ),
        ],
        "objdump -dr shows it in front of the relocation's name.",
    );
    let commands = ["insmod weak_lab".to_owned()];
    let shape = Shape {
        cpus: 1,
        append: "",
    };
    let replies = guest::ask_students(findings, work.guest, shape, &[&module], &commands)?;
    for answer in replies.iter().flatten() {
        let tried = "to load it 2 TiB away";
        match &answer.result {
            Err(error) if error.contains("out of reach") => findings.right(tried, error),
            Err(error) => findings.wrong(tried, error, "It is refused for another reason."),
            Ok(()) => findings.wrong(tried, "it loads", "Then something else still reaches it."),
        }
    }
    Ok(())
}

/// The object and the module, by all flags of modules and this one.
fn compiled(
    work: &Work<'_>,
    findings: &mut Findings,
    flag: &str,
) -> Result<Option<(std::path::PathBuf, std::path::PathBuf)>, Error> {
    let folder = layout::release().join("c/labs");
    fs::create_dir_all(&folder).map_err(Error::file("create", &folder))?;
    let source = work.folder.join("weak_lab.c");
    let object = folder.join(format!("{NAME}.o"));
    let module = folder.join(format!("{NAME}.ko"));
    let mut command = c::command(work.guest.compiler, NAME, &source, &work.guest.stamp);
    command.arg(flag).arg("-o").arg(&object).env("LC_ALL", "C");
    let output = command.output().map_err(Error::start(c::COMPILER))?;
    if !output.status.success() {
        let message = String::from_utf8_lossy(&output.stderr);
        findings.wrong(
            format!("to compile weak_lab.c with {flag}"),
            message.trim_end(),
            "gcc doesn't take it.",
        );
        return Ok(None);
    }
    link::unchecked(NAME, &object, &module)?;
    Ok(Some((object, module)))
}

/// Type and offset of the first relocation of `.text` against per-CPU data.
fn relocation(path: &Path) -> Result<Option<(u32, u64)>, Error> {
    let wrong = Error::object(path);
    let data = fs::read(path).map_err(Error::file("read", path))?;
    let file = object::File::parse(&*data).map_err(&wrong)?;
    let Some(text) = file.section_by_name(".text") else {
        return Ok(None);
    };
    for (offset, relocation) in text.relocations() {
        let RelocationTarget::Symbol(index) = relocation.target() else {
            continue;
        };
        let symbol = file.symbol_by_index(index).map_err(&wrong)?;
        let Some(home) = symbol.section_index() else {
            continue;
        };
        let home = file.section_by_index(home).map_err(&wrong)?;
        if home.name().map_err(&wrong)?.starts_with(".data..percpu")
            && let RelocationFlags::Elf { r_type } = relocation.flags()
        {
            return Ok(Some((r_type.0, offset)));
        }
    }
    Ok(None)
}
