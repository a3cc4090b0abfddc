//! The book: whether its chapters hang together, as they stand and as pages.

use crate::run::{Completed, Run, TestResult, bash, release, root};
use libtest_mimic::Completion;
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::process::Command;

/// Files that are no chapters.
const NO_CHAPTERS: [&str; 5] = [
    "glossary.md",
    "index_of_subjects.md",
    "questions.md",
    "SUMMARY.md",
    "teachers.md",
];

/// A page, read.
#[derive(Default)]
struct Page {
    /// Where links may lead in it.
    places: BTreeSet<String>,
    links: Vec<String>,
    pictures: Vec<String>,
}

/// A heading's place, as mdBook makes it.
fn place(heading: &str) -> String {
    let lower = heading.trim().to_lowercase().replace(' ', "-");
    let is_kept = |letter: &char| letter.is_alphanumeric() || "_-".contains(*letter);
    lower.chars().filter(is_kept).collect()
}

/// A file of the book, with what it includes.
fn text(name: &str) -> std::io::Result<String> {
    let folder = root().join("docs/book/src");
    let text = fs::read_to_string(folder.join(name))?;
    let mut whole = String::new();
    for line in text.lines() {
        let included = line.strip_prefix("{{#include ");
        match included.and_then(|rest| rest.strip_suffix("}}")) {
            Some(path) => whole += &fs::read_to_string(folder.join(path))?,
            None => whole += line,
        }
        whole.push('\n');
    }
    Ok(whole)
}

fn page(text: &str) -> Page {
    let (mut page, mut heading) = (Page::default(), None::<String>);
    for event in Parser::new_ext(text, Options::ENABLE_TABLES) {
        match event {
            Event::Start(Tag::Heading { .. }) => heading = Some(String::new()),
            Event::End(TagEnd::Heading(_)) => {
                let text = heading.take().unwrap_or_default();
                page.places.insert(place(&text));
            }
            Event::Text(text) | Event::Code(text) => {
                if let Some(heading) = &mut heading {
                    *heading += &text;
                }
            }
            Event::Start(Tag::Link { dest_url, .. }) => page.links.push(dest_url.into_string()),
            Event::Start(Tag::Image { dest_url, .. }) => {
                page.pictures.push(dest_url.into_string());
            }
            _ => {}
        }
    }
    page
}

/// Every file is in the summary; links and pictures lead somewhere; a chapter has a picture of a
/// run, questions with folded answers, and what to read next; ten questions have an answer each.
pub fn hangs_together() -> TestResult {
    let folder = root().join("docs/book/src");
    let mut pages = BTreeMap::new();
    for entry in fs::read_dir(&folder)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if name.ends_with(".md") {
            let text = text(&name)?;
            pages.insert(name, (page(&text), text));
        }
    }
    let fail = |text: String| -> TestResult { Err(text.into()) };
    let summary: BTreeSet<&str> = pages["SUMMARY.md"].0.links.iter().map(|it| &**it).collect();
    for (name, (page, text)) in &pages {
        if name != "SUMMARY.md" && !summary.contains(name.as_str()) {
            return fail(format!("{name} isn't in the summary"));
        }
        for link in page.links.iter().filter(|link| !link.contains(':')) {
            let (file, place) = link.split_once('#').unwrap_or((link, ""));
            let target = if file.is_empty() { name } else { file };
            let is_there = match pages.get(target) {
                Some((page, _)) => place.is_empty() || page.places.contains(place),
                None => false,
            };
            if !is_there {
                return fail(format!("{name}: {link} leads nowhere"));
            }
        }
        for picture in &page.pictures {
            if !folder.join(picture).exists() {
                return fail(format!("{name}: there is no {picture}"));
            }
        }
        let is_chapter = !NO_CHAPTERS.contains(&name.as_str());
        let needs = ["<details>", "## What to read next"];
        if is_chapter && name != "introduction.md" {
            if let Some(need) = needs.iter().find(|need| !text.contains(*need)) {
                return fail(format!("{name} has no {need}"));
            }
            if page.pictures.is_empty() {
                return fail(format!("{name} has no picture"));
            }
        }
    }
    let questions = pages["questions.md"].0.links.len();
    if questions != 10 {
        return fail(format!("{questions} of ten questions lead to an answer"));
    }
    if !pages["index_of_subjects.md"]
        .0
        .links
        .iter()
        .any(|link| link == "questions.md")
    {
        return fail("the index doesn't lead to the ten questions".to_owned());
    }
    Ok(())
}

/// Minutes for a text: 150 words, or ten lines of a listing, in each.
fn minutes(text: &str) -> usize {
    let (mut words, mut lines, mut is_listing) = (0, 0, false);
    for line in text.lines() {
        if line.starts_with("```") {
            is_listing = !is_listing;
        } else if is_listing {
            lines += 1;
        } else {
            words += line.split_whitespace().count();
        }
    }
    (words * 60 / 150 + lines * 6).div_ceil(60)
}

/// The minutes that the introduction gives for each chapter are those of its words and lines,
/// and README's sum is theirs.
pub fn reading_times() -> TestResult {
    let introduction = text("introduction.md")?;
    let rows = introduction.lines().filter_map(|line| {
        let (file, minutes) = line.split_once(".md) | ")?;
        let (_, file) = file.rsplit_once('(')?;
        Some((file, minutes.strip_suffix(" |")?.parse::<usize>().ok()?))
    });
    let rows: Vec<(&str, usize)> = rows.collect();
    let summary = text("SUMMARY.md")?;
    let chapters = summary.lines().filter(|line| line.starts_with("- ["));
    assert_eq!(rows.len(), chapters.count(), "{rows:?}");
    let mut sum = 0;
    for (file, given) in rows {
        let counted = minutes(&text(&format!("{file}.md"))?);
        // A listing that has grown by some lines is no other chapter.
        assert!(counted.abs_diff(given) <= 2, "{file}.md: {counted} minutes");
        sum += given;
    }
    let quarters = sum.div_ceil(15);
    let stated = "two and a quarter hours";
    let readme = fs::read_to_string(root().join("README.md"))?;
    assert!(
        quarters == 9 && readme.contains(stated),
        "the book: {sum} minutes"
    );
    Ok(())
}

/// Whether mdBook is here already.
fn has_mdbook() -> bool {
    let target = release().join("../../mdbook/bin/mdbook");
    [target.as_path(), "mdbook".as_ref()]
        .iter()
        .any(|program| Command::new(program).arg("--version").output().is_ok())
}

/// The pages, where mdBook is here: the first time it takes minutes to build.
pub fn pages() -> Completed {
    match has_mdbook() {
        true => fetched(),
        false => Ok(Completion::ignored_with(
            "mdBook isn't here: ./qemu-run.sh book fetches it, and so does test --all",
        )),
    }
}

/// The pages; mdBook is fetched.
pub fn fetched() -> Completed {
    let run = Run::of(&bash("./qemu-run.sh book").output()?);
    if run.code == Some(6) && run.stderr.contains("is there a network?") {
        return Ok(Completion::ignored_with("mdBook can't be had"));
    }
    run.must_exit(0)?;
    let last = run.stdout.lines().last().unwrap_or_default();
    run.must(last.starts_with("book: "), "it says where the pages are")?;
    Ok(Completion::Completed)
}
