//! Paths as a planner writes them, brought into canonical form. Nothing is looked up here.

use std::fmt;

use lamassu_contract::{Failure, FailureKind, has_placeholder};

use crate::name::quoted;

/// The longest name that common file systems take, in bytes.
const LONGEST_NAME: usize = 255;
/// The longest path, in bytes.
const LONGEST_PATH: usize = 4096;

/// A path inside the workspace: names with `/` between them. The workspace itself has none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct WorkspacePath {
    // INVARIANT: no name is empty, `.` or `..`, and none holds `/`, `\` or a control character.
    names: Vec<String>,
}

impl WorkspacePath {
    /// Reads `text`. A name `.` is dropped; everything else must already be plain.
    ///
    /// # Errors
    ///
    /// [`FailureKind::OutOfBounds`] for whatever could mean a place outside to any reader of the
    /// path, not only to this one: other systems decode and normalise what they are handed.
    pub(crate) fn parse(text: &str) -> Result<Self, Failure> {
        let refuse = |why: &str| Err(out_of_bounds(text, why));
        if text.len() > LONGEST_PATH {
            return refuse("is too long; a path has at most 4096 bytes");
        }
        if text.is_empty() {
            return refuse("is empty; name a file, or `.` for the workspace");
        }
        if text.starts_with('/') {
            return refuse("is absolute; name it relative to the workspace");
        }
        if text.contains('\\') {
            return refuse("holds a backslash; put `/` between names");
        }
        if text.chars().any(char::is_control) {
            return refuse("holds a control character; use plain names");
        }
        if hides_a_separator(text) {
            return refuse("holds a percent-encoded separator; write names as they are");
        }
        if has_placeholder(text) {
            return refuse("names a secret; a secret is never part of a path");
        }
        let names: Result<Vec<_>, _> = text.split('/').filter(|name| *name != ".").map(plain).collect();
        match names {
            Ok(names) => Ok(Self { names }),
            Err(why) => refuse(why),
        }
    }

    /// The names of the folders above it, and its own.
    ///
    /// # Errors
    ///
    /// [`FailureKind::OutOfBounds`] for the workspace itself, which has no name.
    pub(crate) fn split(&self) -> Result<(&[String], &str), Failure> {
        let (leaf, folders) = self
            .names
            .split_last()
            .ok_or_else(|| out_of_bounds(".", "is the workspace itself; name a file or folder in it"))?;
        Ok((folders, leaf))
    }

    /// Its names, outermost first.
    pub(crate) fn names(&self) -> &[String] {
        &self.names
    }

    /// Whether it lies inside `other`.
    pub(crate) fn is_inside(&self, other: &Self) -> bool {
        self.names.len() > other.names.len() && self.names.starts_with(&other.names)
    }
}

impl fmt::Display for WorkspacePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.names.join("/"))
    }
}

fn out_of_bounds(path: &str, why: &str) -> Failure {
    Failure::new(FailureKind::OutOfBounds, format!("the path {} {why}", quoted(path)))
}

fn plain(name: &str) -> Result<String, &'static str> {
    match name {
        "" => Err("holds an empty name; put one `/` between names and none at the end"),
        ".." => Err("climbs with `..`; name it from the workspace down"),
        _ if name.len() > LONGEST_NAME => Err("holds a name over 255 bytes; use a shorter one"),
        _ => Ok(name.to_owned()),
    }
}

/// Whether some reader could decode a dot, a separator or NUL out of `text`: percent-encoded,
/// once or several times over, in the overlong forms of UTF-8, or as `%u002e`.
fn hides_a_separator(text: &str) -> bool {
    let mut text = text.to_ascii_lowercase();
    while text.contains("%25") {
        text = text.replace("%25", "%");
    }
    let encoded = ["%2e", "%2f", "%5c", "%00", "%c0", "%c1", "%e0%80", "%f0%80", "%u"];
    encoded.iter().any(|form| text.contains(form))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_path_is_canonical_without_its_dots() {
        let seen = ["a.txt", "./a/./b.txt", ".", "..a", "100% sure.txt", "My%20Doc.pdf", "تقرير/a"]
            .map(|text| WorkspacePath::parse(text).unwrap().to_string());
        assert_eq!(seen, ["a.txt", "a/b.txt", "", "..a", "100% sure.txt", "My%20Doc.pdf", "تقرير/a"]);
    }

    #[test]
    fn whatever_could_lead_out_is_refused() {
        let long = "x".repeat(256);
        let deep = "a/".repeat(3000);
        let paths = [
            "",
            "/",
            "/etc/passwd",
            "//etc/passwd",
            "/dev/fd/3",
            "/proc/self/root/etc/passwd",
            "..",
            "../x",
            "../../etc/passwd",
            "a/../../x",
            "a/..",
            "./../x",
            "a//b",
            "a/",
            r"..\..\x",
            r"C:\x",
            r"a\..\..\x",
            "%2e%2e/x",
            "%2E%2e/x",
            ".%2e/x",
            "%252e%252e/x",
            "%25252e/x",
            "a%2fb",
            "a%5Cb",
            "%c0%ae%c0%ae/x",
            "%e0%80%ae/x",
            "%u002e%u002e/x",
            "a%00.txt",
            "a\0b",
            "a\nb",
            "a\u{1b}b",
            "a\u{85}b",
            "{secret pin}.txt",
            &long,
            &deep,
        ];
        let let_through: Vec<_> = paths
            .into_iter()
            .filter(
                |path| !matches!(WorkspacePath::parse(path), Err(failure) if failure.kind == FailureKind::OutOfBounds),
            )
            .collect();
        assert_eq!(let_through, Vec::<&str>::new());
    }

    #[test]
    fn a_folder_whose_name_only_begins_alike_is_not_inside() {
        let [work, evil, inner] = ["work", "work-evil/a", "work/a"].map(|text| WorkspacePath::parse(text).unwrap());
        assert_eq!([evil.is_inside(&work), inner.is_inside(&work), work.is_inside(&work)], [false, true, false]);
    }
}
