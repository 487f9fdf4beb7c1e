//! Reading files in processes of their own: what a hostile file can take is one child, within the limits it has.
//!
//! The child is this same program with the hidden command `extract`. It is given no environment, no network address and no
//! secret; it knows a path and a name. What it dies of becomes an [`Error`].

use std::{
    os::unix::process::ExitStatusExt,
    path::{Path, PathBuf},
    process::{ExitStatus, Stdio},
    sync::Arc,
};

use rlimit::Resource;
use tokio::{
    io::{AsyncRead, AsyncReadExt},
    process::{Child, Command},
    sync::Semaphore,
};

use super::{Document, Error, Limits};

/// What a child may answer: the text, escaped as JSON, and a little.
const ANSWER_BYTES: u64 = 32 << 20;

/// What a child may say about its death.
const LAST_WORDS_BYTES: u64 = 4 << 10;

/// Open files of a child: its input, three streams, and what the runtime holds.
const FILES: u64 = 32;

/// A name longer than this is cut; only its ending means anything.
const NAME_CHARS: usize = 200;

/// The signal of a process that used up its time.
const SIGXCPU: i32 = 24;

/// The place where files are read, a few at a time.
#[derive(Clone)]
pub struct Workers {
    program: PathBuf,
    places: Arc<Semaphore>,
    limits: Limits,
}

impl Workers {
    /// Reads at most `count` files at once, by starting `program`, which is huixin itself.
    pub fn new(program: PathBuf, count: usize, limits: Limits) -> Self {
        Self { program, places: Arc::new(Semaphore::new(count)), limits }
    }

    /// Reads a file, when its turn has come. Dropping the future ends the child.
    pub async fn read(&self, path: &Path, file_name: &str) -> Result<Document, Error> {
        let size = tokio::fs::metadata(path).await.map_err(|error| Error::Crashed(format!("the file is gone: {error}")))?.len();
        if size > self.limits.input_bytes {
            return Err(Error::TooBig);
        }
        let _place = self.places.acquire().await.map_err(|_| Error::Crashed("no worker is left".into()))?;
        let child = self.spawn(path, file_name).map_err(|error| Error::Crashed(format!("no process: {error}")))?;
        tokio::time::timeout(self.limits.time, answer(child)).await.unwrap_or(Err(Error::TooLong))
    }

    fn spawn(&self, path: &Path, file_name: &str) -> std::io::Result<Child> {
        let limits = serde_json::to_string(&self.limits)?;
        let name: String = file_name.chars().filter(|letter| !letter.is_control()).collect();
        let surplus = name.chars().count().saturating_sub(NAME_CHARS);
        let name: String = name.chars().skip(surplus).collect();
        Command::new(&self.program)
            .args(["extract", "--limits", &limits, "--"])
            .arg(path)
            .arg(name)
            .env_clear()
            .current_dir("/")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
    }
}

/// What the child says, once it has ended.
async fn answer(mut child: Child) -> Result<Document, Error> {
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let (answer, last_words) = tokio::join!(up_to(stdout, ANSWER_BYTES), up_to(stderr, LAST_WORDS_BYTES));
    let status = child.wait().await.map_err(|error| Error::Crashed(error.to_string()))?;
    if !status.success() {
        return Err(death(status, &String::from_utf8_lossy(&last_words)));
    }
    serde_json::from_slice::<Result<Document, Error>>(&answer).map_err(|error| Error::Crashed(format!("no answer: {error}")))?
}

/// Reads a stream as far as is wanted; closing it ends a child that says more.
async fn up_to(stream: Option<impl AsyncRead + Unpin>, most: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    if let Some(stream) = stream {
        // A stream that breaks has said what it said; the exit code judges.
        let _ = stream.take(most).read_to_end(&mut bytes).await;
    }
    bytes
}

fn death(status: ExitStatus, last_words: &str) -> Error {
    if last_words.contains("memory allocation of") {
        return Error::TooBig;
    }
    match status.signal() {
        Some(SIGXCPU) => Error::TooLong,
        Some(signal) => Error::Crashed(format!("signal {signal}")),
        None => Error::Crashed(format!("exit code {}", status.code().unwrap_or_default())),
    }
}

/// Puts this process under the limits, for good. Whoever calls it reads one file and ends.
pub fn confine(limits: &Limits) -> std::io::Result<()> {
    let seconds = limits.time.as_secs().max(1);
    // Not the address space: an allocator may reserve what it never touches.
    Resource::DATA.set(limits.memory_bytes, limits.memory_bytes)?;
    Resource::CPU.set(seconds, seconds + 1)?;
    Resource::NOFILE.set(FILES, FILES)?;
    Resource::CORE.set(0, 0)?;
    // It writes to pipes alone.
    Resource::FSIZE.set(0, 0)
}
