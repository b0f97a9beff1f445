//! Words as people write them on pages and in instructions: how they are cut, which are the same,
//! and what the common ones of interfaces mean in English, German and Korean.

use std::{
    collections::{HashMap, HashSet},
    sync::LazyLock,
};

use unicode_segmentation::UnicodeSegmentation as _;

/// What a verb asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verb {
    /// Press something.
    Click,
    /// Put text into a field.
    Type,
    /// Choose among things.
    Choose,
    /// Tick a box.
    Tick,
    /// Clear a box.
    Clear,
    /// Make something open or visible.
    Open,
    /// Move the mouse over something.
    Hover,
    /// Scroll.
    Scroll,
    /// Drag something somewhere.
    Drag,
    /// Look for something.
    Seek,
    /// Say what something is.
    Tell,
    /// Wait until something is so.
    Wait,
    /// Anything that an interface has a word for, such as delete or reply.
    Other,
}

/// Verbs by what they ask for. Hangul is compared by its beginning, since endings follow.
const VERBS: &[(Verb, &str)] = &[
    (Verb::Click, "click press push tap hit klick klicke drück drücke drucke betätige 클릭 누르 눌러 탭하"),
    (
        Verb::Type,
        "type enter write input fill put insert key gib trag trage schreib schreibe eingeben tippe fülle 입력 적어 써 작성 채워",
    ),
    (Verb::Choose, "select choose pick set mark wähle wahle wähl auswähle stelle setze 선택 골라 고르 설정"),
    (Verb::Tick, "check tick enable activate aktiviere hake ankreuze 체크 켜"),
    (Verb::Clear, "uncheck untick disable deactivate deselect unselect deaktiviere entferne 해제 꺼 끄"),
    (
        Verb::Open,
        "open expand show unfold reveal display go navigate visit view switch öffne offne zeige klappe gehe navigiere wechsle 열 펼 보여 이동",
    ),
    (Verb::Hover, "hover move fahre bewege 올려"),
    (Verb::Scroll, "scroll scrolle blättere 스크롤"),
    (Verb::Drag, "drag drop ziehe zieh 드래그 끌"),
    (Verb::Seek, "find search look locate use guess finde suche such benutze 찾 검색"),
    (
        Verb::Tell,
        "tell answer how what which when who whose where read report wie was welche welcher welches wann wer wo nenne lies 몇 무엇 얼마 알려 어떤 누구 언제",
    ),
    (Verb::Wait, "wait warte 기다"),
    (
        Verb::Other,
        "submit send delete remove reply forward respond star buy book order save cancel close add create sort copy \
        download upload share like follow archive move retweet return give sign log register confirm apply edit change update \
        rename turn make increase decrease pay transfer schedule invite assign accept decline agree bookmark flag unstar trash \
        lösche losche lösch sende schicke antworte speichere speicher kaufe bestelle bestätige bestatige schließe schliesse füge lege erstelle sortiere \
        kopiere melde leite ändere andere 삭제 보내 전송 답장 전달 저장 구매 주문 취소 닫 추가 만들 정렬 복사 로그인 확인 제출 변경 바꿔",
    ),
];

