//! The page: plain files inside the program, and what it forbids itself.

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

/// What the page may do: its own scripts, styles and pictures, and ask this server. No text becomes markup.
pub(super) const RULES: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; manifest-src 'none'; \
     base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
);

const FILES: &[(&str, &str, &str)] = &[
    ("", "text/html; charset=utf-8", include_str!("page/index.html")),
    ("page.css", "text/css; charset=utf-8", include_str!("page/page.css")),
    ("page.js", "text/javascript; charset=utf-8", include_str!("page/page.js")),
    ("make.js", "text/javascript; charset=utf-8", include_str!("page/make.js")),
    ("talk.js", "text/javascript; charset=utf-8", include_str!("page/talk.js")),
    ("runs.js", "text/javascript; charset=utf-8", include_str!("page/runs.js")),
    ("run.js", "text/javascript; charset=utf-8", include_str!("page/run.js")),
    ("picture.js", "text/javascript; charset=utf-8", include_str!("page/picture.js")),
    ("steps.js", "text/javascript; charset=utf-8", include_str!("page/steps.js")),
    ("question.js", "text/javascript; charset=utf-8", include_str!("page/question.js")),
    ("hand.js", "text/javascript; charset=utf-8", include_str!("page/hand.js")),
    ("lesson.js", "text/javascript; charset=utf-8", include_str!("page/lesson.js")),
    ("compare.js", "text/javascript; charset=utf-8", include_str!("page/compare.js")),
    ("policies.js", "text/javascript; charset=utf-8", include_str!("page/policies.js")),
    ("icon.svg", "image/svg+xml", include_str!("page/icon.svg")),
    ("api/openapi.json", "application/json", include_str!("page/openapi.json")),
];

/// The file `name`.
pub(super) fn file(name: &str) -> Response {
    match FILES.iter().find(|(known, ..)| *known == name) {
        Some((_, kind, text)) => ([(header::CONTENT_TYPE, *kind)], *text).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// What somebody sees who has just come in: the cookie is sent only by a page of this server, so this one
/// leads on to the next.
pub(super) const DOOR: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Lamassu</title>\
    <meta http-equiv=\"refresh\" content=\"0;url=/\"><p>Opening the console …</p></html>";

/// What somebody sees who may not come in.
pub(super) fn outside(why: &str) -> String {
    let why: String = why.chars().filter(|sign| !"<>&\"".contains(*sign)).collect();
    format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>Lamassu</title><h1>This console is closed to you</h1><p>{why}.</p></html>"
    )
}

#[cfg(test)]
mod tests {
    use super::FILES;

    #[test]
    fn the_page_weighs_less_than_200_kilobytes() {
        let weight: usize = FILES.iter().map(|(.., text)| text.len()).sum();
        assert!(weight < 200_000, "{weight} bytes");
    }

    #[test]
    fn no_text_becomes_markup_and_no_script_stands_in_the_page() {
        for (name, _, text) in FILES {
            for word in ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "<script>"] {
                assert!(!text.contains(word), "`{word}` in {name}");
            }
        }
    }
}
