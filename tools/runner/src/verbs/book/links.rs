//! Whether what pages of a built book link to is there: files, and places in them.

use crate::error::Error;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// What was looked at.
#[derive(Debug, Default)]
pub struct Looked {
    /// Pages.
    pub pages: usize,
    /// Links within the book.
    pub links: usize,
    /// Links that lead nowhere, each with its page.
    pub broken: Vec<String>,
}

/// Looks at all pages of a folder.
///
/// # Errors
/// If one can't be read.
pub fn check(folder: &Path) -> Result<Looked, Error> {
    let mut pages = BTreeMap::new();
    for entry in folder.read_dir().map_err(Error::file("read", folder))? {
        let path = entry.map_err(Error::file("read", folder))?.path();
        if path
            .extension()
            .is_some_and(|extension| extension == "html")
        {
            let text = fs::read_to_string(&path).map_err(Error::file("read", &path))?;
            pages.insert(path, text);
        }
    }
    let places: BTreeMap<&PathBuf, BTreeSet<&str>> = pages
        .iter()
        .map(|(path, text)| (path, values(text, "id").collect()))
        .collect();
    let mut looked = Looked {
        pages: pages.len(),
        ..Looked::default()
    };
    for (page, text) in &pages {
        for link in values(text, "href").chain(values(text, "src")) {
            if link.contains(':') || link.starts_with("//") || link.is_empty() {
                continue;
            }
            looked.links += 1;
            let (file, place) = link.split_once('#').unwrap_or((link, ""));
            let target = match file {
                "" => page.clone(),
                // mdBook's page of what isn't found has the root as its base.
                file => folder.join(file.trim_start_matches('/')),
            };
            let is_there = match places.get(&target) {
                Some(places) => place.is_empty() || places.contains(place),
                None => target.exists(),
            };
            if !is_there {
                let name = page.file_name().unwrap_or_default().to_string_lossy();
                looked.broken.push(format!("{name}: {link}"));
            }
        }
    }
    Ok(looked)
}

/// Values of an attribute.
fn values<'a>(text: &'a str, attribute: &str) -> impl Iterator<Item = &'a str> {
    let start = format!(" {attribute}=\"");
    let mut rest = text;
    std::iter::from_fn(move || {
        let (_, behind) = rest.split_once(start.as_str())?;
        let (value, behind) = behind.split_once('"')?;
        rest = behind;
        Some(value)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_needs_its_file_and_its_place() {
        let folder = tempfile::tempdir().unwrap();
        let put = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
        put(
            "a.html",
            "<p id=\"one\"><a href=\"b.html#two\"> <a href=\"#one\"> <a href=\"#no\">",
        );
        put(
            "b.html",
            "<p id=\"two\"><a href=\"c.html\"><img src=\"d.svg\"><a href=\"https://x/\">",
        );
        put("d.svg", "");
        let looked = check(folder.path()).unwrap();
        assert_eq!((looked.pages, looked.links), (2, 5));
        assert_eq!(looked.broken, ["a.html: #no", "b.html: c.html"]);
    }
}
