//! Modules that misuse memory, with `sanity=1`: each misuse is named with its kind, the module
//! and the function, who allocated, and who freed; what can't be is in docs/misuse.md.

mod table;

use crate::run::{Run, TestResult, runner};
use libtest_mimic::Failed;
use std::fs;
use table::{Case, ENDING, Expected, PRELUDE, SURVIVED, When};
use tempfile::TempDir;

/// The file of a case, and its path.
fn write(folder: &TempDir, case: &Case) -> Result<String, Failed> {
    let path = folder.path().join(case.name).with_extension("c");
    let code = case.code;
    let text = format!(
        "{PRELUDE}
static noinline void misuse(void) {{ {code} barrier(); }}
static int __init begin(void) {{ misuse(); return 0; }}
static void __exit end(void) {{ }}
module_init(begin);
module_exit(end);
MODULE_LICENSE(\"GPL\");
"
    );
    fs::write(&path, text)?;
    Ok(path.display().to_string())
}

/// Lines of a section of a report: its headline, and those behind it that are indented further.
fn section<'a>(lines: &[&'a str], is_head: impl Fn(&str) -> bool) -> Option<Vec<&'a str>> {
    let at = lines.iter().position(|line| is_head(line))?;
    let rest = lines[at + 1..].iter();
    Some(
        rest.take_while(|line| line.starts_with("    "))
            .copied()
            .collect(),
    )
}

/// Why what was printed of a case isn't enough.
fn lacks(case: &Case, output: &[&str]) -> Option<String> {
    let module = format!("[{}]", case.name);
    let names_module = |lines: &[&str]| {
        let own = lines.iter().filter(|line| line.contains(&module));
        own.clone().any(|line| {
            ["misuse+0x", "block+0x", "begin+0x"]
                .iter()
                .any(|it| line.contains(it))
        })
    };
    match case.expected {
        Expected::Reads(text) => {
            let read = output.iter().any(|line| line.contains(text));
            (!read).then(|| format!("it doesn't print {text}"))
        }
        Expected::Ends(_) => None,
        Expected::Headline(text) | Expected::Report(text, _, _) => {
            let is_head = |line: &str| line.contains("memory misuse: ") && line.contains(text);
            let Some(at) = output.iter().position(|line| is_head(line)) else {
                return Some(format!("no report: {text}"));
            };
            let report = output[at + 1..].iter();
            let report: Vec<&str> = report
                .take_while(|line| line.starts_with("  "))
                .copied()
                .collect();
            let part = |word: &str| {
                section(&report, |line| {
                    line.starts_with("  ") && line[2..].starts_with(word)
                })
            };
            let has = |word: &str| part(word).is_some_and(|lines| names_module(&lines));
            let Expected::Report(_, when, freed) = case.expected else {
                return (!has("done at")).then(|| "who did it isn't named".to_owned());
            };
            let found = match when {
                When::AtOnce => has("done at"),
                When::Free => report
                    .iter()
                    .any(|line| line.contains("found when it was freed")),
                When::Return => has("found when this function had returned"),
                When::Unload => true,
            };
            let image = text.contains("of module");
            match () {
                () if !found => Some(format!("no report that it was found: {when:?}")),
                () if !image && !has("allocated at") => {
                    Some("who allocated isn't named".to_owned())
                }
                () if freed && !has("freed at") => Some("who freed isn't named".to_owned()),
                () => None,
            }
        }
    }
}

/// Runs the cases in one guest, one after another, and looks at what is printed of each.
fn survived(cases: &[Case]) -> TestResult {
    let folder = tempfile::tempdir()?;
    let paths = cases.iter().map(|case| write(&folder, case));
    let paths: Vec<String> = paths.collect::<Result<_, _>>()?;
    let mut arguments = vec!["--append", "sanity=1", "--timeout", "200"];
    for path in &paths {
        arguments.extend(["--module", path]);
    }
    let each = cases
        .iter()
        .map(|case| format!("insmod {0}; rmmod {0}", case.name));
    let commands = each.collect::<Vec<_>>().join("; ");
    arguments.extend(["--run", &commands]);
    let run = runner(&arguments);
    run.must_exit(1)?;
    let lines: Vec<&str> = run.stdout.lines().collect();
    let mut problems = Vec::new();
    for case in cases {
        let head = format!("> insmod {}", case.name);
        let from = lines.iter().position(|line| **line == head);
        let from = from.ok_or_else(|| Failed::from(format!("{head} wasn't run")))?;
        let behind = lines[from + 1..]
            .iter()
            .position(|line| line.starts_with("> insmod "));
        let end = behind.map_or(lines.len(), |behind| from + 1 + behind);
        let output = &lines[from..end];
        if let Some(problem) = lacks(case, output) {
            problems.push(format!("{}: {problem}\n{}", case.name, output.join("\n")));
        }
        let fails = !matches!(case.expected, Expected::Reads(_));
        if fails
            && !output
                .iter()
                .any(|line| line.starts_with("memory was misused: "))
        {
            problems.push(format!("{}: no command fails", case.name));
        }
    }
    match problems.is_empty() {
        true => Ok(()),
        false => Err(problems.join("\n\n").into()),
    }
}

/// Runs a case that ends its guest.
fn ends(case: &Case) -> TestResult {
    let folder = tempfile::tempdir()?;
    let path = write(&folder, case)?;
    let commands = format!("insmod {}", case.name);
    let run: Run = runner(&[
        "--append", "sanity=1", "--module", &path, "--run", &commands,
    ]);
    run.must_exit(3)?;
    let Expected::Ends(words) = case.expected else {
        return run.must(false, "a case of those that end the run");
    };
    for word in words {
        run.must(run.stdout.contains(word), word)?;
    }
    Ok(())
}

/// Of every kind one.
const KINDS: &[&str] = &[
    "overrun_1",
    "underrun_1",
    "free_twice_between",
    "free_inside",
    "forged_header",
    "vfree_of_kmalloc",
    "write_after_free",
    "read_after_free",
    "cache_other",
    "cache_in_use",
    "percpu_overrun",
    "percpu_other_copy",
    "percpu_static_overrun",
    "vmalloc_overrun",
    "leak",
    "null_field",
    "vmalloc_freed",
];

fn chosen(cases: &[Case]) -> Vec<Case> {
    let named = cases.iter().filter(|case| KINDS.contains(&case.name));
    named.copied().collect()
}

/// Of every kind one is caught.
pub fn kinds() -> TestResult {
    survived(&chosen(SURVIVED))?;
    chosen(ENDING).iter().try_for_each(ends)
}

/// All of them are caught.
pub fn all() -> TestResult {
    assert!(
        SURVIVED.len() + ENDING.len() >= 60,
        "as many as there are to be"
    );
    survived(SURVIVED)?;
    ENDING.iter().try_for_each(ends)
}
