//! Which file of a crate imports which: every path in its tokens that begins with
//! `crate`, `super`, `self` or the name of a module that the file declares, inside of
//! macros too.
//!
//! ```text
//!  use crate::memory::{self, vmalloc::Area};   memory/mod.rs, memory/vmalloc.rs
//!  super::error::Reason                        error.rs beside this file
//!  load::link(..)  in a file with `mod load;`  load.rs
//!  use crate::println;                         where the macro is defined
//! ```
//!
//! `$crate` in a macro isn't one: it stands in the files that use the macro, of other
//! crates too, and goes by what the crate exports.
//!
//! A path is an import of the deepest file that it names. What a module only
//! re-exports is an import of that module: who wants the definition names it.

use crate::crate_files::{CrateFiles, ModulePath};
use proc_macro2::{Delimiter, TokenStream, TokenTree};
use std::collections::BTreeSet;
use std::path::PathBuf;

/// One file imports another of its crate.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Import {
    /// Module path of the file that imports.
    pub from: ModulePath,
    /// Module path of the file that is imported.
    pub to: ModulePath,
    /// The importing file.
    pub file: PathBuf,
    /// The imported file.
    pub imported: PathBuf,
}

/// All imports within a crate, each once.
pub fn of(files: &CrateFiles) -> BTreeSet<Import> {
    let mut imports = BTreeSet::new();
    for (module, file) in &files.files {
        let mut paths = Paths {
            files,
            module,
            children: &file.children,
            inside: Vec::new(),
            found: BTreeSet::new(),
        };
        paths.read(file.tokens.clone());
        for to in paths.found {
            if to != *module {
                imports.insert(Import {
                    from: module.clone(),
                    file: file.path.clone(),
                    imported: files.files[&to].path.clone(),
                    to,
                });
            }
        }
    }
    imports
}

/// Gathers the paths of one file.
struct Paths<'a> {
    files: &'a CrateFiles,
    module: &'a ModulePath,
    children: &'a [String],
    /// Modules with bodies in this file that enclose what is read.
    inside: Vec<String>,
    found: BTreeSet<ModulePath>,
}

impl Paths<'_> {
    fn read(&mut self, tokens: TokenStream) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut at = 0;
        while at < tokens.len() {
            match &tokens[at] {
                TokenTree::Ident(word) if word == "mod" => {
                    if let (Some(TokenTree::Ident(name)), Some(TokenTree::Group(body))) =
                        (tokens.get(at + 1), tokens.get(at + 2))
                    {
                        self.inside.push(name.to_string());
                        self.read(body.stream());
                        self.inside.pop();
                        at += 3;
                        continue;
                    }
                }
                TokenTree::Ident(word)
                    if !follows_colons(&tokens, at) && !follows_dollar(&tokens, at) =>
                {
                    if let Some(start) = self.start(&word.to_string()) {
                        self.path(start, &tokens[at + 1..]);
                    }
                }
                TokenTree::Group(group) => self.read(group.stream()),
                _ => {}
            }
            at += 1;
        }
    }

    /// The module in which a path that begins with this word begins.
    fn start(&self, word: &str) -> Option<ModulePath> {
        let mut here = self.module.clone();
        here.extend(self.inside.iter().cloned());
        match word {
            "crate" => Some(Vec::new()),
            "self" => Some(here),
            "super" => {
                here.pop();
                Some(here)
            }
            child if self.inside.is_empty() && self.children.iter().any(|name| name == child) => {
                here.push(child.to_owned());
                Some(here)
            }
            _ => None,
        }
    }

    /// Follows a path, or a tree of paths, that has come to `module`.
    fn path(&mut self, mut module: ModulePath, mut rest: &[TokenTree]) {
        loop {
            let Some(after) = after_colons(rest) else {
                // A bare `self` or `super` is no path; a child's bare name is none
                // either, unless a `use` ends in it, and then it is used by `::`.
                return;
            };
            match after.first() {
                Some(TokenTree::Ident(word)) if word == "super" => {
                    module.pop();
                    rest = &after[1..];
                    if after_colons(rest).is_none() {
                        return self.add(&module, None);
                    }
                }
                Some(TokenTree::Ident(word)) => {
                    let word = word.to_string();
                    let mut deeper = module.clone();
                    deeper.push(word.clone());
                    if !self.files.files.contains_key(&deeper) {
                        return self.add(&module, Some(&word));
                    }
                    module = deeper;
                    rest = &after[1..];
                    if after_colons(rest).is_none() {
                        return self.add(&module, None);
                    }
                }
                Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => {
                    let inner: Vec<TokenTree> = group.stream().into_iter().collect();
                    for branch in inner.split(is_comma) {
                        self.branch(module.clone(), branch);
                    }
                    return;
                }
                // `*`
                _ => return self.add(&module, None),
            }
        }
    }

    /// One branch of `use module::{branch, ..}`.
    fn branch(&mut self, module: ModulePath, branch: &[TokenTree]) {
        let Some(TokenTree::Ident(word)) = branch.first() else {
            if !branch.is_empty() {
                self.add(&module, None);
            }
            return;
        };
        if word == "self" {
            return self.add(&module, None);
        }
        let mut deeper = module.clone();
        deeper.push(word.to_string());
        if !self.files.files.contains_key(&deeper) {
            return self.add(&module, Some(&word.to_string()));
        }
        match after_colons(&branch[1..]) {
            None => self.add(&deeper, None),
            Some(_) => self.path(deeper, &branch[1..]),
        }
    }

    /// Notes an import of the file that `module` lies in; `name` is what is wanted of it.
    fn add(&mut self, module: &[String], name: Option<&str>) {
        if let (true, Some(name)) = (module.is_empty(), name)
            && let Some(definer) = self.files.macros.get(name)
        {
            self.found.insert(definer.clone());
            return;
        }
        // A module with a body lies in the file of one of those around it.
        let file = (0..=module.len())
            .rev()
            .map(|length| module[..length].to_vec())
            .find(|path| self.files.files.contains_key(path));
        self.found.extend(file);
    }
}

fn is_colon(token: Option<&TokenTree>) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == ':')
}

fn follows_dollar(tokens: &[TokenTree], at: usize) -> bool {
    let before = at.checked_sub(1).map(|before| &tokens[before]);
    matches!(before, Some(TokenTree::Punct(punct)) if punct.as_char() == '$')
}

fn is_comma(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == ',')
}

/// What comes after `::`, if that comes first.
fn after_colons(tokens: &[TokenTree]) -> Option<&[TokenTree]> {
    let both = is_colon(tokens.first()) && is_colon(tokens.get(1));
    both.then(|| &tokens[2..])
}

fn follows_colons(tokens: &[TokenTree], at: usize) -> bool {
    at >= 2 && is_colon(tokens.get(at - 1)) && is_colon(tokens.get(at - 2))
}
