//! Files, written whole or not at all.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// Replaces a file: writes beside it and renames, so that a full disk or a stopped run loses
/// nothing that was there. What is no file, as a pipe or `/dev/stdout`, is written to as it is, and
/// a link goes on pointing to its file.
///
/// # Errors
/// What the system says; the old file is then untouched.
pub fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let Some(path) = to_be_renamed(path) else {
        return fs::OpenOptions::new().write(true).open(path)?.write_all(bytes);
    };
    let beside = beside(&path);
    let write = || {
        let mut file = fs::File::create(&beside)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&beside, path)
    };
    write().inspect_err(|_| {
        // What could not be written is of no use; that it cannot be removed changes nothing.
        let _ = fs::remove_file(&beside);
    })
}

/// The file that a path names, or will name; `None` where something else is there: renaming would
/// put a file in the place of a device.
fn to_be_renamed(path: &Path) -> Option<PathBuf> {
    match fs::metadata(path) {
        Ok(found) if !found.is_file() => None,
        Ok(_) => Some(fs::canonicalize(path).unwrap_or_else(|_| path.to_owned())),
        Err(_) => Some(path.to_owned()),
    }
}

/// Whether a file can be written there, before a long run is spent on its contents.
///
/// # Errors
/// What the system says.
pub fn writable(path: &Path) -> io::Result<()> {
    if path.is_dir() {
        return Err(io::Error::new(io::ErrorKind::IsADirectory, "is a folder"));
    }
    let Some(path) = to_be_renamed(path) else { return Ok(()) };
    let beside = beside(&path);
    fs::File::create(&beside)?;
    fs::remove_file(&beside)
}

fn beside(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".part");
    path.with_file_name(name)
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::os::unix::fs::FileTypeExt as _;
    use std::process::Command;

    #[test]
    fn a_pipe_stays_a_pipe_and_a_link_a_link() {
        let folder = tempfile::tempdir().expect("a folder");
        let (file, link) = (folder.path().join("file"), folder.path().join("link"));
        replace(&file, b"old").expect("written");
        std::os::unix::fs::symlink(&file, &link).expect("a link");
        writable(&link).expect("writable");
        replace(&link, b"new").expect("written");
        assert!(fs::symlink_metadata(&link).expect("a link").is_symlink());
        assert_eq!(fs::read(&file).expect("a file"), b"new");

        let pipe = folder.path().join("pipe");
        assert!(Command::new("mkfifo").arg(&pipe).status().expect("mkfifo").success());
        let reader = Command::new("cat").arg(&pipe).stdout(std::process::Stdio::piped()).spawn();
        let mut reader = reader.expect("cat");
        writable(&pipe).expect("writable");
        replace(&pipe, b"through").expect("written");
        let is_pipe = fs::metadata(&pipe).expect("still there").file_type().is_fifo();
        if !is_pipe {
            reader.kill().expect("it waits for ever");
        }
        let read = reader.wait_with_output().expect("read").stdout;
        assert!(is_pipe && read == b"through", "{read:?}");
        assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 3, "nothing beside");
    }
}
