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
    /// One answer for each question; the last one stays.
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

    /// A test that must not resolve anything.
    pub(crate) fn nowhere() -> Arc<dyn Resolve> {
        Arc::new(Unasked)
    }

    /// A name server that is silent.
    pub(crate) fn never() -> Arc<dyn Resolve> {
        Arc::new(Silent)
    }

    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

impl Resolve for Names {
    fn resolve<'a>(&'a self, name: &'a str) -> BoxFuture<'a, io::Result<Vec<IpAddr>>> {
        self.asked.lock().unwrap().push(name.to_owned());
        let mut answers = self.answers.lock().unwrap();
        let answer = if answers.len() > 1 { answers.pop_front().unwrap() } else { answers.front().unwrap().clone() };
        Box::pin(async move { Ok(answer) })
    }
}

#[derive(Debug)]
struct Unasked;

impl Resolve for Unasked {
    fn resolve<'a>(&'a self, name: &'a str) -> BoxFuture<'a, io::Result<Vec<IpAddr>>> {
        panic!("`{name}` was resolved")
    }
}

#[derive(Debug)]
struct Silent;

impl Resolve for Silent {
    fn resolve<'a>(&'a self, _: &'a str) -> BoxFuture<'a, io::Result<Vec<IpAddr>>> {
        Box::pin(std::future::pending())
    }
}
