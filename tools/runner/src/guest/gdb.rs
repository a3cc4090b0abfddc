//! gdb's command line. What gdb knows of the kernel is `tools/gdb`, which it loads.

use crate::build::layout;
use std::fmt;
use std::path::{Path, PathBuf};

/// A gdb for this machine's code.
pub const DEBUGGER: &str = "gdb-multiarch";

/// What the port stands behind, in the line.
pub const CONNECT: &str = "target remote 127.0.0.1:";

/// A command line of gdb.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gdb {
    /// What it carries out, once it knows the kernel.
    commands: Vec<String>,
}

impl Gdb {
    /// One that connects to a machine at a port of this host. `modules` are those of
    /// `--module`: of objects gdb is given the paths, for what is compiled it finds itself.
    pub fn of_machine(port: u16, modules: &[PathBuf]) -> Self {
        let mut commands: Vec<String> = modules.iter().filter_map(|path| module(path)).collect();
        commands.push(format!("{}{port}", CONNECT));
        Self { commands }
    }

    /// One that opens a dump.
    pub fn of_core(file: &Path, modules: &[PathBuf]) -> Self {
        let mut commands: Vec<String> = modules.iter().filter_map(|path| module(path)).collect();
        let file = std::path::absolute(file).unwrap_or_else(|_| file.to_owned());
        commands.push(format!("kernel-core {}", file.display()));
        Self { commands }
    }

    /// Its arguments.
    pub fn arguments(&self) -> Vec<String> {
        let mut arguments = vec!["-x".to_owned(), script().display().to_string()];
        for command in &self.commands {
            arguments.extend(["-ex".to_owned(), command.clone()]);
        }
        arguments.push(layout::kernel().display().to_string());
        arguments
    }
}

impl fmt::Display for Gdb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(DEBUGGER)?;
        for argument in self.arguments() {
            match argument.contains([' ', '\'', '"', '\\', '$', '*', ';', '&', '(']) {
                true => write!(f, " '{}'", argument.replace('\'', r"'\''"))?,
                false => write!(f, " {argument}")?,
            }
        }
        Ok(())
    }
}

/// What gdb loads.
fn script() -> PathBuf {
    layout::root().join("tools/gdb/kernel.py")
}

/// gdb's command for a module of `--module` that is an object.
fn module(path: &Path) -> Option<String> {
    let is_object = path.extension().is_some_and(|extension| extension != "c");
    let name = path.file_stem()?.to_str().filter(|_| is_object)?;
    let path = std::path::absolute(path).ok()?;
    Some(format!("module-file {name} {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_can_be_pasted() {
        let modules = ["a b/x.ko".into(), "y.c".into()];
        let line = Gdb::of_machine(77, &modules).to_string();
        let here = std::env::current_dir().unwrap();
        let module = format!("'module-file x {}/a b/x.ko'", here.display());
        assert!(line.starts_with(DEBUGGER), "{line}");
        assert!(line.contains(&format!(" -ex {module} ")), "{line}");
        assert!(
            line.contains(" -ex 'target remote 127.0.0.1:77' "),
            "{line}"
        );
        assert!(!line.contains("y.c"), "{line}");
    }
}
