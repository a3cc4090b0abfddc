//! `cp -r modules/counter modules/mine` makes a module: no edit of the workspace, no name
//! of the original's.
//!
//! In a tree of its own, whose other parts are links into this one, and for the host,
//! which takes a few seconds: what is looked at is the same for the guest.

use object::read::archive::ArchiveFile;
use object::{Object, ObjectSection, ObjectSymbol};
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// A source tree with module `counter` and a copy of it.
fn tree() -> tempfile::TempDir {
    let tree = tempfile::tempdir().unwrap();
    let (from, to) = (root().canonicalize().unwrap(), tree.path());
    for file in ["Cargo.toml", "Cargo.lock"] {
        fs::copy(from.join(file), to.join(file)).unwrap();
    }
    fs::create_dir(to.join("modules")).unwrap();
    for folder in [
        "kernel",
        "fuzz",
        "tools",
        "modules/fixtures",
        "modules/lessons",
    ] {
        symlink(from.join(folder), to.join(folder)).unwrap();
    }
    for copy in ["counter", "mine"] {
        let folder = to.join("modules").join(copy);
        fs::create_dir_all(folder.join("src")).unwrap();
        for file in ["Cargo.toml", "src/lib.rs"] {
            let original = from.join("modules/counter").join(file);
            fs::copy(original, folder.join(file)).unwrap();
        }
    }
    tree
}

fn name_modules(tree: &Path) -> Output {
    let script = root().join("tools/name-modules.sh");
    let output = Command::new(script).arg(tree).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    output
}

#[test]
fn a_copy_is_named_after_its_folder() {
    let tree = tree();
    let manifest = |name: &str| {
        let path = tree.path().join("modules").join(name).join("Cargo.toml");
        fs::read_to_string(path).unwrap()
    };
    let original = manifest("counter");
    let output = name_modules(tree.path());
    let printed = String::from_utf8(output.stderr).unwrap();
    assert!(printed.contains("modules/mine/Cargo.toml"), "{printed}");
    assert_eq!(printed.lines().count(), 1, "{printed}");
    assert_eq!(manifest("counter"), original);
    let named = original.replacen("name = \"counter\"", "name = \"mine\"", 1);
    assert_eq!(manifest("mine"), named);
    // There is nothing left to do, or to say.
    assert!(name_modules(tree.path()).stderr.is_empty());
    assert_eq!(manifest("mine"), named);
}

#[test]
fn a_copy_is_a_module_of_its_own() {
    let tree = tree();
    name_modules(tree.path());
    let target = tree.path().join("target");
    let built = Command::new(env!("CARGO"))
        .args([
            "build",
            "--quiet",
            "--offline",
            "-p",
            "mine",
            "-p",
            "counter",
        ])
        .current_dir(tree.path())
        .env("CARGO_TARGET_DIR", &target)
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&built.stderr);
    assert!(built.status.success(), "{errors}");

    let (mut mine, information) = of_module(&target.join("debug/libmine.a"), "mine");
    let (mut counter, _) = of_module(&target.join("debug/libcounter.a"), "counter");
    assert!(information.contains(&"name=mine".to_owned()));
    mine.sort();
    counter.sort();
    assert!(!mine.is_empty());
    assert!(mine.contains(&"__ksymtab_mine_hit".to_owned()), "{mine:?}");
    let renamed = counter.iter().map(|name| {
        name.replace("_counter_", "_mine_")
            .replace("_COUNTER_", "_MINE_")
    });
    let mut renamed: Vec<String> = renamed.collect();
    renamed.sort();
    assert_eq!(mine, renamed);
}

/// The export table's symbols in a crate's own objects, and the entries of `.modinfo`.
fn of_module(archive: &Path, name: &str) -> (Vec<String>, Vec<String>) {
    let data = fs::read(archive).unwrap();
    let archive = ArchiveFile::parse(&*data).unwrap();
    let (mut exports, mut information) = (Vec::new(), Vec::new());
    for member in archive.members() {
        let member = member.unwrap();
        if !String::from_utf8_lossy(member.name()).starts_with(name) {
            continue;
        }
        let file = object::File::parse(member.data(&*data).unwrap()).unwrap();
        let names = file.symbols().filter_map(|symbol| symbol.name().ok());
        exports.extend(
            names
                .filter(|name| name.starts_with("__ksymtab_"))
                .map(str::to_owned),
        );
        for section in file.sections() {
            if section.name() == Ok(".modinfo") {
                let text = String::from_utf8(section.data().unwrap().to_vec()).unwrap();
                information.extend(text.split_terminator('\0').map(str::to_owned));
            }
        }
    }
    (exports, information)
}
