//! Which stages run at once: two, in their order, each when those that it comes after have
//! passed. One builds for the host while another builds for the guest; and guests, many of
//! which wait, leave room for tests on the host.

use super::results::StageResult;
use super::stage::{Ended, Stage};
use std::collections::HashSet;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

/// Stages that run at once.
const AT_ONCE: usize = 2;

/// Runs stages; `end` is told of each that ended, and how long it took, and then of those
/// that never started, because another failed. Returns whether all ended well.
pub fn run(stages: Vec<Stage>, mut end: impl FnMut(&'static str, Option<Ended>, Duration)) -> bool {
    let (sender, ended) = mpsc::channel();
    let mut waiting = stages;
    let mut passed = HashSet::new();
    let mut running = 0;
    let mut failed = false;
    loop {
        let is_due = |stage: &Stage| stage.after.iter().all(|name| passed.contains(name));
        while let Some(at) = waiting.iter().position(is_due)
            && running < AT_ONCE
            && !failed
        {
            let mut stage = waiting.remove(at);
            let sender = sender.clone();
            running += 1;
            thread::spawn(move || {
                let start = Instant::now();
                let ended = stage.run();
                // The other end is there until all have ended.
                let _ = sender.send((stage.name, ended, start.elapsed()));
            });
        }
        if running == 0 {
            break;
        }
        let Ok((name, result, time)) = ended.recv() else {
            break;
        };
        running -= 1;
        match result.result {
            StageResult::Passed | StageResult::Skipped => _ = passed.insert(name),
            StageResult::Failed | StageResult::NotRun => failed = true,
        }
        end(name, Some(result), time);
    }
    let all_ran = waiting.is_empty();
    for stage in waiting {
        end(stage.name, None, Duration::ZERO);
    }
    all_ran && !failed
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::Command;

    fn stage(name: &'static str, after: &'static [&'static str], script: &str) -> Stage {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        Stage::check(name, command).after(after)
    }

    /// The order of their ends, with `-` before those that never started.
    fn ends(stages: Vec<Stage>) -> (bool, Vec<String>) {
        let mut ends = Vec::new();
        let passed = run(stages, |name, ended, _| {
            ends.push(match ended {
                Some(_) => name.to_owned(),
                None => format!("-{name}"),
            });
        });
        (passed, ends)
    }

    #[test]
    fn two_run_at_once_and_each_after_what_it_needs() {
        let folder = tempfile::tempdir().unwrap();
        let fifo = folder.path().join("fifo");
        let fifo = fifo.display();
        assert!(
            Command::new("mkfifo")
                .arg(fifo.to_string())
                .status()
                .unwrap()
                .success()
        );
        let stages = vec![
            stage("reads", &[], &format!("read line <{fifo}")),
            stage("needs", &["reads"], "true"),
            stage("writes", &[], &format!("echo line >{fifo}; sleep 0.3")),
            stage("last", &["needs", "writes"], "true"),
        ];
        let expected = ["reads", "needs", "writes", "last"]
            .map(str::to_owned)
            .to_vec();
        assert_eq!(ends(stages), (true, expected));
    }

    #[test]
    fn after_a_failure_none_starts() {
        let stages = vec![
            stage("fails", &[], "false"),
            stage("runs on", &[], "sleep 0.3"),
            stage("needs", &["fails"], "true"),
            stage("needs nothing", &[], "true"),
        ];
        let expected = ["fails", "runs on", "-needs", "-needs nothing"];
        assert_eq!(ends(stages), (false, expected.map(str::to_owned).to_vec()));
    }
}
