//! How a proxy ends, and what does not start.

use lamassu_egress::{Proxy, ProxyError, ProxyOptions};
use tokio::net::TcpStream;

use crate::support::{Lab, Rules, Site, connect, get, until};

#[tokio::test]
async fn a_proxy_that_is_dropped_ends_everything() {
    let (lab, site) = (Lab::under(Rules::open()).await, Site::new().await);
    let silent = Site::saying("").await;
    let (mut idle, mut waiting, mut inside) = (lab.browser().await, lab.browser().await, lab.browser().await);
    idle.ask(&get(&site.url("/"))).await;
    waiting.say(&get(&silent.url("/"))).await;
    inside.ask(&connect(&silent.authority())).await;
    until(|| silent.requests().len() == 1).await;
    let address = lab.proxy.address();
    drop(lab.proxy);
    let heard = [idle.rest().await, waiting.rest().await, inside.rest().await];
    until(|| site.open() == 0 && silent.open() == 0).await;
    // Whoever knocks until nobody is there is let in by nobody.
    while TcpStream::connect(address).await.is_ok() {}
    assert_eq!(heard, [const { String::new() }; 3]);
}

#[tokio::test]
async fn a_port_that_is_taken_is_told() {
    let taken = Proxy::start(ProxyOptions::default()).await.unwrap();
    let options = ProxyOptions { listen: taken.address(), ..ProxyOptions::default() };
    assert!(matches!(Proxy::start(options).await, Err(ProxyError::Listen(address, _)) if address == taken.address()));
}

#[tokio::test]
async fn an_authority_that_is_none_is_told() {
    let options = ProxyOptions { trust: vec!["not a certificate".to_owned()], ..ProxyOptions::default() };
    assert!(matches!(Proxy::start(options).await, Err(ProxyError::Trust(_))));
}
