//! What is told to the policy, and what is not even asked.

use std::{io, net::IpAddr, sync::Arc};

use lamassu_browser::Options;
use lamassu_contract::{BoxFuture, FailureKind, Field, Resource, Tool as _};
use lamassu_egress::Resolve;

use crate::lab::{Lab, alone, call, landed, not_sent, shared};

#[test]
fn the_effect_of_a_press_is_read_off_the_page() {
    shared(async |lab| {
        lab.open("/effects").await;
        let expected = [
            ("A link", "read"),
            ("A download", "write"),
            ("A jump", "write"),
            ("A script", "write"),
            ("A mail", "write"),
            ("Delete account", "irreversible"),
            ("Loose button", "write"),
            ("Pay now", "irreversible"),
            ("Place order", "consequential"),
            ("Search", "egress"),
            ("Keep", "consequential"),
            ("Preview", "consequential"),
            ("Undo", "write"),
            ("Draft", "egress"),
            ("Close", "write"),
            ("Comment", "write"),
        ];
        let mut seen = Vec::new();
        for (name, _) in expected {
            seen.push((name, lab.effect(name).await));
        }
        assert_eq!(seen, expected);
    });
}

#[test]
fn a_press_of_enter_reaches_as_far_as_the_button_it_stands_for() {
    shared(async |lab| {
        lab.open("/effects").await;
        let mut seen = Vec::new();
        for (field, key) in [("Query", "Enter"), ("Comment", "Enter"), ("Comment", "a"), ("Pay now", "Space")] {
            let action = lab.describe(call("press").with("target", field).with("key", key)).await.unwrap();
            seen.push((action.effect().as_str(), action.facts()["submits"].as_bool()));
        }
        let expected = [
            ("egress", Some(true)),
            ("consequential", Some(true)),
            ("write", Some(false)),
            ("irreversible", Some(false)),
        ];
        assert_eq!(seen, expected);
    });
}

#[test]
fn an_element_is_told_with_its_frame_its_form_and_its_secrecy() {
    shared(async |lab| {
        lab.open("/form").await;
        let action = lab.describe(call("fill").with("target", "Password").with("secret", "pin")).await.unwrap();
        let Resource::Element(element) = action.resource() else { panic!("{action:?}") };
        let form = element.form.as_ref().unwrap();
        let told = (
            element.role.as_str(),
            element.name.as_str(),
            lab.site.hide(&element.origin),
            lab.site.hide(form.action.as_str()),
            form.method.as_str(),
            (element.secret_field, element.field),
            action.secrets().get("text").map(String::as_str),
        );
        assert_eq!(
            told,
            (
                "textbox",
                "Password",
                "SITE".into(),
                "SITE/said".into(),
                "post",
                (true, Some(Field::Password)),
                Some("pin")
            )
        );
    });
}

#[test]
fn a_buttons_own_form_target_is_the_one_that_counts() {
    shared(async |lab| {
        lab.open("/effects").await;
        let action = lab.describe(call("click").with("target", "Elsewhere")).await.unwrap();
        let Resource::Element(element) = action.resource() else { panic!("{action:?}") };
        assert_eq!(element.form.as_ref().unwrap().action.as_str(), "https://evil.test/x");
    });
}

#[test]
fn a_placeholder_in_a_text_is_refused() {
    shared(async |lab| {
        lab.open("/form").await;
        let texts = ["{{secret.pin}}", "x{secret pin}"];
        let mut kinds = Vec::new();
        for text in texts {
            kinds.push(not_sent(lab.run(call("fill").with("target", "Username").with("text", text)).await).0);
        }
        assert_eq!(kinds, [FailureKind::Invalid; 2]);
    });
}

