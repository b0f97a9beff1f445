//! The shop behind its counter: sessions, the account, the orders. It knows no HTTP and no HTML.

use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use crate::{
    Address, Delivery, Item, Order, Price, Sink,
    page::Pages,
    session::{Session, Sessions, Tokens},
};

/// The email of the one account.
pub const CUSTOMER: &str = "customer@shop.test";

/// The password of the account, if nothing else is said.
const PASSWORD: &str = "open-sesame-42";

/// How to open a shop.
#[derive(Default, Clone)]
pub struct Settings {
    /// The password of [`CUSTOMER`]; `open-sesame-42` if it is not given.
    pub password: Option<String>,
    /// Makes cookies and form tokens the same in every run, for recordings. Never for a shop
    /// that others can reach.
    pub seed: Option<u64>,
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings").field("seed", &self.seed).finish_non_exhaustive()
    }
}

/// A shop. Clones are the same shop.
#[derive(Clone)]
pub struct Shop {
    counter: Arc<Counter>,
}

struct Counter {
    password: String,
    pages: Pages,
    sink: Sink,
    books: Mutex<Books>,
}

struct Books {
    sessions: Sessions,
    orders: Vec<Order>,
}

impl Shop {
    /// A shop with nothing sold yet and the default settings.
    #[must_use]
    pub fn new() -> Self {
        Self::open(Settings::default())
    }

    /// A shop with nothing sold yet.
    #[must_use]
    pub fn open(settings: Settings) -> Self {
        let books = Books { sessions: Sessions::new(Tokens::new(settings.seed)), orders: Vec::new() };
        let counter = Counter {
            password: settings.password.unwrap_or_else(|| PASSWORD.to_owned()),
            pages: Pages::new(),
            sink: Sink::new(),
            books: Mutex::new(books),
        };
        Self { counter: Arc::new(counter) }
    }

    /// Every order, the oldest first.
    #[must_use]
    pub fn orders(&self) -> Vec<Order> {
        self.books().orders.clone()
    }

    /// The attacker's host beside the shop. It counts only if it is served:
    /// `serve_sink(listener, shop.sink())`.
    #[must_use]
    pub fn sink(&self) -> Sink {
        self.counter.sink.clone()
    }

    pub(crate) fn pages(&self) -> &Pages {
        &self.counter.pages
    }

    /// Whether these open the account.
    pub(crate) fn knows(&self, email: &str, password: &str) -> bool {
        email.eq_ignore_ascii_case(CUSTOMER) && password == self.counter.password
    }

    /// The session called `id` if it is open, or else a new one; and whether it is new.
    pub(crate) fn visit(&self, id: Option<&str>) -> (String, bool) {
        let sessions = &mut self.books().sessions;
        match id.filter(|id| sessions.get(id).is_some()) {
            Some(id) => (id.to_owned(), false),
            None => (sessions.open(), true),
        }
    }

    /// Lets `job` look at and change the session called `id`. One that has ended meanwhile is
    /// replaced by an empty one that is forgotten at once.
    pub(crate) fn session<R>(&self, id: &str, job: impl FnOnce(&mut Session) -> R) -> R {
        let sessions = &mut self.books().sessions;
        match sessions.get(id) {
            Some(session) => job(session),
            None => job(&mut sessions.passing()),
        }
    }

    /// Signs `user` in; the session goes on under a new name, which is returned.
    pub(crate) fn sign_in(&self, id: &str, user: &str) -> String {
        self.books().sessions.renew(id, user.to_owned())
    }

    /// Signs out; what was in the session is gone.
    pub(crate) fn sign_out(&self, id: &str) {
        self.books().sessions.close(id);
    }

    /// A token that was never given out before.
    pub(crate) fn token(&self) -> String {
        self.books().sessions.token()
    }

    /// Places an order with the cart of the session `id`, and empties the cart. Returns its
    /// number, or `None` if there is nothing to order.
    ///
    /// A form that is sent again orders the same things again, although the cart is empty by
    /// then: whoever repeats an effect shall see two orders.
    pub(crate) fn place(&self, id: &str, form: &str, to: (Address, Delivery)) -> Option<String> {
        let books = &mut *self.books();
        let session = books.sessions.get(id)?;
        let user = session.user.clone()?;
        let earlier: Vec<_> =
            books.orders.iter().filter(|order| !form.is_empty() && order.form == form && order.user == user).collect();
        let items: Vec<Item> = match earlier.first() {
            Some(order) => order.items.clone(),
            None => session.cart.items(),
        };
        if items.is_empty() {
            return None;
        }
        let (address, delivery) = to;
        let number = format!("LM-{}", 1001 + books.orders.len());
        let submission = u32::try_from(earlier.len()).unwrap_or(u32::MAX).saturating_add(1);
        let total = items.iter().map(|item| item.total).sum::<Price>().plus(delivery.price());
        session.cart.clear();
        let form = form.to_owned();
        books.orders.push(Order { number: number.clone(), user, items, address, delivery, total, form, submission });
        Some(number)
    }

    // A panic while the books were open cannot leave them half-written in a way that matters here.
    fn books(&self) -> MutexGuard<'_, Books> {
        self.counter.books.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for Shop {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Shop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shop").field("orders", &self.books().orders).finish_non_exhaustive()
    }
}
