//! Names that pages suggest for files. A page may suggest anything, so little of it is kept.

/// The longest name that is kept, in bytes.
const LONGEST: usize = 120;
/// The longest ending that is kept when a name is cut, in bytes.
const LONGEST_ENDING: usize = 12;

/// `name` as one plain name of a file that is not hidden; `None` if nothing of it is left.
pub(crate) fn clean(name: &str) -> Option<String> {
    let plain = |character: char| character.is_alphanumeric() || " .-_()+,@&'".contains(character);
    let name: String = name.chars().map(|character| if plain(character) { character } else { '_' }).collect();
    let name = name.trim_start_matches(['.', ' ', '_']).trim_end_matches(['.', ' ']);
    if name.is_empty() {
        return None;
    }
    if name.len() <= LONGEST {
        return Some(name.to_owned());
    }
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    let ending = if ending.len() <= LONGEST_ENDING { ending } else { "" };
    let cut = |text: &str, length: usize| text.get(..text.floor_char_boundary(length)).unwrap_or_default().to_owned();
    let stem = cut(name, LONGEST - ending.len() - 1);
    let stem = stem.trim_end_matches(['.', ' ']);
    Some(if ending.is_empty() { stem.to_owned() } else { format!("{stem}.{ending}") })
}

/// The media type that the ending of `path` stands for.
pub(crate) fn kind(path: &str) -> &'static str {
    let ending = path.rsplit_once('.').map_or("", |(_, ending)| ending).to_ascii_lowercase();
    match ending.as_str() {
        "csv" => "text/csv",
        "docx" => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "gif" => "image/gif",
        "htm" | "html" => "text/html",
        "ics" => "text/calendar",
        "jpeg" | "jpg" => "image/jpeg",
        "json" => "application/json",
        "md" => "text/markdown",
        "pdf" => "application/pdf",
        "png" => "image/png",
        "svg" => "image/svg+xml",
        "txt" => "text/plain",
        "webp" => "image/webp",
        "xlsx" => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "xml" => "application/xml",
        "zip" => "application/zip",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_suggested_name_is_one_plain_name() {
        let names = [
            ("report.pdf", Some("report.pdf")),
            ("../../x", Some("x")),
            (r"..\..\x.exe", Some("x.exe")),
            (".bashrc", Some("bashrc")),
            ("a/b%2fc", Some("a_b_2fc")),
            ("invoice\u{202e}fdp.exe", Some("invoice_fdp.exe")),
            ("{secret pin}.txt", Some("secret pin_.txt")),
            ("Übersicht (2).csv", Some("Übersicht (2).csv")),
            ("a\nb. ", Some("a_b")),
            ("...", None),
            ("", None),
        ];
        let seen = names.map(|(name, _)| (name, clean(name)));
        assert_eq!(seen, names.map(|(name, cleaned)| (name, cleaned.map(str::to_owned))));
    }

    #[test]
    fn a_long_name_keeps_its_ending() {
        let seen = [format!("{}.pdf", "é".repeat(500)), "x".repeat(500), format!("a.{}", "y".repeat(500))]
            .map(|name| clean(&name).unwrap());
        let [accents, plain, ending] = &seen;
        assert!(accents.ends_with("é.pdf") && seen.iter().all(|name| name.len() <= LONGEST), "{seen:?}");
        assert!(plain.starts_with("xx") && ending.starts_with("a.yy"), "{seen:?}");
    }
}
