//! Words that tell one thing from another, and words for what is to be done.

use std::collections::BTreeSet;

/// Words that begin sentences and stand in every goal.
const COMMON: [&str; 108] = [
    "a", "an", "the", "and", "or", "of", "to", "in", "on", "at", "for", "from", "by", "with", "about", "into", "is",
    "are", "was", "be", "it", "its", "this", "that", "these", "those", "my", "me", "i", "you", "your", "we", "our",
    "us", "he", "she", "they", "them", "their", "his", "her", "what", "which", "who", "when", "where", "how", "why",
    "can", "could", "please", "will", "would", "should", "do", "does", "did", "have", "has", "had", "all", "any",
    "some", "each", "every", "no", "not", "if", "then", "than", "so", "as", "also", "just", "only", "new", "last",
    "next", "first", "one", "two", "get", "give", "show", "tell", "find", "make", "send", "read", "write", "create",
    "add", "delete", "remove", "update", "email", "emails", "message", "file", "files", "list", "check", "today",
    "tomorrow", "time", "date", "hello", "hi",
];

/// The words of `text` that few other texts have: names, and whatever has a digit or a sign in it. In
/// lower case.
pub(super) fn distinct(text: &str) -> impl Iterator<Item = String> + '_ {
    let mut begins = true;
    text.split_whitespace().filter_map(move |word| {
        let first = std::mem::replace(&mut begins, word.ends_with(['.', '!', '?', ':']));
        let bare =
            word.trim_matches(|letter: char| !letter.is_alphanumeric()).trim_end_matches("'s").trim_end_matches("’s");
        let lower = bare.to_lowercase();
        let quoted = word.starts_with(['"', '\'', '“', '‘', '`']) || word.ends_with(['"', '”', '`']);
        let capital = bare.starts_with(char::is_uppercase) && !first;
        let signed =
            super::forms::is_name(&lower) || bare.chars().any(|letter| letter.is_ascii_digit()) && bare.len() > 3;
        let long = lower.chars().count() >= 3 && !COMMON.contains(&lower.as_str());
        (long && (capital || signed || quoted)).then_some(lower)
    })
}

/// What people say for what is to be done, by beginnings of words. A word of a tool's name that is in
/// one of these is meant by a goal that has another one of them; one with `!` stands in names alone.
const DEEDS: [&[&str]; 12] = [
    &[
        "send", "sent", "mail", "email", "e-mail", "messag", "writ", "tell", "repl", "respon", "answer", "forward",
        "inform", "notif", "text", "contact", "let", "ask", "announc", "dm", "ping", "say", "thank", "remind",
        "schick", "schreib", "antwort", "보내", "답장", "direct", "channel", "inbox",
    ],
    &[
        "pay",
        "paid",
        "transfer",
        "wire",
        "refund",
        "bill",
        "rent",
        "money",
        "settl",
        "reimburs",
        "buy",
        "purchas",
        "order",
        "donat",
        "transact",
        "invoice",
        "owe",
        "euro",
        "dollar",
        "usd",
        "eur",
        "currency",
        "payment",
        "payee",
        "zahl",
        "überweis",
        "송금",
        "결제",
        "지불",
        "checkout",
        "cost",
        "!send",
        "!schedul",
        "!mak",
        "!creat",
    ],
    &[
        "delet",
        "remov",
        "cancel",
        "clear",
        "drop",
        "clean",
        "unsubscrib",
        "eras",
        "trash",
        "archiv",
        "kick",
        "purg",
        "revok",
        "lösch",
        "entfern",
        "storn",
        "삭제",
        "취소",
        "get rid",
    ],
    &[
        "creat", "add", "mak", "schedul", "plan", "set", "new", "put", "sav", "append", "note", "draft", "open",
        "regist", "insert", "generat", "record", "log", "arrang", "invit", "book", "writ", "enter", "stor", "copy",
        "duplicat", "remind", "erstell", "anleg", "추가", "생성", "만들", "compil", "organi",
    ],
    &[
        "updat",
        "chang",
        "modif",
        "edit",
        "set",
        "renam",
        "mov",
        "reschedul",
        "correct",
        "adjust",
        "replac",
        "fix",
        "mark",
        "assign",
        "increas",
        "decreas",
        "reset",
        "convert",
        "complet",
        "clos",
        "resolv",
        "append",
        "add",
        "postpon",
        "switch",
        "patch",
        "änder",
        "verschieb",
        "변경",
        "수정",
        "extend",
        "toggl",
        "star",
        "label",
        "translat",
    ],
    &[
        "book",
        "reserv",
        "stay",
        "hotel",
        "flight",
        "table",
        "ticket",
        "appoint",
        "restaurant",
        "car",
        "rental",
        "trip",
        "travel",
        "vacation",
        "room",
        "buch",
        "예약",
    ],
    &["shar", "access", "permission", "grant", "invit", "giv", "collaborat", "add", "role", "member", "allow"],
    &["upload", "attach", "download", "export", "import", "backup", "fetch", "sav", "get"],
    &[
        "post", "publish", "tweet", "announc", "comment", "repl", "blog", "updat", "writ", "send", "messag", "share",
        "upload", "tell", "let",
    ],
    &[
        "run", "execut", "start", "stop", "launch", "deploy", "trigger", "restart", "enabl", "disabl", "turn",
        "activat", "install", "call", "test", "build",
    ],
    &[
        "calendar",
        "event",
        "meeting",
        "appoint",
        "lunch",
        "dinner",
        "schedul",
        "call",
        "invit",
        "remind",
        "reservation",
        "participant",
        "attend",
        "termin",
        "일정",
        "회의",
        "day",
        "book",
        "birthday",
        "party",
        "plan",
    ],
    &["password", "credential", "login", "passwort", "passcode", "비밀번호", "security"],
];
/// Names of tools that look at something begin so.
const LOOKS: [&str; 26] = [
    "get",
    "list",
    "search",
    "read",
    "find",
    "lookup",
    "fetch",
    "show",
    "view",
    "check",
    "query",
    "count",
    "describe",
    "browse",
    "calculate",
    "compute",
    "compare",
    "is",
    "has",
    "who",
    "retrieve",
    "inspect",
    "preview",
    "summarize",
    "rank",
    "filter",
];
/// A goal that says so leaves it to others what is to be done.
const LEAVES: [&str; 8] = ["todo", "to-do", "tasks", "instruct", "follow", "handl", "whatever", "action"];

