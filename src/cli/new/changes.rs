//! Several files, all of them written or none.

use crate::files::replace;
use anyhow::{Context, Result};
use std::fs;
use std::path::{Path, PathBuf};

/// Files and what they are to hold, in the order in which they are written.
#[derive(Debug, Default)]
pub(super) struct Changes(Vec<(PathBuf, String)>);

/// What is taken back if a later file cannot be written.
enum Undo {
    Put(PathBuf, Vec<u8>),
    File(PathBuf),
    Folder(PathBuf),
}

impl Changes {
    /// A file that is to hold a text.
    pub(super) fn write(&mut self, path: &Path, text: String) {
        self.0.push((path.to_owned(), text));
    }

    /// Writes them, with the folders that they need.
    ///
    /// # Errors
    /// What the system says; everything is then as it was.
    pub(super) fn apply(self) -> Result<()> {
        let mut done = Vec::new();
        for (path, text) in &self.0 {
            let written = write(path, text.as_bytes(), &mut done);
            if let Err(error) = written {
                done.into_iter().rev().for_each(take_back);
                let message = format!("cannot write {}: nothing was changed", path.display());
                return Err(error).context(message);
            }
        }
        Ok(())
    }
}

fn write(path: &Path, bytes: &[u8], done: &mut Vec<Undo>) -> Result<()> {
    let parents = path.ancestors().skip(1).filter(|p| !p.as_os_str().is_empty());
    let new: Vec<_> = parents.take_while(|p| !p.exists()).collect();
    for folder in new.into_iter().rev() {
        fs::create_dir(folder)?;
        done.push(Undo::Folder(folder.to_owned()));
    }
    let undo = match path.exists() {
        true => Undo::Put(path.to_owned(), fs::read(path)?),
        false => Undo::File(path.to_owned()),
    };
    replace(path, bytes)?;
    done.push(undo);
    Ok(())
}

fn take_back(undo: Undo) {
    // What cannot be taken back is no reason to leave the rest.
    let _ = match undo {
        Undo::Put(path, bytes) => replace(&path, &bytes),
        Undo::File(path) => fs::remove_file(path),
        Undo::Folder(path) => fs::remove_dir(path),
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_cannot_be_written_takes_the_others_back() {
        let folder = tempfile::tempdir().expect("a folder");
        let (old, blocked) = (folder.path().join("old"), folder.path().join("blocked"));
        fs::write(&old, "old").expect("written");
        fs::write(&blocked, "a file").expect("written");
        let mut changes = Changes::default();
        changes.write(&folder.path().join("new/deep/file"), "new".to_owned());
        changes.write(&old, "new".to_owned());
        changes.write(&blocked.join("below"), "never".to_owned());
        let error = changes.apply().expect_err("a file is no folder");
        assert!(format!("{error:#}").contains("nothing was changed"), "{error:#}");
        assert_eq!(fs::read(&old).expect("there"), b"old");
        assert!(!folder.path().join("new").exists());
    }
}
