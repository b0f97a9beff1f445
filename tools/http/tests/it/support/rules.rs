use std::sync::{Arc, Mutex};

use lamassu_contract::{Decision, Policy, PolicyError, Question, Resource, Zone};

/// Allows every request, and to connect to what it opens.
#[derive(Debug)]
pub(crate) struct Opens {
    what: What,
    asked: Mutex<Vec<String>>,
}

#[derive(Debug)]
enum What {
    Zone(&'static str),
    Address(&'static str),
}

impl Opens {
    pub(crate) fn zone(zone: &'static str) -> Arc<Self> {
        Arc::new(Self { what: What::Zone(zone), asked: Mutex::default() })
    }

    pub(crate) fn address(ip: &'static str) -> Arc<Self> {
        Arc::new(Self { what: What::Address(ip), asked: Mutex::default() })
    }

    /// What was judged, in order, each once.
    pub(crate) fn asked(&self) -> Vec<String> {
        let mut asked = self.asked.lock().unwrap().clone();
        asked.dedup();
        asked
    }
}

impl Policy for Opens {
    fn decide(&self, question: &Question<'_>) -> Result<Decision, PolicyError> {
        let action = question.action;
        self.asked.lock().unwrap().push(format!("{}: {}", action.call().name(), action.resource()));
        let allowed = match (action.resource(), &self.what) {
            (Resource::Address { ip, .. }, What::Zone(zone)) => {
                assert_eq!(action.facts().get("zone").unwrap(), Zone::of(*ip).as_str());
                Zone::of(*ip).as_str() == *zone
            }
            (Resource::Address { ip, .. }, What::Address(open)) => ip.to_string() == *open,
            _ => true,
        };
        Ok(Decision { allowed, rules: Vec::new() })
    }
}
