//! Names in the tree's Rust files: the field's terms, and none of the words of everyday speech
//! that stood for them.

use crate::crate_files::Source;
use crate::problem::Problem;
use proc_macro2::{TokenStream, TokenTree};
use std::collections::BTreeSet;
use std::str::FromStr;

/// Words that are part of no name: what is printed, reported, sent or logged is called that, and
/// what is decided is named by what it is.
const NO_TERMS: [&str; 7] = [
    "told", "tell", "tells", "telling", "said", "settle", "settled",
];

/// Finds the names that have one of those words. What is no Rust, such as a skeleton with gaps,
/// has no names yet.
pub fn check(source: &Source) -> impl Iterator<Item = Problem> {
    let mut names = BTreeSet::new();
    if let Ok(tokens) = TokenStream::from_str(&source.text) {
        collect(tokens, &mut names);
    }
    names.into_iter().map(|name| Problem::NoTerm {
        file: source.file.clone(),
        name,
    })
}

fn collect(tokens: TokenStream, names: &mut BTreeSet<String>) {
    for token in tokens {
        match token {
            TokenTree::Group(group) => collect(group.stream(), names),
            TokenTree::Ident(name) => {
                let name = name.to_string();
                if words(&name).any(|word| NO_TERMS.contains(&word.as_str())) {
                    names.insert(name);
                }
            }
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
}

/// The words of a name in snake or camel case, in lower case.
fn words(name: &str) -> impl Iterator<Item = String> {
    let is_constant = !name.contains(|letter: char| letter.is_ascii_lowercase());
    let mut words = vec![String::new()];
    for letter in name.chars() {
        let begins = letter == '_' || letter.is_ascii_uppercase() && !is_constant;
        if begins {
            words.push(String::new());
        }
        if let (true, Some(word)) = (letter != '_', words.last_mut()) {
            word.push(letter.to_ascii_lowercase());
        }
    }
    words.into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_split_into_words() {
        let split = |name| words(name).filter(|word| !word.is_empty());
        assert_eq!(split("is_to_be_told").last().unwrap(), "told");
        assert!(split("SaidTwice").eq(["said", "twice"]));
        assert!(split("TOLD_ALL").eq(["told", "all"]));
        assert!(split("untold_aside").eq(["untold", "aside"]));
    }

    #[test]
    fn names_are_found_in_code_alone() {
        let text = "// told\nfn tell(told: Told) { m!(\"said {settled}\", is_settled) }";
        let mut names = BTreeSet::new();
        collect(TokenStream::from_str(text).unwrap(), &mut names);
        assert!(names.iter().eq(["Told", "is_settled", "tell", "told"]));
    }
}
