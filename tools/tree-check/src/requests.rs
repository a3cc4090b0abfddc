//! Self-tests that run only when they are named in full: the runner names each of them.

use crate::crate_files::walk;
use crate::problem::Problem;
use std::fs;
use std::io;
use std::path::Path;

/// Where self-tests are.
const SELF_TESTS: &str = "kernel/src/selftest";

/// Where they are asked for.
const RUNNER: [&str; 2] = ["tools/runner/tests", "tools/runner/src/verbs"];

/// Compares the self-tests that run on request with what the runner's files name.
pub fn check(root: &Path) -> io::Result<Vec<Problem>> {
    let mut requests = String::new();
    for folder in RUNNER {
        for path in walk(&root.join(folder), "rs")? {
            requests.push_str(&fs::read_to_string(path)?);
        }
    }
    let mut problems = Vec::new();
    for path in walk(&root.join(SELF_TESTS), "rs")? {
        let text = fs::read_to_string(&path)?;
        let unasked = on_request(&text).filter(|name| !names(&requests, name));
        problems.extend(unasked.map(|name| Problem::NeverRun(name.to_owned())));
    }
    Ok(problems)
}

/// Names of the tests that a file registers to run on request.
fn on_request(text: &str) -> impl Iterator<Item = &str> {
    let registered = text.split("selftest!(").skip(1);
    registered.filter_map(|rest| {
        let (arguments, _) = rest.split_once(");")?;
        let name = arguments.split('"').nth(1)?;
        arguments.contains("on_request").then_some(name)
    })
}

/// Whether a text names a test: in full, or in quotes by what follows the group, as tables of
/// one group do.
fn names(text: &str, test: &str) -> bool {
    let short = test.split_once('.').map_or(test, |(_, short)| short);
    let of_a_table = |short: &str| text.contains(&format!("\"{short}\""));
    text.contains(test) || of_a_table(short) || short.strip_prefix("stuck_").is_some_and(of_a_table)
}

#[cfg(test)]
mod tests {
    use super::{names, on_request};

    #[test]
    fn registered_on_one_line_or_more() {
        let text = "selftest!(\"a.b\", b);\nselftest!(\"a.c\", c, on_request);\n\
                    selftest!(\n    \"a.d\",\n    d,\n    on_request\n);\n";
        assert_eq!(on_request(text).collect::<Vec<_>>(), ["a.c", "a.d"]);
    }

    #[test]
    fn named_in_full_or_in_a_table() {
        assert!(names("selftest=smp.late", "smp.late"));
        assert!(names("(\"panic\", 3)", "ending.panic"));
        assert!(names("(\"lock\", 3)", "ending.stuck_lock"));
        assert!(!names("a lock, (\"late\", 3)", "ending.stuck_lock"));
        assert!(!names("panic", "ending.panic"));
    }
}
