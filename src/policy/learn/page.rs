//! What pages need to load: their own requests are judged too, and are not on record.

use std::collections::BTreeSet;

use lamassu_contract::{Effect, Resource};

use super::{
    super::{changes::places, host},
    Deed,
    text::{entity, toml},
};

/// The origins of the pages that were used.
#[derive(Debug)]
pub(super) struct Page {
    pub(super) origins: BTreeSet<String>,
    /// Those that something was sent to.
    pub(super) sent_to: BTreeSet<String>,
    /// Whether they may load things from the hosts of assets.
    assets: bool,
}

impl Page {
    /// The pages of `deeds`; none if there was no browser.
    pub(super) fn of(deeds: &[Deed], assets: &BTreeSet<String>) -> Option<Self> {
        let used = deeds.iter().filter(|deed| deed.recorded.action.call().tool == "browser");
        let mut origins = BTreeSet::new();
        let mut sent_to = BTreeSet::new();
        for deed in used {
            let action = &deed.recorded.action;
            origins.extend(places(action).into_iter().map(|(_, origin)| origin));
            if let Resource::Element(element) = action.resource()
                && deed.effect >= Effect::Egress
            {
                // What is neither a form that is sent nor a link is sent by the page's own script.
                match (&element.form, &element.link) {
                    (Some(form), _) if form.method.eq_ignore_ascii_case("post") => {
                        sent_to.extend(host::origin(&form.action).map(|origin| origin.id));
                    }
                    (None, None) => sent_to.extend(host::spelled(&element.origin).map(|origin| origin.id)),
                    _ => {}
                }
            }
        }
        (!origins.is_empty()).then_some(Self { origins, sent_to, assets: !assets.is_empty() })
    }

    /// Pages of these origins, which may send something to each of them.
    pub(super) fn all(origins: &BTreeSet<String>) -> Self {
        Self { origins: origins.clone(), sent_to: origins.clone(), assets: false }
    }

    /// The rules, as text; `name` is the pack's.
    pub(super) fn rules(&self, name: &str) -> Vec<String> {
        let origins = list(&self.origins);
        let subresource = "action == Lamassu::Action::\"browser.subresource\"";
        let mut rules = vec![format!(
            "// What a page loads is not on record; this is what pages need at least. In a tunnel that stays closed\n\
             // to us (`CONNECT`) it cannot be told what is asked for; run with `--inspect` to judge that too.\n\
             @id(\"{name}.pages-load\")\n\
             @because(\"the pages of the recorded runs load their parts from their own sites\")\n\
             permit (\n  principal is Lamassu::Run,\n  {subresource},\n  resource is Lamassu::Url\n)\n\
             when {{ resource in {origins} }}\n\
             when {{\n  [\"GET\", \"HEAD\", \"OPTIONS\", \"CONNECT\"].contains(context.facts.method) &&\n  \
             context.facts.destination != \"websocket\"\n}};\n"
        )];
        if !self.sent_to.is_empty() {
            rules.push(format!(
                "@id(\"{name}.pages-send\")\n\
                 @because(\"the recorded runs sent forms, or pressed what sends something, there\")\n\
                 permit (\n  principal is Lamassu::Run,\n  {subresource},\n  resource is Lamassu::Url\n)\n\
                 when {{ resource in {} && context.facts.method == \"POST\" }}\n\
                 unless {{ context.facts has initiator && !(context.facts.initiator in {origins}) }};\n",
                list(&self.sent_to)
            ));
        }
        if self.assets {
            rules.push(format!(
                "@id(\"{name}.assets\")\n\
                 @because(\"the pages may load their parts from there\")\n\
                 permit (\n  principal is Lamassu::Run,\n  {subresource},\n  resource is Lamassu::Url in \
                 Lamassu::Group::\"assets\"\n)\n\
                 when {{\n  [\"GET\", \"HEAD\", \"CONNECT\"].contains(context.facts.method) &&\n  \
                 [\"audio\", \"font\", \"image\", \"script\", \"style\", \"tunnel\", \"unknown\", \"video\"]\n    \
                 .contains(context.facts.destination)\n}};\n"
            ));
        }
        rules
    }
}

fn list(origins: &BTreeSet<String>) -> String {
    let origins: Vec<_> = origins.iter().map(|origin| entity("Origin", origin)).collect();
    format!("[{}]", origins.join(", "))
}

/// A fact that a case of a page has, for its TOML.
pub(super) fn facts(method: &str, destination: &str, initiator: &str) -> String {
    format!(
        "{{ method = {}, destination = {}, inspected = true, initiator = {} }}",
        toml(method),
        toml(destination),
        toml(initiator)
    )
}
