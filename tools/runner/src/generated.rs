//! Modules made for the benchmark: as many relocations as asked for, of the types
//! that compilers make, and nothing else that grows.

use crate::error::Error;
use crate::layout;
use crate::program::succeed;
use std::fs;
use std::process::Command;

/// The assembler.
const ASSEMBLER: &str = "s390x-linux-gnu-as";

/// Name and relocations of each.
pub const LINKED: [(&str, u32); 3] = [
    ("link-1k", 1000),
    ("link-10k", 10_000),
    ("link-100k", 100_000),
];

/// Five relocations a round: a call of an export, its slot, a place in the module's
/// data from code, and in data an address and a distance.
fn source(relocations: u32) -> String {
    format!(
        "\t.text
f:\t.rept {rounds}
\tbrasl %r14, kernel_print@PLT
\tlgrl %r1, kernel_print@GOTENT
\tlarl %r2, values
\t.endr
\t.data
\t.balign 8
values:\t.rept {rounds}
\t.quad f
\t.long f - .
\t.long 0
\t.endr
",
        rounds = relocations / 5
    )
}

/// Assembles all of them: names, and what is in the files.
pub fn linked() -> Result<Vec<(&'static str, Vec<u8>)>, Error> {
    let folder = tempfile::tempdir_in(layout::release())
        .map_err(Error::file("create a folder in", &layout::release()))?;
    let mut modules = Vec::new();
    for (name, relocations) in LINKED {
        let input = folder.path().join(name).with_extension("s");
        let output = input.with_extension("o");
        fs::write(&input, source(relocations)).map_err(Error::file("write", &input))?;
        let mut command = Command::new(ASSEMBLER);
        command
            .arg("-march=z196")
            .arg("-o")
            .arg(&output)
            .arg(&input);
        succeed(&mut command, &format!("assembly of module {name}"))?;
        modules.push((
            name,
            fs::read(&output).map_err(Error::file("read", &output))?,
        ));
    }
    Ok(modules)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounds_hold_five_relocations() {
        for (_, relocations) in LINKED {
            assert_eq!(relocations % 5, 0);
        }
        assert!(source(1000).contains(".rept 200"));
    }
}
