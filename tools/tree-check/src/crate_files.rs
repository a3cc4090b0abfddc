//! The files of a crate as a tree of modules, followed from its root by `mod x;`.

use proc_macro2::{TokenStream, TokenTree};
use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// A module's path from the crate's root; empty for the root.
pub type ModulePath = Vec<String>;

/// A file and its text, as tokens.
#[derive(Debug)]
pub struct File {
    /// Where it lies.
    pub path: PathBuf,
    /// Its tokens, without comments.
    pub tokens: TokenStream,
    /// Modules that it declares and that have files of their own.
    pub children: Vec<String>,
}

/// All files of a crate, by module path.
#[derive(Debug)]
pub struct CrateFiles {
    /// The files.
    pub files: BTreeMap<ModulePath, File>,
    /// Names of `#[macro_export]` macros, which all live at the root, and the module
    /// that defines each.
    pub macros: BTreeMap<String, ModulePath>,
}

impl CrateFiles {
    /// Reads the crate whose root file this is.
    pub fn read(root: &Path) -> io::Result<Self> {
        let mut all = Self {
            files: BTreeMap::new(),
            macros: BTreeMap::new(),
        };
        let folder = root.parent().unwrap_or(root);
        let mut left = vec![(Vec::new(), root.to_owned(), folder.to_owned())];
        while let Some((module, path, folder)) = left.pop() {
            let text = fs::read_to_string(&path)?;
            let tokens: TokenStream = text
                .parse()
                .map_err(|error| io::Error::other(format!("{}: {error}", path.display())))?;
            let mut declared = Declared::default();
            declared.read(tokens.clone());
            let mut children = Vec::new();
            for name in declared.modules {
                let flat = folder.join(format!("{name}.rs"));
                let nested = folder.join(&name).join("mod.rs");
                let file = if flat.is_file() { flat } else { nested };
                if !file.is_file() {
                    continue;
                }
                let mut child = module.clone();
                child.push(name.clone());
                left.push((child, file, folder.join(&name)));
                children.push(name);
            }
            for name in declared.macros {
                all.macros.insert(name, module.clone());
            }
            let file = File {
                path,
                tokens,
                children,
            };
            all.files.insert(module, file);
        }
        Ok(all)
    }
}

/// What a file declares.
#[derive(Default)]
struct Declared {
    modules: Vec<String>,
    macros: Vec<String>,
}

impl Declared {
    fn read(&mut self, tokens: TokenStream) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let is = |at: usize, word: &str| match tokens.get(at) {
            Some(TokenTree::Ident(ident)) => ident == word,
            Some(TokenTree::Punct(punct)) => word.len() == 1 && word.starts_with(punct.as_char()),
            _ => false,
        };
        let name = |at: usize| match tokens.get(at) {
            Some(TokenTree::Ident(ident)) => Some(ident.to_string()),
            _ => None,
        };
        let mut exported = false;
        for (at, token) in tokens.iter().enumerate() {
            if let TokenTree::Group(group) = token {
                exported |= at > 0 && is(at - 1, "#") && group.to_string() == "[macro_export]";
            }
            if is(at, "mod") && is(at + 2, ";") {
                self.modules.extend(name(at + 1));
            }
            if is(at, "macro_rules") && is(at + 1, "!") {
                self.macros.extend(name(at + 2).filter(|_| exported));
                exported = false;
            }
        }
    }
}

/// Folders with the tree's Rust files.
const FOLDERS: [&str; 4] = ["kernel", "modules", "tools", "fuzz"];

/// A file of the tree, whatever crate it is of.
#[derive(Debug)]
pub struct Source {
    /// Where it lies, from the tree's root.
    pub file: PathBuf,
    /// Its text.
    pub text: String,
}

/// All Rust files of the tree below `root`, each read once.
pub fn sources(root: &Path) -> io::Result<Vec<Source>> {
    let mut sources = Vec::new();
    for folder in FOLDERS {
        for path in walk(&root.join(folder), "rs")? {
            let text = fs::read_to_string(&path)?;
            let file = path.strip_prefix(root).unwrap_or(&path).to_owned();
            sources.push(Source { file, text });
        }
    }
    Ok(sources)
}

/// All files below a folder with this extension, sorted; build folders are left out.
pub fn walk(folder: &Path, extension: &str) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut left = vec![folder.to_owned()];
    while let Some(folder) = left.pop() {
        for entry in fs::read_dir(&folder)? {
            let path = entry?.path();
            if path.is_dir() {
                if !path.ends_with("target") {
                    left.push(path);
                }
            } else if path.extension().is_some_and(|found| found == extension) {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}