/// The words of a goal that say what is to be done; `$` and the like are money.
pub(super) fn wishes(goal: &str) -> BTreeSet<String> {
    let lower = goal.to_lowercase();
    let mut words: BTreeSet<_> = super::forms::words(&lower).map(str::to_owned).collect();
    if lower.contains(['$', '€', '£', '₩', '¥']) {
        words.insert("money".to_owned());
    }
    words
}

/// Whether what a tool of these words does is among the `wishes`.
pub(super) fn asked<'a>(words: impl Iterator<Item = &'a str>, wishes: &BTreeSet<String>) -> bool {
    let wished = |beginnings: &[&str]| wishes.iter().any(|wish| beginnings.iter().any(|begin| wish.starts_with(begin)));
    if wished(&LEAVES) {
        return true;
    }
    let mut known = words.filter_map(|word| {
        let deeds =
            DEEDS.iter().filter(|deed| deed.iter().any(|begin| word.starts_with(begin.trim_start_matches('!'))));
        let deeds: Vec<_> = deeds.collect();
        let said = wishes.iter().any(|wish| wish.get(..4).is_some_and(|begin| word.starts_with(begin)));
        (!deeds.is_empty()).then(|| said || deeds.iter().any(|deed| wished(deed)))
    });
    // A name that says nothing of what it does was not asked for.
    known.next().is_some_and(|first| first && known.all(|other| other))
}

/// Whether the words of a name say that it only looks.
pub(super) fn looks(words: &[String]) -> bool {
    let mut words = words.iter().map(String::as_str);
    let first = words.next().unwrap_or_default();
    let acts = |word: &str| {
        ["delete", "remove", "send", "pay", "transfer", "update", "create", "write", "set", "post"].contains(&word)
    };
    LOOKS.contains(&first) && !words.any(acts)
}

/// Whether the words of a name say that something is deleted or called off.
pub(super) fn removes(words: &[String]) -> bool {
    let [_, _, removal, ..] = DEEDS;
    words.iter().any(|word| removal.iter().any(|begin| word.starts_with(begin)))
}

/// The words of a name such as `send_email`, `sendEmail` or `mail.send`, in lower case.
pub(super) fn of_name(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut small = false;
    for letter in name.chars() {
        let begins = !letter.is_alphanumeric() || letter.is_uppercase() && small;
        small = letter.is_lowercase() || letter.is_ascii_digit();
        if begins {
            words.push(String::new());
        }
        if letter.is_alphanumeric()
            && let Some(word) = words.last_mut()
        {
            word.extend(letter.to_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}
