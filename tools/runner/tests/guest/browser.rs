//! Headless Chromium, driven over two pipes: messages of its DevTools protocol, JSON objects
//! that end in a NUL.
//!
//! ```text
//!  descriptor 3 ──► {"id":1,"method":"Page.navigate","params":{..}}\0
//!  descriptor 4 ◄── {"id":1,"result":{..}}\0  {"method":"Runtime.exceptionThrown",..}\0
//! ```

use libtest_mimic::Failed;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// What it is called, by those who package it.
const PROGRAMS: [&str; 4] = [
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
];

/// How long a page may take to come to where it is waited for, on a machine under load.
const PATIENCE: Duration = Duration::from_secs(60);

/// A browser with one page.
pub struct Browser {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    last: u64,
    session: Option<String>,
    /// What the page complained of.
    pub complaints: Vec<String>,
    _profile: TempDir,
}

impl Browser {
    /// Starts it; `None` where there is none.
    ///
    /// # Errors
    /// If it doesn't answer.
    pub fn start() -> Result<Option<Self>, Failed> {
        let is_there = |program: &&&str| {
            let mut command = Command::new(program);
            command.arg("--version").stderr(Stdio::null());
            command.output().is_ok_and(|output| output.status.success())
        };
        let Some(program) = PROGRAMS.iter().find(is_there) else {
            return Ok(None);
        };
        let profile = tempfile::tempdir()?;
        let pipes = "exec \"$@\" 3<&0 4>&1 0</dev/null 1>/dev/null 2>/dev/null";
        let mut command = Command::new("sh");
        command.args(["-c", pipes, "sh", program, "--headless", "--no-sandbox"]);
        command.args([
            "--remote-debugging-pipe",
            "--disable-gpu",
            "--hide-scrollbars",
        ]);
        command.args(["--disable-dev-shm-usage", "--disable-background-networking"]);
        command.arg(format!("--user-data-dir={}", profile.path().display()));
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn()?;
        let input = child.stdin.take().ok_or("its input")?;
        let output = BufReader::new(child.stdout.take().ok_or("its output")?);
        let mut browser = Self {
            child,
            input,
            output,
            last: 0,
            session: None,
            complaints: Vec::new(),
            _profile: profile,
        };
        let target = browser.call("Target.createTarget", json!({"url": "about:blank"}))?;
        let target = json!({"targetId": target["targetId"], "flatten": true});
        let session = browser.call("Target.attachToTarget", target)?;
        browser.session = session["sessionId"].as_str().map(str::to_owned);
        for domain in ["Page", "Runtime", "Log"] {
            browser.call(&format!("{domain}.enable"), json!({}))?;
        }
        Ok(Some(browser))
    }

    /// Asks for something, and waits for the answer.
    ///
    /// # Errors
    /// If it is refused, or the browser is gone.
    pub fn call(&mut self, method: &str, params: Value) -> Result<Value, Failed> {
        self.last += 1;
        let mut message = json!({"id": self.last, "method": method, "params": params});
        if let Some(session) = &self.session {
            message["sessionId"] = session.as_str().into();
        }
        self.input.write_all(format!("{message}\0").as_bytes())?;
        loop {
            let mut bytes = Vec::new();
            self.output.read_until(0, &mut bytes)?;
            if bytes.pop() != Some(0) {
                return Err(format!("{method}: the browser has ended").into());
            }
            let answer: Value = serde_json::from_slice(&bytes)?;
            let kind = answer["method"].as_str().unwrap_or_default();
            let is_message = kind == "Runtime.consoleAPICalled";
            if is_message || ["Runtime.exceptionThrown", "Log.entryAdded"].contains(&kind) {
                self.complaints.push(answer["params"].to_string());
            }
            if answer["id"] == self.last {
                return match &answer["error"] {
                    Value::Null => Ok(answer["result"].clone()),
                    error => Err(format!("{method}: {error}").into()),
                };
            }
        }
    }

    /// What an expression of JavaScript comes to in the page.
    ///
    /// # Errors
    /// If it throws.
    pub fn evaluate(&mut self, expression: &str) -> Result<Value, Failed> {
        let params = json!({"expression": expression, "awaitPromise": true, "returnByValue": true});
        let answer = self.call("Runtime.evaluate", params)?;
        match &answer["exceptionDetails"] {
            Value::Null => Ok(answer["result"]["value"].clone()),
            thrown => Err(format!("{expression}: {thrown}").into()),
        }
    }

    /// Opens a file, and waits until `until` is true there.
    ///
    /// # Errors
    /// If it never is.
    pub fn open(&mut self, path: &Path, until: &str) -> Result<(), Failed> {
        let url = format!("file://{}", path.display());
        self.call("Page.navigate", json!({"url": url}))?;
        self.wait(until)
    }

    /// Waits until an expression is true.
    ///
    /// # Errors
    /// If it never is.
    pub fn wait(&mut self, until: &str) -> Result<(), Failed> {
        let begun = Instant::now();
        while self.evaluate(until)? != true {
            if begun.elapsed() > PATIENCE {
                return Err(format!("it never came true: {until}").into());
            }
            sleep(Duration::from_millis(20));
        }
        Ok(())
    }

    /// Gives the page a window of this size, and a scheme of colours: `light`, `dark`, or
    /// paper's, `print`.
    ///
    /// # Errors
    /// If the browser refuses.
    pub fn show_as(&mut self, (width, height): (u32, u32), scheme: &str) -> Result<(), Failed> {
        let size = json!({"width": width, "height": height, "deviceScaleFactor": 1,
            "mobile": false});
        self.call("Emulation.setDeviceMetricsOverride", size)?;
        let media = if scheme == "print" { "print" } else { "" };
        let colours = if scheme == "dark" { "dark" } else { "light" };
        let features = json!([{"name": "prefers-color-scheme", "value": colours},
            {"name": "prefers-reduced-motion", "value": "reduce"}]);
        let media = json!({"media": media, "features": features});
        self.call("Emulation.setEmulatedMedia", media).map(drop)
    }

    /// Presses a key and lets it go.
    ///
    /// # Errors
    /// If the browser refuses.
    pub fn press(&mut self, key: &str, code: u32) -> Result<(), Failed> {
        for kind in ["rawKeyDown", "keyUp"] {
            let params = json!({"type": kind, "key": key, "code": key,
                "windowsVirtualKeyCode": code});
            self.call("Input.dispatchKeyEvent", params)?;
        }
        Ok(())
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