/// Words that mean the same to whoever makes or uses an interface, one group each.
const CONCEPTS: &[&str] = &[
    "delete remove trash bin erase discard del löschen entfernen papierkorb 삭제 휴지통 지우 지워",
    "reply respond answer antworten antwort 답장 회신",
    "forward fwd weiterleiten leiten 전달",
    "star important favorite favourite favorit wichtig markieren 중요 별표 즐겨찾기",
    "send dispatch senden absenden schicken abschicken 보내 전송",
    "submit ok okay done confirm apply finish go bestätigen bestätige fertig 제출 확인 완료 적용",
    "save speichern sichern 저장",
    "cancel abort abbrechen 취소",
    "close dismiss x schließen schliessen 닫기 닫",
    "search find magnifier lookup suche suchen finden 검색 찾기",
    "back return zurück zuruck arrowleft 뒤로",
    "next forwards weiter nächste nachste 다음",
    "prev previous vorherige vorige zurück 이전",
    "add plus create new append hinzufügen hinzufugen fügen neu erstellen anlegen 추가 생성 새 담기 담아",
    "up increase increment plus erhöhen hoch 위",
    "down decrease decrement minus verringern runter 아래",
    "edit pencil change modify rename bearbeiten ändern 수정 편집 변경",
    "setting preference option configuration gear cog einstellungen einstellung 설정",
    "login signin anmelden einloggen 로그인",
    "logout signout abmelden ausloggen 로그아웃",
    "cart basket bag warenkorb 장바구니",
    "buy purchase order checkout kaufen bestellen 구매 주문 결제",
    "book reserve buchen buche reservieren 예약",
    "archive archivieren 보관",
    "share teilen 공유",
    "like love heart gefällt 좋아요",
    "copy duplicate kopieren kopiere 복사",
    "download export herunterladen 다운로드 내려받기",
    "upload import hochladen 업로드",
    "attach attachment anhang anhängen 첨부",
    "inbox posteingang 받은",
    "email mail message letter thread e-mail nachricht 메일 이메일 메시지",
    "recipient to an empfänger 받는",
    "subject title betreff titel 제목",
    "body text content note comment inhalt kommentar 내용 본문",
    "name fullname 이름",
    "user username login account benutzer benutzername konto 사용자 아이디 계정",
    "password passwd pass pwd passwort kennwort 비밀번호 암호",
    "phone telephone mobile tel telefon handy 전화",
    "address street adresse straße 주소",
    "city town stadt ort 도시",
    "country nation land 국가 나라",
    "zip postal postcode plz postleitzahl 우편",
    "quantity amount count number qty menge anzahl 수량 개수",
    "price cost amount preis kosten 가격 금액",
    "cheap inexpensive low günstig gunstig billig 싼 저렴",
    "date day calendar datum kalender 날짜 일자",
    "time hour clock zeit uhrzeit uhr 시간",
    "month monat 월",
    "year jahr 년",
    "from origin departure source von ab 출발",
    "destination arrival target nach ziel 도착",
    "size größe grosse 크기 사이즈",
    "color colour farbe 색 색상",
    "language sprache 언어",
    "sort order sortieren sortiere 정렬",
    "filter filtern 필터",
    "agree accept consent akzeptieren zustimmen annehmen 동의 수락",
    "decline reject refuse ablehnen 거절 거부",
    "flag report melden 신고",
    "follow subscribe folgen abonnieren 구독 팔로우",
    "pay payment zahlen bezahlen überweisen 결제 지불",
    "transfer überweisung überweisen 이체 송금",
    "first erste erster erstes 첫",
    "last final letzte letzter letztes 마지막",
    "picture image photo bild foto 사진 이미지",
    "file document datei dokument 파일 문서",
    "folder directory ordner verzeichnis 폴더",
    "page seite 페이지",
    "show display view reveal anzeigen 보기 표시",
    "hide conceal verstecken ausblenden 숨기기",
    "expand open more unfold aufklappen öffnen 펼치기 열기",
    "collapse fold zuklappen einklappen 접기",
    "refresh reload aktualisieren 새로고침",
    "help support hilfe 도움말",
    "home start startseite 홈",
    "menu hamburger navigation menü 메뉴",
    "on enabled active an aktiviert 켜짐",
    "off disabled inactive aus deaktiviert 꺼짐",
    "yes ja 예 네",
    "no nein 아니오",
    "notification alert benachrichtigung 알림",
    "ticket issue case request vorgang anfrage 티켓 문의",
    "priority urgency priorität dringlichkeit 우선순위",
    "status state zustand 상태",
    "assign owner assignee zuweisen weisen zuständig 담당 할당",
    "note remark notiz bemerkung 메모",
    "unread ungelesen 읽지",
    "spam junk 스팸",
];

