//! What the rows of a look would be as actions, so that they can be judged before anyone asks for one.

use crate::{
    deed::{Aim, Deed, Text},
    describe::{clicked, upon},
    page::{Described, Place},
    session::Session,
};
use lamassu_contract::{Call, Candidate, Effect, Page};

/// The candidates of `page`, which is what was looked at last, as they were then; the gate sees each as it is
/// when somebody asks for it.
pub(crate) fn candidates(session: &Session, page: &Page) -> Vec<Candidate> {
    if session.place.page().as_ref() != Some(&page.url) {
        return Vec::new();
    }
    let rows = page.table.rows.iter().chain(&page.more);
    let elements = rows.filter_map(|row| session.prints.get(row.reference));
    elements.filter_map(|element| candidate(&session.place, element.clone())).collect()
}

/// What is most likely to be done with `element`; `None` for what no policy could be asked about.
fn candidate(place: &Place, element: Described) -> Option<Candidate> {
    let reference = element.reference;
    let call = |verb: &str| Call::new("browser", verb).with("target", format!("[{reference}]"));
    let aim = Aim::at(place, &element);
    let found = (place.clone(), element);
    let action = match found.1.role.as_str() {
        "textbox" | "searchbox" | "spinbutton" => {
            let deed = Deed::Fill { aim, with: Text::Plain(String::new()) };
            upon(&call("fill").with("text", ""), Effect::Write, &found, deed)
        }
        "combobox" | "listbox" => {
            let deed = Deed::Select { aim, option: String::new() };
            upon(&call("select").with("option", ""), Effect::Write, &found, deed)
        }
        _ => clicked(&call("click"), &found),
    };
    Some(Candidate { reference, action: action.ok()? })
}
