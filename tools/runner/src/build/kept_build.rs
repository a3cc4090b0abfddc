//! Whether cargo has anything to do for the guest. It takes a twelfth of a second to say no,
//! as long as a guest takes to boot; looking at each file's time takes a few milliseconds.
//!
//! ```text
//!  release/built      its time: just before cargo was started
//!                     its text: what else the build depends on, and what came of it
//! ```
//!
//! A build holds as long as nothing of the source tree is as new as that, neither a file nor
//! a folder, from which one may have been taken; as the text would be the same; and as cargo's
//! output is what it was. In doubt cargo is asked.

use super::layout::{self, Module};
use super::toolchain::Toolchain;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

/// What the build depends on in the source tree.
const SOURCES: [&str; 7] = [
    ".cargo",
    "Cargo.lock",
    "Cargo.toml",
    "kernel",
    "linker",
    "modules",
    "tools",
];

/// Beginnings of variables that cargo or rustc build by.
const VARIABLES: [&str; 6] = [
    "CARGO_BUILD_",
    "CARGO_INCREMENTAL",
    "CARGO_PROFILE_",
    "CARGO_TARGET_S390X",
    "CARGO_UNSTABLE_",
    "RUSTC",
];

/// A build whose answer may be kept.
pub struct Build {
    /// The file with the answer.
    file: PathBuf,
    sources: Vec<PathBuf>,
    words: Vec<String>,
    outputs: Vec<PathBuf>,
}

impl Build {
    /// That of the kernel and these module crates.
    pub fn of_guest<'a>(toolchain: Toolchain, crates: impl Iterator<Item = &'a Module>) -> Self {
        let root = layout::root();
        let mut sources: Vec<PathBuf> = SOURCES.iter().map(|name| root.join(name)).collect();
        // The script writes this anew for another toolchain.
        sources.push(layout::target().join("guest-toolchain"));
        // Cargo has settings from every folder above, too.
        let above = root.ancestors().skip(1);
        sources.extend(above.map(|folder| folder.join(".cargo/config.toml")));
        sources.extend(cargo_home().map(|home| home.join("config.toml")));
        let mut words: Vec<String> = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value)))
            .filter(|(name, _)| VARIABLES.iter().any(|start| name.starts_with(start)))
            .map(|(name, value)| format!("{name}={}", value.to_string_lossy()))
            .collect();
        words.sort();
        words.extend([format!("{toolchain:?}"), root.display().to_string()]);
        let mut outputs = vec![layout::kernel()];
        outputs.extend(crates.map(Module::compiled));
        Self {
            file: layout::release().join("built"),
            sources,
            words,
            outputs,
        }
    }

    /// Whether it was done, and nothing has changed since.
    pub fn holds(&self) -> bool {
        let kept = fs::read_to_string(&self.file);
        let time = self.file.metadata().and_then(|data| data.modified());
        match (kept, time) {
            (Ok(kept), Ok(time)) => {
                self.text().is_some_and(|text| text == kept)
                    && self.sources.iter().all(|path| is_older(path, time))
            }
            _ => false,
        }
    }

    /// Runs `build`, and keeps that it was done unless it fails.
    pub fn run<E>(&self, build: impl FnOnce() -> Result<(), E>) -> Result<(), E> {
        // The file's time has to be that of the file system's clock: that of one without a
        // name, which a build that is killed can't leave behind.
        let folder = self.file.parent().unwrap_or(&self.file);
        let begun = fs::create_dir_all(folder)
            .and_then(|()| tempfile::tempfile_in(folder)?.metadata()?.modified());
        build()?;
        // One that can't be kept is asked for again.
        if let (Ok(begun), Some(text)) = (begun, self.text()) {
            let _ = keep(folder, &self.file, &text, begun);
        }
        Ok(())
    }

    /// The words, and the times of what was built; `None` if something of it isn't there.
    fn text(&self) -> Option<String> {
        let mut text = self.words.join("\n");
        for output in &self.outputs {
            let time = output.metadata().ok()?.modified().ok()?;
            let time = time.duration_since(UNIX_EPOCH).ok()?.as_nanos();
            text += &format!("\n{time} {}", output.display());
        }
        Some(text)
    }
}