/// Words that say what kind of control is meant, with the roles they fit.
const KINDS: &[(&str, &str)] = &[
    ("button knopf taste schaltfläche 버튼", "button"),
    ("link verweis 링크", "link"),
    ("checkbox box kästchen 체크박스", "checkbox switch menuitemcheckbox"),
    ("radio option 라디오 옵션", "radio option menuitemradio"),
    ("tab reiter 탭", "tab"),
    (
        "textbox field input textfield textarea text textfeld feld eingabefeld 필드 입력란 텍스트",
        "textbox searchbox combobox spinbutton",
    ),
    ("dropdown list menu scroll auswahl liste 목록 드롭다운", "combobox listbox option menuitem"),
    ("slider regler 슬라이더", "slider"),
    ("spinner", "spinbutton"),
    ("switch toggle schalter 스위치", "switch checkbox"),
    ("icon symbol 아이콘", "clickable button link"),
    ("section panel abschnitt 섹션", "tab button"),
    ("folder file node ordner 폴더", "treeitem clickable link"),
    ("row item entry result zeile eintrag 항목", "row link clickable option listitem"),
];

/// Words that say little by themselves.
const STOP: &str = "a an the to of in on at for and or with is it its my me from by as be this that then please into below \
    above there them they their all your you i his her after before when so do does any every each both next using via \
    der die das den dem des ein eine einen einem einer und oder mit im in auf zu zum zur für fur von bei bitte dann es sie \
    ihn ihm sich als am aus 을 를 이 가 은 는 에 의 그리고 다음 후";

/// Endings that follow a Korean noun.
const PARTICLES: &[&str] = &[
    "을",
    "를",
    "이",
    "가",
    "은",
    "는",
    "에",
    "에서",
    "에게",
    "로",
    "으로",
    "의",
    "와",
    "과",
    "도",
    "만",
    "라는",
    "이라는",
    "님",
];

/// What signs that stand alone on a control mean.
const SIGNS: &[(&str, &str)] = &[
    ("<", "prev"),
    ("«", "prev"),
    ("‹", "prev"),
    ("←", "back"),
    ("◀", "prev"),
    (">", "next"),
    ("»", "next"),
    ("›", "next"),
    ("→", "next"),
    ("▶", "next"),
    ("×", "close"),
    ("✕", "close"),
    ("✖", "close"),
    ("+", "plus"),
    ("-", "minus"),
    ("−", "minus"),
    ("▲", "up"),
    ("▼", "down"),
    ("☆", "star"),
    ("★", "star"),
    ("♥", "like"),
    ("⚙", "settings"),
    ("☰", "menu"),
    ("🔍", "search"),
    ("🗑", "trash"),
    ("✓", "done"),
    ("✏", "edit"),
    ("…", "more"),
    ("⋮", "more"),
];

/// The words of a text with where each stands, in bytes. A sign that no text is made of is a word of its own.
#[must_use]
pub(super) fn cut(text: &str) -> Vec<(usize, &str)> {
    let mut found: Vec<(usize, &str)> = Vec::new();
    for (at, piece) in text.split_word_bound_indices() {
        let worded = piece.chars().any(char::is_alphanumeric);
        if worded {
            // `e.g` and `10.5` stay whole; `a_b` and `a.b` are two words.
            let number = piece.chars().all(|letter| letter.is_ascii_digit() || matches!(letter, '.' | ','));
            if number || !piece.contains(['.', '_', ':']) {
                found.push((at, piece));
            } else {
                let mut start = 0;
                for part in piece.split(['.', '_', ':']) {
                    if !part.is_empty() {
                        found.push((at + start, part));
                    }
                    start += part.len() + 1;
                }
            }
        } else if piece.chars().all(|letter| !letter.is_whitespace() && !is_punctuation(letter)) {
            found.push((at, piece));
        }
    }
    found
}

