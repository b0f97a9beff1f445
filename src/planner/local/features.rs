//! What a candidate is judged by: named numbers, most of them between 0 and 1, and the weights that
//! hold before anything is learned.

macro_rules! features {
    ($($(#[$doc:meta])* $name:ident = $prior:literal,)*) => {
        /// One thing that a candidate is judged by.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Feature {
            $($(#[$doc])* $name,)*
        }

        /// The names of all features, in order.
        pub const NAMES: &[&str] = &[$(stringify!($name),)*];
        /// The weights that hold before anything is learned.
        pub const PRIOR: &[f32] = &[$($prior,)*];
        /// How many features there are.
        pub const COUNT: usize = NAMES.len();
    };
}

features! {
    /// It presses something.
    Click = 0.0,
    /// It ticks or clears something.
    Check = 0.2,
    /// It types something.
    Fill = 0.0,
    /// It chooses an option.
    Select = 0.3,
    /// It moves the mouse.
    Hover = 0.0,
    /// It scrolls.
    Scroll = -1.0,
    /// It drags.
    Drag = 0.0,
    /// It presses a key.
    Press = -0.5,
    /// It waits.
    Wait = -3.0,
    /// It says that the goal is reached.
    Done = -1.0,
    /// Its whole name stands in the instruction.
    WholeMention = 2.6,
    /// Its name is all that stands between two quotes.
    QuotedMention = 1.2,
    /// Its name is a span of the instruction, such as one item of a list.
    SpanMention = 0.5,
    /// How much of its name stands in the instruction, if not all of it.
    PartMention = 1.5,
    /// How rare the words that it shares with the instruction are on this page.
    Rarity = 0.5,
    /// What the instruction says of it was taken care of.
    TakenMention = -4.0,
    /// The instruction speaks of it before everything else that is left.
    First = 1.6,
    /// One divided by its place among what is left.
    Order = 1.0,
    /// A word beside its mention names its kind.
    KindFits = 0.9,
    /// A word beside its mention names another kind.
    KindClash = -0.8,
    /// The instruction names its kind and nothing else.
    KindOnly = 1.8,
    /// The verb before its mention asks for this.
    VerbFits = 0.5,
    /// The verb before its mention asks for something else.
    VerbClash = -0.8,
    /// It means what a word of the instruction means that is left.
    Concept = 2.2,
    /// It means what a word means that was taken care of.
    TakenConcept = -1.5,
    /// How well the words of its row fit the instruction, against the other rows.
    Record = 2.2,
    /// Another row fits better.
    OtherRecord = -3.0,
    /// It is the one that an ordinal counts to.
    Ordinal = 4.0,
    /// It is counted, but it is another one.
    OtherOrdinal = -2.5,
    /// It belongs to the record that is the most or least.
    Most = 3.6,
    /// It belongs to another record than that.
    OtherMost = -2.5,
    /// It has the colour that is asked for.
    Colour = 4.0,
    /// It has another one.
    OtherColour = -2.0,
    /// It is the day that is asked for.
    Day = 5.0,
    /// It leads to the month that is asked for.
    ToMonth = 4.2,
    /// It is another day.
    OtherDay = -4.0,
    /// It opens a calendar that is needed.
    OpensCalendar = 4.0,
    /// It leads to the page on which the one that is counted to stands.
    ToPage = 4.2,
    /// It leads away from the month that is asked for.
    WrongStep = -4.0,
    /// Its name says something that is true of its row.
    True = 4.0,
    /// Its name says something that is not.
    False = -4.0,
    /// It sends off, and nothing is left to be filled in.
    Ready = 2.6,
    /// It sends off, and something is left.
    Early = -3.0,
    /// It has just come, and fits what was typed.
    Suggestion = 5.0,
    /// It has just come.
    Fresh = 0.5,
    /// It unfolds something while what is asked for is nowhere to be seen.
    Explore = 2.4,
    /// The instruction asks to unfold, and it can be unfolded.
    UnfoldAsked = 4.2,
    /// It was tried on this very page and changed nothing.
    Dead = -5.0,
    /// It was acted on before.
    Again = -2.2,
    /// It leads away, and nobody asked for that.
    Leaves = -2.5,
    /// It is in the way, such as a notice about cookies.
    Banner = 2.0,
    /// What is said around the value is what the field is called.
    Hint = 3.0,
    /// Words of the instruction that are left name the field.
    LabelSaid = 1.0,
    /// Other fields fit the value better.
    OtherHint = -2.0,
    /// It is the only field that can be typed into.
    OnlyField = 1.2,
    /// The field is empty.
    Empty = 0.6,
    /// The field holds this value.
    Same = -6.0,
    /// The field is made for such a value.
    TypeFits = 1.5,
    /// The field is made for other values.
    TypeClash = -3.0,
    /// The value stands at the same place among the values as the field among the fields.
    InTurn = 1.0,
    /// The value stands between quotes.
    Quoted = 1.8,
    /// The value stands behind a key.
    Keyed = 1.2,
    /// The value was found out.
    Derived = 2.4,
    /// The value is a loose part of the instruction.
    Loose = -1.5,
    /// The value is what a field or button of the page is called.
    Names = -3.0,
    /// The value was used already.
    Used = -3.5,
    /// A better span holds the value.
    Part = -1.5,
    /// The instruction asks to type.
    TypeAsked = 0.8,
    /// Nobody asked to type.
    NotAsked = -1.5,
    /// It asks for scrolling.
    ScrollAsked = 4.5,
    /// A condition is not met yet, and it acts.
    Unmet = -6.0,
    /// A condition is not met yet, and it waits.
    Waits = 8.0,
    /// What was typed is sent off by a key, since nothing else sends it off.
    Enter = 3.0,
    /// A secret fits the field.
    Secret = 5.0,
    /// Nothing is left to do.
    Nothing = 4.0,
    /// Something is left to do.
    Left = -3.0,
    /// It was refused or has failed.
    Refused = -6.0,
    /// It cannot be used now.
    Disabled = -6.0,
    /// It has a name or a telling mark.
    Named = 0.2,
    /// It has to be scrolled to.
    Far = -0.2,
    /// The last act was upon the same row.
    SameRecord = 0.8,
    /// It holds another control that is called what it is called.
    Wraps = -4.0,
    /// It is a field that is pressed although it could be typed into.
    PressedField = -3.0,
    /// What the instruction says of it names who is to receive something.
    Recipient = -4.5,
    /// What was typed into the field would be lost.
    Overwrites = -3.5,
    /// It means what the instruction says in other words.
    Soft = 1.8,
    /// Something is left and nothing on the page has to do with it.
    Patience = 4.4,
    /// It commits the user to something that nobody asked for, or the instruction says that it is not to be.
    Uncalled = -3.0,
    /// Its name begins with what a verb of the instruction asks for, and no other name does.
    ByVerb = 2.2,
    /// It leads into the row that is meant, and what is asked for cannot be done from outside.
    Enters = 3.0,
    /// What the instruction says of it is a part of what it says of another control.
    Within = -3.0,
    /// What the instruction says of it is a part of something that is to be searched for first.
    Unfound = -4.0,
    /// It says yes to what the page asks about what was just done.
    Confirms = 6.0,
    /// It says no to that.
    Declines = -5.0,
    /// Another part of the page is to be shown before it.
    Unshown = -5.0,
    /// It is over while something that a verb of the goal asks for was not done.
    Undone = -2.0,
    /// It leads to what is the user's own, while what is asked for is nowhere to be seen.
    Own = 1.0,
}

/// The features of one candidate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Features(pub [f32; COUNT]);

impl Default for Features {
    fn default() -> Self {
        Self([0.0; COUNT])
    }
}

impl Features {
    /// Sets a feature.
    pub fn set(&mut self, feature: Feature, value: f32) {
        if let Some(place) = self.0.get_mut(feature as usize) {
            *place = value;
        }
    }

    /// Sets a feature to 1 if `holds`.
    pub fn mark(&mut self, feature: Feature, holds: impl Into<bool>) {
        if holds.into() {
            self.set(feature, 1.0);
        }
    }

    /// A feature.
    #[must_use]
    pub fn get(&self, feature: Feature) -> f32 {
        self.0.get(feature as usize).copied().unwrap_or(0.0)
    }

    /// What speaks most for it, for people.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        let reasons = [
            (Feature::Done, "nothing that the goal asks for is left"),
            (Feature::QuotedMention, "the goal quotes its name"),
            (Feature::Record, "it stands in the row that the goal speaks of"),
            (Feature::WholeMention, "its whole name stands in the goal"),
            (Feature::SpanMention, "its name is one of the things that the goal lists"),
            (Feature::PartMention, "a part of its name stands in the goal"),
            (Feature::Fill, "it takes a value that the goal has"),
            (Feature::Explore, "what is wanted may be behind it"),
        ];
        let found = reasons.into_iter().find(|(feature, _)| self.get(*feature) > 0.0);
        found.map_or("it fits what is left of the goal best", |(_, reason)| reason)
    }
}
