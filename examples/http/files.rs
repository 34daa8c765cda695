//! The files of a folder. They are read on other threads, so that the loop goes on meanwhile.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Read};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use loop_core::prelude::*;

use super::answer::{Answer, Status};

/// How much of a file is in memory at a time.
const PIECE: u64 = 64 * 1024;

/// A folder whose files may be read: no others, and no hidden ones.
#[derive(Clone, Debug)]
pub struct Folder {
    /// Without symbolic links.
    root: PathBuf,
}

impl Folder {
    /// The folder at a path.
    ///
    /// # Errors
    ///
    /// If there is none.
    pub fn new(path: impl AsRef<Path>) -> io::Result<Folder> {
        let root = fs::canonicalize(path)?;
        match root.is_dir() {
            true => Ok(Folder { root }),
            false => Err(ErrorKind::NotADirectory.into()),
        }
    }

    /// The answer with the file that a request wants.
    pub fn get(&self, target: &str) -> Coroutine<Answer> {
        answer(self.root.clone(), relative(target))
    }
}

/// The path that a target means, within a folder. `None` if it means none: it has a `..`, a hidden name or a zero byte, or is badly encoded.
fn relative(target: &str) -> Option<PathBuf> {
    let path = target.split(['?', '#']).next().unwrap_or_default();
    let decoded = decoded(path)?;
    let mut relative = PathBuf::new();
    for name in decoded.split(|byte| *byte == b'/') {
        match name {
            b"" | b"." => {}
            name if name[0] == b'.' || name.contains(&0) => return None,
            name => relative.push(OsStr::from_bytes(name)),
        }
    }
    Some(relative)
}

/// A text in which `%` and two digits stand for a byte.
fn decoded(text: &str) -> Option<Vec<u8>> {
    let mut bytes = text.bytes();
    let mut decoded = Vec::with_capacity(text.len());
    while let Some(byte) = bytes.next() {
        decoded.push(match byte {
            b'%' => {
                let mut digit = || char::from(bytes.next()?).to_digit(16);
                (digit()? * 16 + digit()?) as u8
            }
            byte => byte,
        });
    }
    Some(decoded)
}

#[loop_core::coroutine]
fn answer(root: PathBuf, relative: Option<PathBuf>) -> Answer {
    let Some(relative) = relative else {
        return Answer::error(Status::NOT_FOUND, "there is no such file");
    };
    match yield_!(Blocking(move || open(&root, &relative))) {
        Ok(answer) => answer,
        Err(error) => match error.kind() {
            ErrorKind::NotFound | ErrorKind::NotADirectory | ErrorKind::InvalidFilename => {
                Answer::error(Status::NOT_FOUND, "there is no such file")
            }
            ErrorKind::PermissionDenied => Answer::error(Status::FORBIDDEN, "it may not be read"),
            _ => Answer::error(Status::ERROR, error.kind()),
        },
    }
}

/// Opens a file, and reads its beginning. (Somebody who can change links of the folder in this very moment could still lead out of it.)
fn open(root: &Path, relative: &Path) -> io::Result<Answer> {
    let mut path = fs::canonicalize(root.join(relative))?;
    if path.is_dir() {
        path = fs::canonicalize(path.join("index.html"))?;
    }
    // Where its links lead to. What is no file, a pipe for example, could keep the thread for ever.
    if !path.starts_with(root) || !path.is_file() {
        return Err(ErrorKind::NotFound.into());
    }
    let file = File::open(&path)?;
    let mut rest = Rest {
        left: file.metadata()?.len(),
        file,
    };
    let mut body = Vec::new();
    if rest.left > 0 {
        rest.read(&mut body)?;
    }
    Ok(Answer {
        rest: (rest.left > 0).then_some(rest),
        ..Answer::new(content_type(&path), body)
    })
}

fn content_type(path: &Path) -> &'static str {
    match path.extension().and_then(OsStr::to_str) {
        Some("html") => "text/html; charset=utf-8",
        Some("txt" | "md" | "rs" | "toml") => "text/plain; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("json") => "application/json",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("jpg" | "jpeg") => "image/jpeg",
        _ => "application/octet-stream",
    }
}

/// The rest of a file.
#[derive(Debug)]
pub struct Rest {
    file: File,
    left: u64,
}

impl Rest {
    /// So many bytes.
    pub fn left(&self) -> u64 {
        self.left
    }

    fn read(&mut self, buffer: &mut Vec<u8>) -> io::Result<()> {
        let piece = self.left.min(PIECE);
        buffer.reserve_exact(piece as usize);
        let read = (&mut self.file).take(piece).read_to_end(buffer)? as u64;
        self.left -= read;
        match read < piece {
            // It is shorter now than what the answer has promised.
            true => Err(ErrorKind::UnexpectedEof.into()),
            false => Ok(()),
        }
    }
}

/// Reads the next piece into an empty buffer.
#[loop_core::coroutine(skip_all)]
pub(super) fn read_on(mut rest: Rest, mut buffer: Vec<u8>) -> io::Result<(Rest, Vec<u8>)> {
    yield_!(Blocking(move || rest
        .read(&mut buffer)
        .map(|()| (rest, buffer))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_means_a_path_within_the_folder_or_none() {
        let path = |target| relative(target).map(|path| path.to_str().unwrap().to_owned());
        let is = |target, expected: &str| assert_eq!(path(target).as_deref(), Some(expected));
        is("/", "");
        is("/a/b.txt", "a/b.txt");
        is("//a/./b", "a/b");
        is("/a%20b?c/../d", "a b");
        is("/%61#..", "a");
        for target in [
            "/..",
            "/../etc/passwd",
            "/a/../b",
            "/%2e%2e/etc",
            "/%2E./etc",
            "/a%2f..%2fb",
            "/.git/config",
            "/a%00",
            "/%",
            "/%4",
            "/%zz",
            "/%+1",
        ] {
            assert_eq!(path(target), None, "{target}");
        }
    }
}