fn is_punctuation(letter: char) -> bool {
    matches!(
        letter,
        '.' | ','
            | ';'
            | ':'
            | '!'
            | '?'
            | '"'
            | '\''
            | '('
            | ')'
            | '['
            | ']'
            | '{'
            | '}'
            | '/'
            | '-'
            | '–'
            | '—'
            | '|'
            | '“'
            | '”'
            | '„'
            | '‘'
            | '’'
            | '`'
            | '_'
            | '='
            | '$'
            | '€'
            | '£'
            | '%'
            | '&'
            | '@'
            | '*'
            | '\\'
            | '·'
            | '•'
            | '。'
            | '、'
            | '「'
            | '」'
            | '『'
            | '』'
            | '¿'
            | '¡'
            | '\u{fe0f}'
            | '\u{200d}'
    )
}

/// The form in which two words are compared: lower case, without the common endings.
#[must_use]
pub(super) fn stem(word: &str) -> String {
    let lower = word.to_lowercase();
    let bare = lower.strip_suffix("'s").or_else(|| lower.strip_suffix("’s")).unwrap_or(&lower);
    if bare.len() > 4 && bare.ends_with("ies") {
        return format!("{}y", bare.strip_suffix("ies").unwrap_or(bare));
    }
    if bare.len() > 4
        && (bare.ends_with("xes") || bare.ends_with("ches") || bare.ends_with("shes") || bare.ends_with("sses"))
    {
        return bare.strip_suffix("es").unwrap_or(bare).to_owned();
    }
    if bare.len() > 3 && bare.ends_with('s') && !bare.ends_with("ss") && !bare.ends_with("us") && !bare.ends_with("is")
    {
        return bare.strip_suffix('s').unwrap_or(bare).to_owned();
    }
    bare.to_owned()
}

/// The stems of a text.
#[must_use]
pub(in crate::planner) fn stems(text: &str) -> Vec<String> {
    cut(text).into_iter().map(|(_, word)| stem(word)).collect()
}

/// What a lone sign stands for.
#[must_use]
pub(super) fn sign(text: &str) -> Option<&'static str> {
    SIGNS.iter().find(|(sign, _)| text.trim() == *sign).map(|(_, word)| *word)
}

fn is_hangul(word: &str) -> bool {
    word.chars().next().is_some_and(|letter| ('가'..='힣').contains(&letter))
}

/// A Korean word without the particle at its end, if it has one.
#[must_use]
pub(super) fn bare(word: &str) -> Option<String> {
    if !is_hangul(word) {
        return None;
    }
    let endings = PARTICLES.iter().filter_map(|particle| word.strip_suffix(particle));
    endings.filter(|bare| !bare.is_empty()).min_by_key(|bare| bare.len()).map(str::to_owned)
}

/// Whether two longer words differ by a slip of the pen.
#[must_use]
pub(super) fn alike(told: &str, own: &str) -> bool {
    told.len() > 4
        && own.len() > 4
        && told.len().abs_diff(own.len()) <= 2
        && strsim::osa_distance(told, own) <= 1
        && !told.chars().any(|letter| letter.is_ascii_digit())
}

/// What the verb `word` asks for, if it is one.
#[must_use]
pub(super) fn verb(word: &str) -> Option<Verb> {
    VERBS.iter().find(|(_, words)| listed(words, word)).map(|(verb, _)| *verb)
}

fn listed(words: &str, word: &str) -> bool {
    let hangul = is_hangul(word);
    words.split_whitespace().any(|known| known == word || hangul && is_hangul(known) && word.starts_with(known))
}

/// The groups of meaning of each word that has any.
static GROUPS: LazyLock<HashMap<&'static str, Vec<u8>>> = LazyLock::new(|| {
    let mut groups: HashMap<&str, Vec<u8>> = HashMap::new();
    for (index, words) in (0_u8..).zip(CONCEPTS) {
        words.split_whitespace().for_each(|word| groups.entry(word).or_default().push(index));
    }
    groups
});

