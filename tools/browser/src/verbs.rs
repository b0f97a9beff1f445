//! What the browser can be asked for.

use lamassu_contract::{
    Call, Effect, Failure,
    Kind::{Flag, Integer, Json, Pairs, Text},
    Verb,
};

const TARGET: &str =
    "a reference of the table such as [7], or a name as people see it: button \"Add to cart\" (Blue mug)";
const SAVED: &str = "where to put it, from the workspace down; a folder with / at its end, or the workspace if absent, keeps its own name";
const SESSION: &str = "what it is called: letters, digits, - and _";
const FIELD: &str = "the field: a reference of the table such as [7], or its label";

/// What most goals do without.
const SELDOM: [&str; 17] = [
    "look",
    "double_click",
    "hover",
    "drag",
    "forward",
    "reload",
    "wait",
    "frame",
    "tabs",
    "dialog",
    "extract",
    "screenshot",
    "upload",
    "download",
    "print",
    "save_session",
    "restore_session",
];

/// The verbs, in the order in which they are offered.
pub(crate) fn verbs() -> Vec<Verb> {
    let all = [acting(), moving(), reading(), keeping()].concat();
    let seldom = |verb: Verb| if SELDOM.contains(&verb.name.as_str()) { verb.seldom() } else { verb };
    all.into_iter().map(seldom).collect()
}

fn acting() -> Vec<Verb> {
    use Effect::{Read, Write};
    vec![
        Verb::new("look", Read, "Shows what is on the page and can be acted on.").takes(
            "about",
            Text,
            "what is wanted; it decides what is shown of a page that is too large to be shown whole",
        ),
        Verb::new("open", Read, "Opens an address in this tab.").needs("url", Text, "the address"),
        Verb::new("click", Read, "Presses an element.").needs("target", Text, TARGET),
        Verb::new("double_click", Write, "Presses an element twice in a row.").needs("target", Text, TARGET),
        Verb::new("hover", Read, "Moves the mouse over an element.").needs("target", Text, TARGET),
        Verb::new("drag", Write, "Drags an element onto another one.").needs("target", Text, TARGET).needs(
            "to",
            Text,
            "the element to drop it on, named like the target",
        ),
        Verb::new("fill", Write, "Replaces what is in a field by a text or a secret; one of the two must be given.")
            .needs("target", Text, FIELD)
            .takes("text", Text, "the text")
            .takes("secret", Text, "the name of a secret"),
        Verb::new("select", Write, "Chooses an option of a list.").needs("target", Text, FIELD).needs(
            "option",
            Text,
            "the option as it is shown",
        ),
        Verb::new("check", Write, "Ticks a checkbox, radio button or switch, or clears it.")
            .needs("target", Text, FIELD)
            .takes("on", Flag, "false to clear it; true if absent"),
        Verb::new("press", Write, "Presses a key, such as Enter, Escape or Control+a.")
            .needs("key", Text, "the key")
            .takes("target", Text, "the element to press it on; what has the focus if absent"),
    ]
}

fn moving() -> Vec<Verb> {
    use Effect::{Read, Write};
    vec![
        Verb::new("scroll", Read, "Scrolls the page, or an element into view.")
            .takes("to", Text, "down, up, end or top; down if absent")
            .takes("by", Integer, "so many pixels; most of what is shown if absent")
            .takes(
                "target",
                Text,
                "the element to bring into view; with `to` or `by`, the box it stands in is scrolled",
            ),
        Verb::new("back", Read, "Goes back to the page before."),
        Verb::new("forward", Read, "Goes forward again to the page after."),
        Verb::new("reload", Read, "Loads this page again."),
        Verb::new(
            "wait",
            Read,
            "Waits for a text, an element or an address, or, if none is given, until the page is quiet.",
        )
        .takes("text", Text, "the text")
        .takes("target", Text, TARGET)
        .takes("address", Text, "a part of the address that the page is to have")
        .takes("gone", Flag, "true to wait until the text or element is gone")
        .takes("seconds", Integer, "at most so long; 10 if absent, 60 at most"),
        Verb::new("frame", Read, "Goes into a frame of another origin; without a target, back to the page.").takes(
            "target",
            Text,
            "a part of the frame's address or title",
        ),
        Verb::new("tabs", Read, "Lists the tabs, shows one of them or closes it.")
            .takes("tab", Integer, "the number of the tab to show")
            .takes("close", Flag, "true to close it instead"),
        Verb::new("dialog", Write, "Answers the dialog that the page shows. Accepting it is a consequential act.")
            .needs("accept", Flag, "true for its OK, false for its Cancel"),
    ]
}

