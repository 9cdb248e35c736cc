//! Files, written whole or not at all.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// Replaces a file: writes beside it and renames, so that a full disk or a stopped run loses
/// nothing that was there.
///
/// # Errors
/// What the system says; the old file is then untouched.
pub fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let beside = beside(path);
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

/// Whether a file can be written there, before a long run is spent on its contents.
///
/// # Errors
/// What the system says.
pub fn writable(path: &Path) -> io::Result<()> {
    if path.is_dir() {
        return Err(io::Error::new(io::ErrorKind::IsADirectory, "is a folder"));
    }
    let beside = beside(path);
    fs::File::create(&beside)?;
    fs::remove_file(&beside)
}

fn beside(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".part");
    path.with_file_name(name)
}
