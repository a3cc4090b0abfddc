//! What is reported of a learner's commonest mistakes: each is given to this program as a person
//! gives it.

use crate::build::layout;
use crate::error::Error;
use crate::verbs::blocks::Blocks;
use std::process::Command;

/// Files of `modules/lessons/mistakes`, each with what must be reported.
const MISTAKES: [(&str, &str); 5] = [
    ("bare_static", "per-CPU variable hits is used as it stands"),
    (
        "missing_star",
        "area is a handle of alloc_percpu, no address",
    ),
    ("wrong_format", "expects argument of type"),
    (
        "unknown_header",
        "linux/proc_fs.h is out of this kernel's scope",
    ),
    ("no_licence", "no_licence names no licence"),
];

/// What is reported of each, by name; and the names of those of which the wrong thing is.
pub fn all() -> Result<(Blocks, Vec<String>), Error> {
    let program = std::env::current_exe().map_err(Error::start("this program"))?;
    let root = format!("{}/", layout::root().display());
    let (mut texts, mut wrong) = (Blocks::new(), Vec::new());
    for (name, words) in MISTAKES {
        let path = layout::root().join(format!("modules/lessons/mistakes/{name}.c"));
        let mut command = Command::new(&program);
        command.args(["--quiet", "--cc", "gcc", "--append", "modules=", "--run"]);
        command
            .arg(format!("insmod {name}"))
            .arg("--module")
            .arg(&path);
        let output = command.env("LC_ALL", "C").output();
        let output = output.map_err(Error::start("this program"))?;
        let text = String::from_utf8_lossy(&output.stderr).replace(&root, "");
        // What others at cargo's locks have to do with it isn't about the mistake.
        let lines = text
            .lines()
            .filter(|line| !line.contains("Blocking waiting for"));
        let text: String = lines.map(|line| format!("{line}\n")).collect();
        if !text.contains(words) {
            wrong.push(format!("mistake {name}"));
        }
        texts.insert(name, text);
    }
    Ok((texts, wrong))
}