fn reading() -> Vec<Verb> {
    use Effect::Read;
    vec![
        Verb::new("find", Read, "Finds elements, a text or a pattern on the whole page, also far from what is shown.")
            .takes("text", Text, "the text; elements with such a name are listed first")
            .takes("role", Text, "elements of this role alone, such as button, link or textbox")
            .takes("pattern", Text, "a regular expression for the page's text")
            .takes("offset", Integer, "where to go on, in things found"),
        Verb::new("read", Read, "Reads the text of the whole page, or of a part of it, as simple Markdown.")
            .takes("target", Text, "an element, a region by its label, or a heading with all that stands under it")
            .takes("offset", Integer, "where to go on, in characters")
            .takes("limit", Integer, "at most so many characters"),
        Verb::new("extract", Read, "Takes values out of the page. Either `fields` or `schema` must be given.")
            .takes(
                "fields",
                Pairs,
                "for each value its name and either the label it stands behind or a regular expression, whose first group counts",
            )
            .takes(
                "schema",
                Json,
                "a JSON Schema of type object: each property is a label of the page, by its `title` or its name; an \
                 array of objects is a table with such columns, or cards that are alike",
            )
            .takes("offset", Integer, "where to go on in a long array"),
        Verb::new("screenshot", Read, "Takes a picture of what is shown.")
            .takes("full", Flag, "true for the whole page")
            .takes("target", Text, "the element to take a picture of")
            .takes("marks", Flag, "true to draw the numbers of the last look's table into it")
            .takes("width", Integer, "make it no wider than so many pixels, where the browser can"),
    ]
}

/// Files and sessions: what comes from a page or goes to it, and stays.
fn keeping() -> Vec<Verb> {
    use Effect::Write;
    vec![
        Verb::new("upload", Write, "Puts a file of the workspace into a field for files.")
            .needs("target", Text, "the field, or the button or label that stands for it")
            .needs("path", Text, "the file, from the workspace down"),
        Verb::new("download", Write, "Takes a file from the web into the workspace; `target` or `url` must be given.")
            .takes("target", Text, "what to press for it, such as link \"Invoice\"")
            .takes("url", Text, "its address")
            .takes("path", Text, SAVED),
        Verb::new("print", Write, "Prints the page into a PDF file of the workspace.").takes("path", Text, SAVED),
        Verb::new("save_session", Write, "Saves the cookies of all sites, so that another run is signed in too.")
            .needs("name", Text, SESSION),
        Verb::new("restore_session", Write, "Takes up a saved session; pages are signed in when they load.")
            .needs("name", Text, SESSION),
    ]
}

/// Checks that `call` names a verb and none but its arguments.
///
/// # Errors
///
/// [`FailureKind::Invalid`](lamassu_contract::FailureKind::Invalid): says what there is.
pub(crate) fn check(call: &Call) -> Result<Verb, Failure> {
    let mut verbs = verbs();
    let Some(index) = verbs.iter().position(|verb| verb.name == call.verb) else {
        let names: Vec<_> = verbs.into_iter().map(|verb| verb.name).collect();
        return Err(Failure::invalid(format!("the browser cannot `{}`; it can {}", call.verb, names.join(", "))));
    };
    let verb = verbs.swap_remove(index);
    let known = |name: &String| verb.schema.pointer("/properties").and_then(|all| all.get(name)).is_some();
    match call.args.keys().find(|name| !known(name)) {
        Some(name) => Err(Failure::invalid(format!("`{}` takes no `{name}`", call.name()))),
        None => Ok(verb),
    }
}
