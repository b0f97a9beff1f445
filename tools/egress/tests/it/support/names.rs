use std::{
    collections::VecDeque,
    io,
    net::IpAddr,
    sync::{Arc, Mutex},
};

use lamassu_contract::BoxFuture;
use lamassu_egress::Resolve;

/// Names that lead where a test says.
#[derive(Debug)]
pub(crate) struct Names {
    /// One answer for each question; the last one stays. None at all is silence.
    answers: Mutex<VecDeque<Vec<IpAddr>>>,
    asked: Mutex<Vec<String>>,
}

impl Names {
    pub(crate) fn always(ips: &str) -> Arc<Self> {
        Self::in_turn(&[ips])
    }

    /// Each answer is a list of addresses with blanks between them.
    pub(crate) fn in_turn(answers: &[&str]) -> Arc<Self> {
        let parse = |ips: &&str| ips.split_whitespace().map(|ip| ip.parse().unwrap()).collect();
        Arc::new(Self { answers: Mutex::new(answers.iter().map(parse).collect()), asked: Mutex::default() })
    }

    /// A name server that never answers.
    pub(crate) fn silent() -> Arc<Self> {
        Self::in_turn(&[])
    }

    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

impl Resolve for Names {
    fn resolve<'a>(&'a self, name: &'a str) -> BoxFuture<'a, io::Result<Vec<IpAddr>>> {
        self.asked.lock().unwrap().push(name.to_owned());
        let mut answers = self.answers.lock().unwrap();
        let answer = if answers.len() > 1 { answers.pop_front() } else { answers.front().cloned() };
        match answer {
            Some(ips) => Box::pin(async move { Ok(ips) }),
            None => Box::pin(std::future::pending()),
        }
    }
}
