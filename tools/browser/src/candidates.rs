//! What the rows of a look would be as actions, so that they can be judged before anyone asks for one.

use lamassu_contract::{Call, Candidate, Effect, Page};
use serde_json::json;

use crate::{
    deed::{Aim, Deed, Text},
    describe::{clicked, upon},
    page::{Described, Meanings, Place},
    session::Session,
};

/// The candidates of `page`. What has changed since it was looked at is left out; the gate sees it
/// as it then is.
pub(crate) async fn candidates(session: &mut Session, page: &Page) -> Vec<Candidate> {
    let references: Vec<_> = page.table.rows.iter().map(|row| row.reference).collect();
    let asked = session.ask::<Meanings>("meanings", json!({ "references": references })).await;
    let Some(Meanings { place, all }) = asked.ok().filter(|meanings| meanings.place.page() == Some(page.url.clone()))
    else {
        return Vec::new();
    };
    all.into_iter().filter_map(|element| candidate(&place, element)).collect()
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
