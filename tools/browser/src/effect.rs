//! How far a press on an element reaches, as far as the page tells.
//!
//! The page's own structure decides first. Words on the element can only make it more guarded,
//! never less: a page may lie about what a button does, but it gains nothing by it.

use lamassu_contract::Effect;
use url::Url;

use crate::page::Described;

/// Words for what commits the user to something.
const CONSEQUENTIAL: &[&str] = &[
    // English
    "order",
    "place order",
    "buy",
    "purchase",
    "checkout",
    "check out",
    "confirm",
    "send",
    "submit",
    "subscribe",
    "sign in",
    "sign up",
    "log in",
    "login",
    "register",
    "join",
    "book",
    "reserve",
    "agree",
    "accept",
    "remove",
    "post",
    "share",
    "invite",
    "apply now",
    // German
    "bestellen",
    "kaufen",
    "absenden",
    "senden",
    "abschicken",
    "abonnieren",
    "anmelden",
    "registrieren",
    "einloggen",
    "buchen",
    "reservieren",
    "bestätigen",
    "zustimmen",
    "akzeptieren",
    "entfernen",
    "teilen",
    // French
    "commander",
    "acheter",
    "envoyer",
    "s'abonner",
    "s'inscrire",
    "se connecter",
    "connexion",
    "réserver",
    "confirmer",
    "valider",
    "accepter",
    "retirer",
    "partager",
    // Spanish
    "comprar",
    "pedir",
    "ordenar",
    "enviar",
    "suscribirse",
    "registrarse",
    "iniciar sesión",
    "reservar",
    "confirmar",
    "aceptar",
    "quitar",
    "compartir",
    // Italian
    "acquista",
    "acquistare",
    "ordina",
    "ordinare",
    "compra",
    "invia",
    "inviare",
    "iscriviti",
    "abbonati",
    "registrati",
    "accedi",
    "prenota",
    "conferma",
    "accetta",
    "rimuovi",
    "condividi",
];

/// Words for what cannot be undone.
const IRREVERSIBLE: &[&str] = &[
    "pay",
    "delete",
    "erase",
    "destroy",
    "transfer",
    "withdraw",
    "donate",
    "publish",
    "wipe",
    "close account",
    "bezahlen",
    "zahlen",
    "zahlungspflichtig",
    "löschen",
    "überweisen",
    "spenden",
    "veröffentlichen",
    "kündigen",
    "payer",
    "supprimer",
    "effacer",
    "transférer",
    "publier",
    "résilier",
    "pagar",
    "eliminar",
    "borrar",
    "transferir",
    "publicar",
    "paga",
    "pagare",
    "elimina",
    "eliminare",
    "cancella",
    "trasferisci",
    "pubblica",
];

/// A name of more words than this is a title or a sentence, not an order.
const ORDER_WORDS: usize = 6;

/// How far a press with the mouse reaches.
pub(crate) fn of_click(element: &Described, page: &Url) -> Effect {
    if !element.link.is_empty() {
        let effect = of_link(element, page);
        // Many links are called after the page they lead to, such as "Checkout"; but a link that
        // promises to delete may do just that.
        return if names(&element.name, IRREVERSIBLE) { Effect::Irreversible } else { effect };
    }
    let effect = match &element.form {
        Some(form) if element.submits => of_form(&form.method),
        Some(form) if element.role == "button" && element.kind != "reset" && form.method == "post" => {
            Effect::Consequential
        }
        _ => Effect::Write,
    };
    effect.max(of_name(&element.name))
}

/// How far sending the element's form with Enter reaches; `None` if Enter sends nothing.
pub(crate) fn of_enter(element: &Described) -> Option<Effect> {
    let button = element.implicit.as_ref()?;
    let form = element.form.as_ref()?;
    Some(of_form(&form.method).max(of_name(button)))
}

fn of_link(element: &Described, page: &Url) -> Effect {
    let Ok(link) = Url::parse(&element.link) else { return Effect::Write };
    let in_page = link.fragment().is_some() && without_fragment(&link) == without_fragment(page);
    let leads = matches!(link.scheme(), "http" | "https") && !in_page && !element.download;
    if leads { Effect::Read } else { Effect::Write }
}

fn without_fragment(url: &Url) -> Url {
    let mut url = url.clone();
    url.set_fragment(None);
    url
}

fn of_form(method: &str) -> Effect {
    match method {
        "get" => Effect::Egress,
        "dialog" => Effect::Write,
        _ => Effect::Consequential,
    }
}

fn of_name(name: &str) -> Effect {
    if names(name, IRREVERSIBLE) {
        Effect::Irreversible
    } else if names(name, CONSEQUENTIAL) {
        Effect::Consequential
    } else {
        Effect::Read
    }
}

/// Whether one of `orders` stands in `name` as whole words.
fn names(name: &str, orders: &[&str]) -> bool {
    let name = name.to_lowercase().replace('’', "'");
    let part_of_word = |character: char| character.is_alphanumeric() || character == '\'' || character == '-';
    let words: Vec<_> = name.split(|character| !part_of_word(character)).filter(|word| !word.is_empty()).collect();
    if words.len() > ORDER_WORDS {
        return false;
    }
    orders.iter().any(|order| {
        let order: Vec<_> = order.split(' ').collect();
        words.windows(order.len()).any(|window| window == order)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_raise_the_effect_in_five_languages() {
        let names = [
            ("Place order", Effect::Consequential),
            ("Sign in", Effect::Consequential),
            ("Jetzt zahlungspflichtig bestellen", Effect::Irreversible),
            ("S’inscrire", Effect::Consequential),
            ("Pagar ahora", Effect::Irreversible),
            ("Elimina account", Effect::Irreversible),
            ("Löschen", Effect::Irreversible),
            ("Pay $20.00", Effect::Irreversible),
            ("Payment methods", Effect::Read),
            ("Pay-as-you-go plans", Effect::Read),
            ("How to delete a file from a disk safely", Effect::Read),
            ("Show more", Effect::Read),
        ];
        assert_eq!(names.map(|(name, _)| (name, of_name(name))), names);
    }
}
