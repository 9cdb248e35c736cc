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

/// A folder that takes the place of another as a whole, once everything is in it.
#[derive(Debug)]
pub struct Folder {
    place: PathBuf,
    beside: PathBuf,
}

impl Folder {
    /// Prepares to replace a folder: one that is not there, is empty, or holds the file `mark` by
    /// which an earlier one of its kind is known. Nothing else is ever deleted.
    ///
    /// # Errors
    /// A folder that holds something else, or in which the run itself stands, or what the system
    /// says.
    pub fn replacing(path: &Path, mark: &str) -> io::Result<Self> {
        let refuse = |words: &str| Err(io::Error::new(io::ErrorKind::AlreadyExists, words));
        match fs::read_dir(path) {
            Ok(mut entries) => {
                if entries.next().is_some() && !path.join(mark).is_file() {
                    return refuse("it is not empty and no report; name another folder");
                }
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) if error.kind() == io::ErrorKind::NotADirectory => {
                return refuse("it is a file; name another folder");
            }
            Err(error) => return Err(error),
        }
        // Through links, so that a link goes on pointing to its folder.
        let place = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        if std::env::current_dir().is_ok_and(|here| here.starts_with(&place)) {
            return refuse("the run stands in it; name another folder");
        }
        let beside = named(&place, "new");
        match fs::remove_dir_all(&beside) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        fs::create_dir_all(&beside)?;
        Ok(Self { place, beside })
    }

    /// Writes a file in the new folder, its name relative to it.
    ///
    /// # Errors
    /// What the system says; the old folder is untouched.
    pub fn write(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let path = self.beside.join(name);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::write(path, bytes)
    }

    /// Puts the new folder in the place of the old one.
    ///
    /// # Errors
    /// What the system says; the old folder is then back in its place, or beside it.
    pub fn finish(self) -> io::Result<()> {
        let old = named(&self.place, "old");
        let had = self.place.exists();
        if had {
            match fs::remove_dir_all(&old) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
            fs::rename(&self.place, &old)?;
        }
        if let Err(error) = fs::rename(&self.beside, &self.place) {
            if had {
                fs::rename(&old, &self.place)?;
            }
            return Err(error);
        }
        if had { fs::remove_dir_all(&old) } else { Ok(()) }
    }
}

/// A folder beside another, under a name that nobody else gives.
fn named(place: &Path, what: &str) -> PathBuf {
    let name = place.file_name().unwrap_or_default().to_string_lossy();
    place.with_file_name(format!(".{name}.theoremcheck-{what}"))
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What was not finished is of no use; that it cannot be removed changes nothing.
        let _ = fs::remove_dir_all(&self.beside);
    }
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

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).expect("a folder");
        let name = |e: io::Result<fs::DirEntry>| e.expect("an entry").file_name();
        let mut names: Vec<String> =
            entries.map(|e| name(e).to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_folder_is_replaced_as_a_whole_or_not_at_all() {
        let parent = tempfile::tempdir().expect("a folder");
        let place = parent.path().join("site");
        let write = |name: &str, finish: bool| {
            let folder = Folder::replacing(&place, "mark").expect("prepared");
            folder.write(&format!("in/{name}"), b"x").expect("written");
            folder.write("mark", b"x").expect("written");
            if finish {
                folder.finish().expect("finished");
            }
        };
        write("one", true);
        assert_eq!(names(&place.join("in")), ["one"]);
        write("two", false);
        assert_eq!(names(&place.join("in")), ["one"], "an unfinished folder changes nothing");
        write("three", true);
        assert_eq!(names(&place.join("in")), ["three"], "nothing of the old one stays");
        assert_eq!(names(parent.path()), ["site"], "nothing beside");
        let link = parent.path().join("link");
        std::os::unix::fs::symlink(&place, &link).expect("a link");
        let folder = Folder::replacing(&link, "mark").expect("prepared");
        folder.write("mark", b"x").expect("written");
        folder.finish().expect("finished");
        assert!(fs::symlink_metadata(&link).expect("a link").is_symlink());
        assert_eq!(names(&place), ["mark"]);
    }

    #[test]
    fn what_is_no_report_is_never_replaced() {
        let parent = tempfile::tempdir().expect("a folder");
        let place = parent.path().join("thesis");
        fs::create_dir(&place).expect("a folder");
        drop(Folder::replacing(&place, "mark").expect("an empty folder may be replaced"));
        fs::write(place.join("chapter"), b"years of work").expect("written");
        let refused = Folder::replacing(&place, "mark").expect_err("it is not empty");
        assert!(refused.to_string().contains("name another folder"), "{refused}");
        assert!(Folder::replacing(&place.join("chapter"), "mark").is_err(), "a file");
        assert!(Folder::replacing(&place.join("chapter/site"), "mark").is_err(), "under a file");
        let here = std::env::current_dir().expect("a folder");
        assert!(Folder::replacing(&here, "Cargo.toml").is_err(), "where the run stands");
        assert_eq!(names(&place), ["chapter"]);
        assert_eq!(names(parent.path()), ["thesis"]);
    }

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
