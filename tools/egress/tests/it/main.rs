//! What the proxy promises, seen from a browser that is nothing but a socket. Every server is a few
//! lines on 127.0.0.1, every name is made up, and nobody is asked on the network.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on should stop")]

mod abuse;
mod addresses;
mod inspection;
mod judging;
mod life;
mod support;
mod tunnels;
mod websockets;
