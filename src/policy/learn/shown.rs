//! The pack of a skill: what its demonstrations did, at the sites where they did it, and nothing else.
//!
//! A demonstration has no judgements, so that less is known than of a run: which verbs were used where, and
//! which secrets. What commits the user to something asks, whoever demonstrated it.

use std::collections::BTreeSet;

use lamassu_contract::Verb;

use super::{
    super::{
        cedar as book,
        text::{Files, Text},
    },
    LearnError, Learned,
    page::{self, Page},
    text::{cedar, entity, toml},
};

/// What a procedure does.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Shown {
    /// The origins where it does it.
    pub sites: BTreeSet<String>,
    /// The verbs of the browser that it uses, such as `fill`.
    pub verbs: BTreeSet<String>,
    /// The names of the secrets that it uses.
    pub secrets: BTreeSet<String>,
}

/// What every procedure needs: to come to its page, to see it, and to wait for it.
const ALWAYS: [&str; 3] = ["look", "open", "wait"];
/// What a case tries that is not among the verbs.
const OTHERS: [&str; 3] = ["upload", "download", "drag"];
/// A site that no demonstration has been to.
const ELSEWHERE: &str = "https://elsewhere.invalid/";

impl Shown {
    /// The pack called `name` that permits this. `verbs` are those of the tools there are. It has been loaded
    /// and passes its cases.
    ///
    /// # Errors
    ///
    /// [`LearnError::Nothing`] if it does nothing anywhere; [`LearnError::Pack`] if the pack does not load.
    pub fn pack(&self, name: &str, verbs: &[(String, Vec<Verb>)]) -> Result<Learned, LearnError> {
        let Some(site) = self.sites.first() else { return Err(LearnError::Nothing) };
        let about =
            "What the demonstrations of this skill did, at their sites. What commits the user to something asks.";
        let manifest =
            format!("name = {}\nabout = {}\nproves = [\"asks-before-irreversible\"]\n", toml(name), toml(about));
        let (rules, cases) = (self.rules(name), self.cases(site));
        let text = |name: &str, body: &str| Text { name: name.to_owned(), body: body.to_owned() };
        let files = Files {
            manifest: text("pack.toml", &manifest),
            rules: vec![text("rules.cedar", &rules)],
            cases: text("cases.toml", &cases),
        };
        let (_, report) = book::book(&files, verbs)?;
        let permits = rules.matches("\npermit (").count();
        Ok(Learned {
            manifest,
            rules,
            cases,
            deeds: self.verbs.len(),
            permits,
            asks: 1,
            passed: report.cases,
            notes: Vec::new(),
        })
    }

    fn rules(&self, name: &str) -> String {
        let sites =
            format!("[{}]", self.sites.iter().map(|site| entity("Origin", site)).collect::<Vec<_>>().join(", "));
        let secrets = self.secrets.iter().map(|secret| entity("Secret", secret)).collect::<Vec<_>>().join(", ");
        let used: BTreeSet<&str> = ALWAYS.into_iter().chain(self.verbs.iter().map(String::as_str)).collect();
        let actions: Vec<_> =
            used.iter().map(|verb| format!("Lamassu::Action::{}", cedar(&format!("browser.{verb}")))).collect();
        let actions = actions.join(",\n    ");
        let id = |rule: &str, because: &str| {
            format!("@id({})\n@because({})\n", cedar(&format!("{name}.{rule}")), cedar(because))
        };
        let mut rules = vec![
            format!(
                "{}permit (\n  principal is Lamassu::Run,\n  action in [\n    {actions}\n  ],\n  resource\n)\n\
                 when {{ resource in {sites} }};\n",
                id("does", "the demonstrations did this at these sites")
            ),
            format!(
                "// Before any page is open.\n{}permit (\n  principal is Lamassu::Run,\n  action in [\n    \
                 Lamassu::Action::\"browser.look\",\n    Lamassu::Action::\"browser.wait\"\n  ],\n  \
                 resource is Lamassu::Thing\n);\n",
                id("begins", "there is nothing to see yet")
            ),
            format!(
                "{}forbid (principal, action, resource)\n\
                 when {{ [\"consequential\", \"irreversible\"].contains(context.effect) }}\n\
                 unless {{ context.approval.granted && context.approval.age < 600 }};\n",
                id("asks", "it commits the user to something, so a person has to agree to it first")
            ),
            format!(
                "{}forbid (principal, action, resource)\nwhen {{ context.secrets.used }}\n\
                 unless {{ [{secrets}].containsAll(context.secrets.names) }};\n",
                id("own-secrets", "the demonstrations used no other secret")
            ),
        ];
        let stays = [
            ("frames", "what stands in a frame of another site is left alone", "has pageOrigin", "pageOrigin"),
            ("forms", "this form is sent to a site where nothing was demonstrated", "has form", "form.origin"),
            ("links", "this link leads to a site where nothing was demonstrated", "has link", "link.origin"),
        ];
        for (rule, because, has, field) in stays {
            // A link that is a script leads nowhere by itself.
            let more = if rule == "links" { " && resource.link.scheme != \"javascript\"" } else { "" };
            let known = if rule == "frames" { "" } else { &format!("resource.{} has origin && ", &has[4..]) };
            rules.push(format!(
                "{}forbid (principal, action, resource is Lamassu::Element)\nwhen {{ resource {has}{more} }}\n\
                 unless {{ {known}resource.{field} in {sites} }};\n",
                id(rule, because)
            ));
        }
        rules.extend(Page::all(&self.sites).rules(name));
        rules.join("\n")
    }

    fn cases(&self, site: &str) -> String {
        let page = toml(&format!("{site}/"));
        let part = format!("{{ page = {page}, role = \"button\", name = \"Go\", form = {page} }}");
        let mut cases = vec![
            case("its site is opened", "browser.open", &format!("url = {page}"), "", "allow"),
            case("another site is not", "browser.open", &format!("url = {}", toml(ELSEWHERE)), "", "deny"),
        ];
        if self.verbs.contains("click") {
            cases.push(case("a button is pressed", "browser.click", &format!("element = {part}"), "", "allow"));
            let effect = "effect = \"consequential\"\n";
            cases.push(case("what commits asks", "browser.click", &format!("element = {part}"), effect, "ask"));
        }
        if let Some(verb) = OTHERS.into_iter().find(|verb| !self.verbs.contains(*verb)) {
            let words = format!("nothing is done by `{verb}`, which was not demonstrated");
            cases.push(case(&words, &format!("browser.{verb}"), &format!("element = {part}"), "", "deny"));
        }
        let load = format!("facts = {}\n", page::facts("GET", "image", site));
        cases.push(case(
            "a page loads a part of its own",
            "browser.subresource",
            &format!("url = {page}"),
            &load,
            "allow",
        ));
        let tell = format!("facts = {}\n", page::facts("GET", "image", site));
        let elsewhere = format!("url = {}", toml(ELSEWHERE));
        cases.push(case("a page tells no other site", "browser.subresource", &elsewhere, &tell, "deny"));
        cases.join("\n")
    }
}

fn case(name: &str, call: &str, on: &str, more: &str, expect: &str) -> String {
    format!("[[case]]\nname = {}\ncall = {}\non.{on}\n{more}expect = {}\n", toml(name), toml(call), toml(expect))
}
