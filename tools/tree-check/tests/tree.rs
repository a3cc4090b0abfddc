//! The rules hold in this tree, and a tree that breaks them is noticed.

use std::fs;
use std::path::Path;
use tree_check::{Problem, check, check_crate, check_rooms};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .nth(2)
        .unwrap()
}

#[test]
fn this_tree_keeps_its_rules() {
    let problems = check(root()).unwrap();
    let text: Vec<String> = problems.iter().map(Problem::to_string).collect();
    assert!(problems.is_empty(), "{}", text.join("\n"));
}

/// A crate of these files; the number of circles in it, and the files of the first.
fn circles(files: &[(&str, &str)]) -> Vec<Vec<String>> {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let problems = check_crate(&folder.path().join("lib.rs")).unwrap();
    let circles = problems.into_iter().map(|problem| {
        let Problem::Circle { files, .. } = problem else {
            panic!("{problem}");
        };
        let relative = files.iter().map(|file| {
            let file = file.strip_prefix(folder.path()).unwrap();
            file.display().to_string()
        });
        relative.collect()
    });
    circles.collect()
}

#[test]
fn imports_that_go_one_way_are_no_circle() {
    let files = [
        ("lib.rs", "mod a; mod b; pub use a::A;"),
        ("a.rs", "use crate::b::B; pub struct A(B);"),
        (
            "b.rs",
            "pub struct B; #[cfg(test)] mod tests { use super::*; }",
        ),
    ];
    assert!(circles(&files).is_empty());
}

#[test]
fn two_rooms_may_be_a_circle_though_no_files_are() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    file(
        "main.rs",
        "mod guest; mod screen; fn main() { guest::run() }",
    );
    file("guest/mod.rs", "mod line; pub mod date; pub fn run() {}");
    file("guest/line.rs", "use crate::screen::show;");
    file("guest/date.rs", "");
    file("screen/mod.rs", "mod log; pub fn show() {}");
    file("screen/log.rs", "");
    let root = folder.path().join("main.rs");
    assert!(check_rooms(&root).unwrap().is_empty());
    file("screen/log.rs", "use crate::guest::date::*;");
    assert!(check_crate(&root).unwrap().is_empty());
    let problems = check_rooms(&root).unwrap();
    assert!(matches!(&problems[..], [Problem::Circle { files, .. }] if files.len() == 2));
}

#[test]
fn two_files_that_import_each_other_are_a_circle() {
    let files = [
        ("lib.rs", "mod a; mod b;"),
        ("a.rs", "use crate::b; pub fn f() { b::g() }"),
        ("b.rs", "pub fn g() { crate::a::f() }"),
    ];
    assert_eq!(circles(&files), [["a.rs", "b.rs"]]);
}

#[test]
fn a_child_that_imports_from_the_parent_that_uses_it_is_a_circle() {
    let files = [
        ("lib.rs", "mod m;"),
        ("m/mod.rs", "mod child; pub struct S; fn f() { child::g() }"),
        ("m/child.rs", "use super::S; pub fn g() -> S { S }"),
    ];
    assert_eq!(circles(&files), [["m/child.rs", "m/mod.rs"]]);
}

#[test]
fn imports_inside_of_macros_and_use_trees_are_found() {
    let files = [
        ("lib.rs", "mod a; mod b; mod c;"),
        ("a.rs", "use crate::{b::{self, B}, c};"),
        (
            "b.rs",
            "pub struct B; fn g() { println!(\"{}\", crate::a::f()) }",
        ),
        ("c.rs", "use {crate::b::*};"),
    ];
    assert_eq!(circles(&files), [["a.rs", "b.rs", "c.rs"]]);
}

#[test]
fn an_exported_macro_is_imported_from_where_it_is_defined() {
    let files = [
        ("lib.rs", "mod a; mod b; use a::f;"),
        ("a.rs", "use crate::show; pub fn f() { show!() }"),
        (
            "b.rs",
            "#[macro_export] macro_rules! show { () => { $crate::b::g() } } pub fn g() {}",
        ),
    ];
    assert!(circles(&files).is_empty());
}

#[test]
fn what_a_macro_has_of_its_crate_is_no_import_of_its_file() {
    let files = [
        ("lib.rs", "mod a; mod b; pub use b::g; use a::f;"),
        (
            "a.rs",
            "#[macro_export] macro_rules! show { () => { $crate::g() } } pub fn f() {}",
        ),
        ("b.rs", "pub fn g() {}"),
    ];
    assert!(circles(&files).is_empty());
}