#[test]
fn an_address_is_told_as_it_will_be_opened() {
    shared(async |lab| {
        lab.open("/form").await;
        let mut told = Vec::new();
        for url in ["//evil.test/", "said?x=1", "https://example.com./"] {
            let action = lab.describe(call("open").with("url", url)).await.unwrap();
            told.push((lab.site.hide(&action.resource().to_string()), action.facts()["has_query"].as_bool().unwrap()));
        }
        let expected = [("http://evil.test/", false), ("SITE/said?x=1", true), ("https://example.com/", false)];
        assert_eq!(told, expected.map(|(url, query)| (url.to_owned(), query)));
    });
}

#[test]
fn what_is_not_the_web_is_not_even_judged() {
    alone(async {
        let lab = Lab::with(Options::default()).await;
        let urls = [
            "javascript:alert(1)",
            "data:text/html,x",
            "blob:x",
            "file:///etc/passwd",
            "chrome://version",
            "view-source:http://a.test",
            "about:blank",
            "http://a@b.test/",
        ];
        let mut kinds = Vec::new();
        for url in urls {
            kinds.push(lab.describe(call("open").with("url", url)).await.unwrap_err().kind);
        }
        assert_eq!(kinds, [FailureKind::OutOfBounds; 8]);
    });
}

/// Says that every name is this machine, in disguise.
#[derive(Debug)]
struct Rebound;

impl Resolve for Rebound {
    fn resolve<'a>(&'a self, _: &'a str) -> BoxFuture<'a, io::Result<Vec<IpAddr>>> {
        Box::pin(async { Ok(vec!["::ffff:127.0.0.1".parse().unwrap()]) })
    }
}

#[test]
fn a_private_address_is_refused_before_anything_is_sent() {
    alone(async {
        let lab = Lab::with(Options { resolver: Arc::new(Rebound), ..Options::default() }).await;
        let address = lab.site.url("/form");
        let urls = [address.clone(), address.replace("127.0.0.1", "shop.test"), address.replace("127.0.0.1", "127.1")];
        let mut refused = Vec::new();
        for url in urls {
            let outcome = lab.run_under(call("open").with("url", url), |action| {
                action.call().name() != "egress.connect" || action.facts()["zone"] == "public"
            });
            refused.push(not_sent(outcome.await).0);
        }
        assert_eq!((refused, lab.site.visits()), (vec![FailureKind::Refused; 3], 0));
    });
}

#[test]
fn a_page_that_came_after_the_judgement_is_judged_before_it_is_shown() {
    shared(async |lab| {
        lab.open("/form").await;
        let judged = lab.describe(call("look")).await.unwrap();
        lab.open("/said").await;
        let outcome = lab.spend(judged, |action| !action.resource().to_string().ends_with("/said"));
        assert_eq!(not_sent(outcome.await).0, FailureKind::Refused);
    });
}

#[test]
fn unknown_verbs_and_arguments_are_refused() {
    shared(async |lab| {
        lab.open("/form").await;
        let wrong = [
            call("execute"),
            call("look "),
            call("click"),
            call("click").with("target", 7),
            call("click").with("target", "Sign in").with("force", true),
            call("find"),
            call("find").with("pattern", "("),
            call("scroll").with("to", "sideways"),
            call("press").with("key", "Entr"),
            call("check").with("target", "Username"),
        ];
        let mut kinds = Vec::new();
        for call in wrong {
            kinds.push(lab.describe(call).await.unwrap_err().kind);
        }
        assert_eq!(kinds, [FailureKind::Invalid; 10]);
    });
}

#[test]
fn an_open_page_is_to_be_looked_at() {
    alone(async {
        let lab = Lab::with(Options::default()).await;
        let before = lab.tool.look("");
        let blank = lab.describe(call("look")).await.unwrap().resource().to_string();
        let page = lab.see("/words").await;
        let during = (lab.tool.look("read words"), lab.tool.restore(&page));
        lab.tool.close().await;
        let restored = lab.tool.restore(&page);
        landed(lab.run(call("look")).await);
        let open = call("open").with("url", lab.site.url("/words"));
        assert_eq!(
            (before, blank.as_str(), during, restored),
            (None, "Browser \"blank\"", (Some(call("look").with("about", "read words")), None), Some(open))
        );
    });
}