static STOPS: LazyLock<HashSet<&'static str>> = LazyLock::new(|| STOP.split_whitespace().collect());

/// The groups of meaning that a word belongs to.
#[must_use]
pub(super) fn concepts(word: &str) -> Vec<u8> {
    if let Some(groups) = GROUPS.get(word) {
        return groups.clone();
    }
    if !is_hangul(word) {
        return commanded(word);
    }
    let begins = GROUPS.iter().filter(|(known, _)| is_hangul(known) && word.starts_with(*known));
    begins.max_by_key(|(known, _)| known.len()).map(|(_, groups)| groups.clone()).unwrap_or_default()
}

/// The groups of a German verb that is said as a command: `schließe`, `speichere`, `lösch`.
fn commanded(word: &str) -> Vec<u8> {
    if word.chars().count() < 4 {
        return Vec::new();
    }
    let short = word.strip_suffix('e').unwrap_or(word);
    let forms = [format!("{short}en"), format!("{short}n")];
    forms.iter().find_map(|form| GROUPS.get(form.as_str())).cloned().unwrap_or_default()
}

/// The number that a word counts with: `two`, `zwei`, `두`; one is none, since it is an article as well.
#[must_use]
pub(super) fn number(word: &str) -> Option<u32> {
    const NAMED: [&str; 3] = [
        "two three four five six seven eight nine ten eleven twelve",
        "zwei drei vier fünf sechs sieben acht neun zehn elf zwölf",
        "두 세 네 다섯 여섯 일곱 여덟 아홉 열 열한 열두",
    ];
    let at = |words: &&str| words.split(' ').position(|known| known == word);
    NAMED.iter().find_map(at).and_then(|index| u32::try_from(index + 2).ok())
}

/// The group of meaning of `word`, for code that looks for one in particular.
#[must_use]
pub(super) fn concept(word: &str) -> u8 {
    concepts(word).first().copied().unwrap_or(u8::MAX)
}

/// Whether a control of `role` may be called by the word `kind`; nothing if the word names no kind.
#[must_use]
pub(super) fn kind_fits(kind: &str, role: &str) -> Option<bool> {
    let mut named = false;
    for (words, roles) in KINDS {
        if listed(words, kind) {
            named = true;
            if roles.split(' ').any(|known| known == role) {
                return Some(true);
            }
        }
    }
    named.then_some(false)
}

/// Whether a word says little by itself.
#[must_use]
pub(in crate::planner) fn is_stop(word: &str) -> bool {
    STOPS.contains(word)
}

/// The number that an ordinal names: `3rd`, `third`, `dritte`, `세번째`; the last one is -1.
#[must_use]
pub(super) fn ordinal(word: &str) -> Option<i32> {
    let lower = word.to_lowercase();
    for suffix in ["st", "nd", "rd", "th", "번째", "번쨰"] {
        if let Some(number) = lower.strip_suffix(suffix).and_then(|digits| digits.parse().ok()) {
            return Some(number);
        }
    }
    const NAMED: &[(&str, i32)] = &[
        ("first second third fourth fifth sixth seventh eighth ninth tenth", 1),
        ("erste zweite dritte vierte fünfte sechste siebte achte neunte zehnte", 1),
        ("ersten zweiten dritten vierten fünften sechsten siebten achten neunten zehnten", 1),
        ("erstes zweites drittes viertes fünftes sechstes siebtes achtes neuntes zehntes", 1),
        ("첫번째 두번째 세번째 네번째 다섯번째 여섯번째 일곱번째 여덟번째 아홉번째 열번째", 1),
    ];
    for (words, from) in NAMED {
        if let Some(index) = words.split(' ').position(|known| known == lower) {
            return i32::try_from(index).ok().map(|index| index + from);
        }
    }
    ["last", "letzte", "letzten", "letztes", "마지막"].contains(&lower.as_str()).then_some(-1)
}
