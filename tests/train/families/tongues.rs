//! The same wishes and pages in English, German and Korean.

/// What a desk that lends and books things says, in one language.
#[derive(Debug)]
pub(super) struct Tongue {
    pub(super) search: &'static str,
    pub(super) query: &'static [&'static str],
    pub(super) apply: &'static str,
    pub(super) kind: &'static str,
    pub(super) kinds: &'static [&'static str],
    pub(super) any: &'static str,
    pub(super) free: &'static str,
    pub(super) mine: &'static str,
    pub(super) nav: &'static [&'static str],
    /// A button, what it asks, its yes and its no, and wishes for it with `{}` for the thing.
    pub(super) deeds: &'static [Deed],
    pub(super) cookies: &'static str,
    pub(super) agree: &'static str,
    pub(super) decline: &'static str,
    /// Wishes to search for `{0}` and to see only `{1}`.
    pub(super) only: &'static [&'static str],
    /// Wishes to search for `{0}` and to see only `{1}` that can be had now.
    pub(super) only_free: &'static [&'static str],
}

/// Something that is done to one of several things.
#[derive(Debug)]
pub(super) struct Deed {
    pub(super) button: &'static str,
    pub(super) asks: &'static str,
    pub(super) yes: &'static str,
    pub(super) no: &'static str,
    pub(super) told: &'static [&'static str],
}

pub(super) const TONGUES: &[Tongue] = &[
    Tongue {
        search: "Search",
        query: &["Title or author", "What are you looking for?", "Name of the item"],
        apply: "Apply filters",
        kind: "Type",
        kinds: &["Paperback", "Map", "Game", "Record"],
        any: "Any",
        free: "In stock only",
        mine: "My account",
        nav: &["Catalogue", "Opening hours", "Contact"],
        deeds: &[
            Deed {
                button: "Extend",
                asks: "Extend {} for two weeks?",
                yes: "Yes, extend",
                no: "No",
                told: &["Extend the loan of {}.", "Extend {}", "Please extend my loan of {}"],
            },
            Deed {
                button: "Cancel reservation",
                asks: "Do you really want to cancel the reservation of {}?",
                yes: "Cancel it",
                no: "Keep it",
                told: &["Cancel my reservation of {}.", "Cancel the reservation of {}"],
            },
            Deed {
                button: "Return",
                asks: "Return {} now?",
                yes: "OK",
                no: "Not now",
                told: &["Return {}.", "Return my loan of {}"],
            },
            Deed {
                button: "Delete",
                asks: "Are you sure that {} is to be deleted?",
                yes: "Delete",
                no: "Cancel",
                told: &["Delete {}.", "Remove {} from my things", "Please delete my {}"],
            },
        ],
        cookies: "This page keeps cookies. Read more about them.",
        agree: "Accept all",
        decline: "Decline",
        only: &[
            "Search for {0} and show only the type {1}.",
            "Search for {0}, filter by type {1} and apply the filters",
            "Find all about {0}: search for it and set the type to {1}.",
        ],
        only_free: &[
            "Search for {0}, keep only {1} and what is in stock only.",
            "Search for {0}, choose {1} and check in stock only",
        ],
    },
    Tongue {
        search: "Suchen",
        query: &["Titel oder Autor", "Was suchen Sie?", "Bezeichnung"],
        apply: "Filter anwenden",
        kind: "Art",
        kinds: &["Taschenbuch", "Landkarte", "Spiel", "Schallplatte"],
        any: "Alle",
        free: "Nur vorrätige",
        mine: "Mein Konto",
        nav: &["Katalog", "Öffnungszeiten", "Kontakt"],
        deeds: &[
            Deed {
                button: "Verlängern",
                asks: "{} um zwei Wochen verlängern?",
                yes: "Ja, verlängern",
                no: "Nein",
                told: &["Verlängere die Ausleihe von {}.", "Bitte meine Ausleihe von {} verlängern.", "Verlängere {}"],
            },
            Deed {
                button: "Stornieren",
                asks: "Möchten Sie {} wirklich stornieren?",
                yes: "Ja, stornieren",
                no: "Behalten",
                told: &["Storniere meine Vormerkung von {}.", "Storniere {}"],
            },
            Deed {
                button: "Absagen",
                asks: "Termin {} absagen?",
                yes: "Absagen",
                no: "Zurück",
                told: &["Sage meinen Termin {} ab.", "Sag {} ab", "Ich möchte meinen Termin {} absagen."],
            },
            Deed {
                button: "Löschen",
                asks: "Soll {} gelöscht werden?",
                yes: "Ja",
                no: "Nein",
                told: &["Lösche {}.", "Lösch meinen Eintrag {}"],
            },
        ],
        cookies: "Diese Seite verwendet Cookies. Mehr dazu.",
        agree: "Alle akzeptieren",
        decline: "Ablehnen",
        only: &[
            "Suche nach {0} und zeige nur die Art {1}.",
            "Suche {0} und wähle die Art {1}",
            "Suche nach {0}, filtere nach der Art {1}.",
        ],
        only_free: &["Suche nach {0}, nur vorrätige der Art {1}.", "Suche {0} und zeige nur vorrätige in der Art {1}"],
    },
    Tongue {
        search: "검색",
        query: &["제목 또는 저자", "무엇을 찾으세요?", "이름"],
        apply: "필터 적용",
        kind: "유형",
        kinds: &["만화", "지도", "게임", "음반"],
        any: "전체",
        free: "재고 있음",
        mine: "내 계정",
        nav: &["목록", "이용 시간", "안내"],
        deeds: &[
            Deed {
                button: "연장",
                asks: "{} 대출을 연장할까요?",
                yes: "연장하기",
                no: "아니오",
                told: &["{} 대출을 연장하세요.", "{} 연장해 주세요"],
            },
            Deed {
                button: "예약 취소",
                asks: "{} 예약을 취소할까요?",
                yes: "예, 취소합니다",
                no: "유지",
                told: &["{} 예약을 취소해 주세요.", "{} 예약을 취소하세요"],
            },
            Deed {
                button: "삭제",
                asks: "{} 항목을 삭제할까요?",
                yes: "예",
                no: "아니오",
                told: &["{} 삭제하세요.", "{} 항목을 삭제해 주세요"],
            },
        ],
        cookies: "이 사이트는 쿠키를 사용합니다. 자세히.",
        agree: "모두 동의",
        decline: "거부",
        only: &["{0} 검색하고 유형을 {1}로 하세요.", "{0} 검색 후 유형을 {1}로 선택하세요"],
        only_free: &["{0} 검색하고 유형을 {1}로 하고 재고 있음 표시하세요."],
    },
];

/// A wish with its parts put in.
pub(super) fn told(pattern: &str, parts: &[&str]) -> String {
    let one = pattern.replace("{}", parts.first().unwrap_or(&""));
    parts.iter().enumerate().fold(one, |text, (index, part)| text.replace(&format!("{{{index}}}"), part))
}
