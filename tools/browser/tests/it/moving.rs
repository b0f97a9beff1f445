//! Opening, going back, waiting, scrolling, tabs.

use lamassu_contract::FailureKind;

use crate::lab::{Lab, alone, call, landed, limits, not_sent, shared};

#[test]
fn a_link_is_followed_and_back_returns() {
    shared(async |lab| {
        lab.open("/form").await;
        let followed = landed(lab.on("click", "Help").await);
        let returned = landed(lab.run(call("back")).await);
        let said = [&followed, &returned].map(|seen| (lab.site.hide(&seen.content), seen.moved));
        assert_eq!(
            said,
            [
                ("clicked link \"Help\"; now at SITE/said?help".to_owned(), true),
                ("went back; now at SITE/form".to_owned(), true)
            ]
        );
    });
}

#[test]
fn a_form_is_sent_by_its_button_and_by_enter() {
    shared(async |lab| {
        lab.open("/effects").await;
        landed(lab.on("click", "Keep").await);
        let button = lab.text().await;
        lab.open("/effects").await;
        landed(lab.run(call("press").with("key", "Enter").with("target", "Query")).await);
        assert_eq!((button.as_str(), lab.text().await.as_str()), ("POST /said", "GET /said?"));
    });
}

#[test]
fn an_address_within_the_page_keeps_the_document() {
    shared(async |lab| {
        lab.see("/words").await;
        landed(lab.run(call("open").with("url", "#prices")).await);
        let read = landed(lab.on("read", "[1]").await).content;
        assert_eq!(read, "Only this part.");
    });
}

#[test]
fn what_comes_late_can_be_waited_for() {
    shared(async |lab| {
        lab.open("/late").await;
        landed(lab.on("click", "Load").await);
        let text = landed(lab.run(call("wait").with("text", "late words")).await);
        let element = landed(lab.on("wait", "button \"Late button\"").await);
        let vain = not_sent(lab.run(call("wait").with("text", "never comes").with("seconds", 1)).await);
        assert_eq!(
            (text.content, element.content, vain),
            (
                "there is \"late words\"".to_owned(),
                "there is button \"Late button\"".to_owned(),
                (FailureKind::Limit, "waited 1 seconds for \"never comes\" in vain; look at the page".to_owned())
            )
        );
    });
}

#[test]
fn scrolling_shows_what_was_below() {
    shared(async |lab| {
        lab.see("/long").await;
        landed(lab.run(call("scroll").with("to", "end")).await);
        let end = lab.rows().await;
        landed(lab.run(call("scroll").with("to", "top")).await);
        assert_eq!(
            (end, lab.rows().await),
            (vec!["[2] button \"Last\"".to_owned()], vec!["[1] button \"First\"".to_owned()])
        );
    });
}

#[test]
fn a_new_tab_is_reported_and_can_be_shown_and_closed() {
    shared(async |lab| {
        lab.open("/tabs").await;
        let opened = landed(lab.on("click", "New tab").await).content;
        let shown = landed(lab.run(call("tabs").with("tab", 2)).await).content;
        let closed = landed(lab.run(call("tabs").with("tab", 2).with("close", true)).await).content;
        let missing = not_sent(lab.run(call("tabs").with("tab", 2)).await);
        assert_eq!(
            [opened, shown, closed, missing.1].map(|text| lab.site.hide(&text)),
            [
                "clicked link \"New tab\"; 1 new tab(s) opened, see `tabs`".to_owned(),
                "showing tab 2; now at SITE/said?second".to_owned(),
                "closed tab 2; now at SITE/tabs".to_owned(),
                "there is no tab 2; there are 1".to_owned(),
            ]
        );
    });
}

#[test]
fn a_tab_that_asks_before_it_is_shown_is_answered_like_any_other() {
    shared(async |lab| {
        lab.open("/tabs").await;
        landed(lab.on("click", "New question").await);
        // Nothing here tells when a tab behind this one asks.
        tokio::time::sleep(std::time::Duration::from_secs(1)).await;
        let shown = not_sent(lab.run(call("tabs").with("tab", 2)).await);
        let answered = landed(lab.run(call("dialog").with("accept", true)).await).content;
        let look = lab.look().await.page.unwrap();
        landed(lab.run(call("tabs").with("tab", 2).with("close", true)).await);
        let says = "the page shows a dialog that says \"Now?\"; answer it with `dialog`";
        assert_eq!(shown, (FailureKind::Invalid, says.to_owned()));
        assert_eq!(
            (lab.site.hide(&answered).as_str(), look.title.as_str()),
            ("accepted the dialog; now at SITE/asking", "true")
        );
        assert_eq!(look.table.rows.len(), 1);
    });
}

#[test]
fn a_server_that_is_not_there_is_named_and_leaves_an_empty_tab() {
    shared(async |lab| {
        let gone = lab.site.url("").replace("127.0.0.1", "127.0.0.77");
        let failed = not_sent(lab.run(call("open").with("url", gone.as_str())).await);
        let look = landed(lab.run(call("look")).await).content;
        let address = gone.trim_start_matches("http://");
        let why = format!("`{address}` cannot be reached: Connection refused (os error 111); nothing was sent");
        let says = format!("`{gone}/` cannot be opened: {why}; check the address");
        assert_eq!((failed, look.as_str()), ((FailureKind::Remote, says), "no page is open; `open` an address first"));
    });
}

#[test]
fn a_server_that_never_answers_is_given_up_and_the_browser_goes_on() {
    alone(async {
        let limits = lamassu_browser::Limits { load: std::time::Duration::from_secs(1), ..limits() };
        let lab = Lab::new(limits).await;
        lab.open("/words").await;
        let (kind, message) = not_sent(lab.run(call("open").with("url", lab.site.url("/never"))).await);
        lab.open("/act").await;
        lamassu_contract::Tool::close(&lab.tool).await;
        let says = "`SITE/never` brought no page within 1 seconds; try again later, or another address";
        assert_eq!((kind, lab.site.hide(&message).as_str()), (FailureKind::Limit, says));
    });
}

#[test]
fn a_link_to_a_server_that_never_answers_leaves_the_page_as_it_was() {
    alone(async {
        let limits = lamassu_browser::Limits { load: std::time::Duration::from_secs(1), ..limits() };
        let lab = Lab::new(limits).await;
        lab.open("/tabs").await;
        let clicked = landed(lab.on("click", "To nowhere").await).content;
        let title = lab.look().await.page.unwrap().title;
        lamassu_contract::Tool::close(&lab.tool).await;
        let says = "clicked link \"To nowhere\"; the page is still busy";
        assert_eq!((lab.site.hide(&clicked).as_str(), title.as_str()), (says, "Tabs"));
    });
}
