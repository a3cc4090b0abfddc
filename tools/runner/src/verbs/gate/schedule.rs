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

/// A stage, what became of it, and how long it took.
pub struct Outcome {
    /// Its name.
    pub name: &'static str,
    /// `None` if it didn't start, because another failed.
    pub ended: Option<Ended>,
    /// From start to end.
    pub time: Duration,
}

impl Outcome {
    fn not_run(stage: &Stage) -> Self {
        Self {
            name: stage.name,
            ended: None,
            time: Duration::ZERO,
        }
    }

    /// How it ended.
    pub fn result(&self) -> StageResult {
        let ended = self.ended.as_ref();
        ended.map_or(StageResult::NotRun, |ended| ended.result)
    }
}

/// Runs stages; `show` gets each when it has ended. Returns them in their order.
pub fn run(stages: Vec<Stage>, mut show: impl FnMut(&Outcome)) -> Vec<Outcome> {
    let (sender, ended) = mpsc::channel();
    let mut outcomes: Vec<Outcome> = stages.iter().map(Outcome::not_run).collect();
    let mut waiting: Vec<(usize, Stage)> = stages.into_iter().enumerate().collect();
    let mut passed = HashSet::new();
    let (mut running, mut failed) = (0, false);
    loop {
        let is_due = |(_, stage): &(usize, Stage)| {
            let mut after = stage.after.iter();
            after.all(|name| passed.contains(name))
        };
        while let Some(at) = waiting.iter().position(is_due)
            && running < AT_ONCE
            && !failed
        {
            let (index, mut stage) = waiting.remove(at);
            let sender = sender.clone();
            running += 1;
            thread::spawn(move || {
                let start = Instant::now();
                let ended = stage.run();
                // The other end is there until all have ended.
                let _ = sender.send((index, ended, start.elapsed()));
            });
        }
        if running == 0 {
            return outcomes;
        }
        let Ok((index, ended, time)) = ended.recv() else {
            return outcomes;
        };
        running -= 1;
        let outcome = &mut outcomes[index];
        (outcome.ended, outcome.time) = (Some(ended), time);
        match outcome.result() {
            StageResult::Passed | StageResult::Skipped => _ = passed.insert(outcome.name),
            StageResult::Failed | StageResult::NotRun => failed = true,
        }
        show(outcome);
    }
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

    /// Those that ended, in that order, and how each came out, in theirs.
    fn ends(stages: Vec<Stage>) -> (Vec<&'static str>, Vec<StageResult>) {
        let mut ends = Vec::new();
        let outcomes = run(stages, |outcome| ends.push(outcome.name));
        (ends, outcomes.iter().map(Outcome::result).collect())
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
        let (ends, results) = ends(stages);
        assert_eq!(ends, ["reads", "needs", "writes", "last"]);
        assert_eq!(results, [StageResult::Passed; 4]);
    }

    #[test]
    fn after_a_failure_none_starts() {
        let stages = vec![
            stage("fails", &[], "false"),
            stage("runs on", &[], "sleep 0.3"),
            stage("needs", &["fails"], "true"),
            stage("needs nothing", &[], "true"),
        ];
        let (ends, results) = ends(stages);
        assert_eq!(ends, ["fails", "runs on"]);
        use StageResult::{Failed, NotRun, Passed};
        assert_eq!(results, [Failed, Passed, NotRun, NotRun]);
    }
}
