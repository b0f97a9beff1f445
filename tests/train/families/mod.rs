//! Families of pages with what people ask for on them. Each is made of chance: names, wordings, layouts and
//! attributes differ from episode to episode.

mod days;
mod desk;
mod flow;
mod forms;
mod plain;
mod records;
mod shops;
mod tongues;
mod visits;
mod words;

use crate::{chance::Chance, lesson::Episode};

/// One kind of page and wish.
#[derive(Debug)]
pub(crate) struct Family {
    pub(crate) name: &'static str,
    pub(crate) make: fn(&mut Chance) -> Episode,
}

/// The families that are learned from.
pub(crate) const FAMILIES: &[Family] = &[
    Family { name: "press", make: plain::press },
    Family { name: "press in turn", make: plain::in_turn },
    Family { name: "press a kind", make: plain::kind },
    Family { name: "colours", make: plain::colours },
    Family { name: "boxes", make: plain::boxes },
    Family { name: "choices", make: plain::choices },
    Family { name: "unfold", make: plain::unfold },
    Family { name: "notice in the way", make: plain::notice },
    Family { name: "copy a text", make: plain::copy },
    Family { name: "scroll and sign", make: plain::scroll },
    Family { name: "form", make: forms::form },
    Family { name: "search", make: forms::search },
    Family { name: "suggestions", make: forms::suggestions },
    Family { name: "German and Korean", make: forms::abroad },
    Family { name: "row icons", make: records::icons },
    Family { name: "row buttons", make: records::buttons },
    Family { name: "messages", make: records::messages },
    Family { name: "ordinals", make: records::ordinals },
    Family { name: "tree", make: records::tree },
    Family { name: "most and least", make: records::most },
    Family { name: "several pages", make: flow::pages },
    Family { name: "conditions", make: flow::condition },
    Family { name: "late controls", make: flow::late },
    Family { name: "cart", make: shops::cart },
    Family { name: "looking up", make: shops::look_up },
    Family { name: "lists in rows", make: shops::desk },
    Family { name: "letters", make: shops::letters },
    Family { name: "profile", make: shops::profile },
    Family { name: "calendar", make: days::calendar },
    Family { name: "date and time fields", make: days::fields },
    Family { name: "filters", make: desk::filters },
    Family { name: "questions", make: desk::questions },
    Family { name: "covered", make: desk::covered },
    Family { name: "booking", make: visits::booking },
    Family { name: "own things", make: desk::own },
    Family { name: "beside labels", make: desk::labels },
    Family { name: "by meaning", make: desk::meaning },
    Family { name: "true of rows", make: records::truth },
];

/// The families that are never learned from: they tell whether what was learned holds elsewhere.
pub(crate) const HELD_OUT: &[Family] = &[
    Family { name: "keyed form", make: forms::keyed },
    Family { name: "tickets", make: records::tickets },
    Family { name: "settings", make: forms::settings },
    Family { name: "desk abroad", make: desk::abroad },
];