/// Makes a file at once, with its text and its time.
fn keep(folder: &Path, path: &Path, text: &str, time: SystemTime) -> io::Result<()> {
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(text.as_bytes())?;
    file.as_file().set_modified(time)?;
    file.persist(path).map(drop).map_err(Into::into)
}

fn cargo_home() -> Option<PathBuf> {
    let home = || Some(PathBuf::from(std::env::var_os("HOME")?).join(".cargo"));
    std::env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(home)
}

/// Whether all that lies there is older; what isn't there is.
fn is_older(path: &Path, time: SystemTime) -> bool {
    let mut left = vec![path.to_owned()];
    while let Some(path) = left.pop() {
        let Ok(data) = path.symlink_metadata() else {
            continue;
        };
        if data.is_symlink() {
            // Where it leads to is looked at as if it were here, but for folders: cargo knows.
            match path.metadata() {
                Ok(there) if there.is_dir() => return false,
                Ok(there) if there.modified().map_or(true, |modified| modified >= time) => {
                    return false;
                }
                Ok(_) | Err(_) => {}
            }
        }
        if data.modified().map_or(true, |modified| modified >= time) {
            return false;
        }
        if data.is_dir() {
            match path.read_dir() {
                Ok(entries) => left.extend(entries.flatten().map(|entry| entry.path())),
                Err(_) => return false,
            }
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::File;
    use std::time::Duration;

    struct Tree(tempfile::TempDir);

    impl Tree {
        /// Sources and an output, all of long ago.
        fn new() -> Self {
            let tree = Self(tempfile::tempdir().unwrap());
            fs::create_dir_all(tree.path("sources/inner")).unwrap();
            for name in ["sources/inner/a", "output"] {
                fs::write(tree.path(name), name).unwrap();
            }
            for name in ["output", "sources/inner/a", "sources/inner", "sources"] {
                tree.touch(name, SystemTime::now() - Duration::from_secs(1000));
            }
            tree
        }

        fn path(&self, name: &str) -> PathBuf {
            self.0.path().join(name)
        }

        fn touch(&self, name: &str, time: SystemTime) {
            File::open(self.path(name))
                .unwrap()
                .set_modified(time)
                .unwrap();
        }

        fn build(&self, word: &str) -> Build {
            Build {
                file: self.path("built"),
                sources: vec![self.path("sources"), self.path("absent")],
                words: vec![word.to_owned()],
                outputs: vec![self.path("output")],
            }
        }

        /// Whether a build that was done holds after `change`.
        fn holds_after(change: impl FnOnce(&Self)) -> bool {
            let tree = Self::new();
            let build = tree.build("word");
            assert!(!build.holds());
            build.run(|| Ok::<(), ()>(())).unwrap();
            assert!(build.holds());
            change(&tree);
            build.holds()
        }
    }

    #[test]
    fn it_holds_until_something_changes() {
        let later = || SystemTime::now() + Duration::from_secs(1);
        assert!(Tree::holds_after(|_| {}));
        assert!(!Tree::holds_after(
            |tree| tree.touch("sources/inner/a", later())
        ));
        assert!(!Tree::holds_after(|tree| fs::write(
            tree.path("sources/b"),
            ""
        )
        .unwrap()));
        assert!(!Tree::holds_after(|tree| fs::remove_file(
            tree.path("sources/inner/a")
        )
        .unwrap()));
        assert!(!Tree::holds_after(|tree| fs::write(
            tree.path("absent"),
            ""
        )
        .unwrap()));
        assert!(!Tree::holds_after(|tree| tree.touch("output", later())));
        assert!(!Tree::holds_after(|tree| fs::remove_file(
            tree.path("output")
        )
        .unwrap()));
    }

    #[test]
    fn one_that_failed_or_was_of_other_words_does_not_hold() {
        let tree = Tree::new();
        assert!(tree.build("word").run(|| Err(())).is_err());
        assert!(!tree.build("word").holds());
        tree.build("word").run(|| Ok::<(), ()>(())).unwrap();
        assert!(tree.build("word").holds());
        assert!(!tree.build("other").holds());
    }

    #[test]
    fn what_changes_while_it_is_built_is_built_again() {
        let tree = Tree::new();
        let build = tree.build("word");
        let change = || fs::write(tree.path("sources/inner/a"), "new");
        build.run(change).unwrap();
        assert!(!build.holds());
    }
}
