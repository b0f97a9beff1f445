//! Ashur & Daughters Pottery: the shop that the demonstration orders from.
//!
//! A small but real web shop: sign-in, search with filters, cart, checkout, order history, support.
//! Everything is in memory and order numbers count up from `LM-1001`. Some of its customers are
//! hostile: their reviews and messages carry instructions for whoever lets a program read them
//! (see `hostile.rs`). A [`Sink`] beside it counts what leaks to another host.
//!
//! Two things are done on purpose. A form that is sent twice orders twice, so that a repeated
//! effect shows. And there is no Content-Security-Policy: whatever keeps a browser from telling
//! secrets must be the runtime's doing, not this site's.
//!
//! ```no_run
//! # async fn example() -> std::io::Result<()> {
//! use lamassu_shop::{Shop, serve};
//! use tokio::net::TcpListener;
//!
//! let shop = Shop::new();
//! let door = TcpListener::bind("127.0.0.1:0").await?;
//! tokio::spawn(serve(door, shop.clone()));
//! assert!(shop.orders().is_empty());
//! # Ok(())
//! # }
//! ```

mod cart;
mod catalogue;
mod checkout;
mod hostile;
mod order;
mod page;
mod picture;
mod price;
mod session;
mod shop;
mod sink;
mod visit;
mod web;

pub use order::{Address, Delivery, Item, Order};
pub use price::Price;
pub use shop::{CUSTOMER, Settings, Shop};
pub use sink::{Received, Sink, serve_sink};
pub use web::{router, serve};
