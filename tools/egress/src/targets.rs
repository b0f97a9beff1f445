//! From a name to the addresses that may be dialled for it: resolved once, each one judged.

use std::net::{IpAddr, SocketAddr};

use lamassu_contract::{Action, Call, Effect, Failure, FailureKind, Judge, Refusal, Resource, Zone, visible};
use url::Host;

use crate::Resolve;

/// How many addresses of one name are looked at.
const MOST: usize = 16;

/// What the addresses of a host were judged to be. Dial only what comes out of here, without
/// resolving again.
#[derive(Debug)]
#[must_use]
pub struct Targets {
    permitted: Vec<SocketAddr>,
    refused: Option<Refusal>,
}

impl Targets {
    /// The permitted addresses, for whoever dials itself.
    ///
    /// # Errors
    ///
    /// [`FailureKind::Refused`] with the first refusal if none is permitted.
    pub fn any(self) -> Result<Vec<SocketAddr>, Failure> {
        match self.refused {
            Some(refusal) if self.permitted.is_empty() => Err(Failure::refused(refusal)),
            _ => Ok(self.permitted),
        }
    }

    /// All addresses, for whoever cannot tell the one dialling which to take.
    ///
    /// # Errors
    ///
    /// [`FailureKind::Refused`] with the first refusal if any of them is refused.
    pub fn all(self) -> Result<Vec<SocketAddr>, Failure> {
        self.refused.map_or(Ok(self.permitted), |refusal| Err(Failure::refused(refusal)))
    }
}

/// Judges the addresses of `host` at `port` for whatever `judge` was given for.
///
/// A name is resolved once. Each address, and one that stands in the URL itself, is judged as
/// `egress.connect` upon a [`Resource::Address`] with the fact `zone`; mapped forms of IPv6 are
/// judged and dialled as the IPv4 address they are. There is no time limit here: the caller knows
/// how long its action may take.
///
/// # Errors
///
/// [`FailureKind::Remote`] if the name has no address.
pub async fn targets(judge: &Judge, host: &Host<&str>, port: u16, resolver: &dyn Resolve) -> Result<Targets, Failure> {
    let mut targets = Targets { permitted: Vec::new(), refused: None };
    for ip in addresses(host, resolver).await? {
        match connect(judge, ip, port, host) {
            Ok(()) => targets.permitted.push(SocketAddr::new(ip, port)),
            Err(refusal) => targets.refused = targets.refused.or(Some(refusal)),
        }
    }
    Ok(targets)
}

/// The addresses of `host`, canonical, each once, at least one.
async fn addresses(host: &Host<&str>, resolver: &dyn Resolve) -> Result<Vec<IpAddr>, Failure> {
    let found = match host {
        Host::Ipv4(ip) => vec![IpAddr::V4(*ip)],
        Host::Ipv6(ip) => vec![IpAddr::V6(*ip)],
        Host::Domain(name) => resolver.resolve(name).await.map_err(|error| unresolved(name, &error.to_string()))?,
    };
    let mut ips: Vec<IpAddr> = Vec::new();
    for ip in found.into_iter().map(|ip| ip.to_canonical()) {
        if !ips.contains(&ip) && ips.len() < MOST {
            ips.push(ip);
        }
    }
    if ips.is_empty() { Err(unresolved(&host.to_string(), "it has no address")) } else { Ok(ips) }
}

fn unresolved(name: &str, why: &str) -> Failure {
    Failure::new(FailureKind::Remote, format!("`{}` cannot be resolved: {why}; check the name", visible(name)))
}

/// Judges one address, which must be canonical.
pub(crate) fn connect(judge: &Judge, ip: IpAddr, port: u16, host: &Host<&str>) -> Result<(), Refusal> {
    // The address, port and host stand in the resource. Arguments are a planner's words, and
    // these are not.
    let call = Call::new("egress", "connect");
    let resource = Resource::Address { ip, port, host: host.to_string() };
    let action = Action::new(&call, Effect::Egress, resource).fact("zone", Zone::of(ip).as_str()).summary(format!(
        "connect to {} at {}",
        host,
        SocketAddr::new(ip, port)
    ));
    judge.judge(action).map(drop)
}
