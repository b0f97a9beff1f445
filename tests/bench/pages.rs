//! Four pages of the shapes that people meet: a login, a shop's results, an admin console of fifty
//! thousand elements, and a page whose answer comes late. Made here, so that their controls are known.

use std::fmt::Write as _;

use axum::{Router, body::Bytes, response::Html, routing::get};

/// A field of the login.
pub(crate) const READER: &str = "Reader name";
/// A button of the login that commits nobody to anything.
pub(crate) const SHOW: &str = "Show the password";
/// The shop's search field.
pub(crate) const SEARCH: &str = "Search the shop";
/// The button of the late page.
pub(crate) const LOAD: &str = "Load the offer";
/// What appears after it was pressed.
pub(crate) const LATE: &str = "Take the late offer";

const MATERIALS: [&str; 5] = ["Oak", "Clay", "Copper", "Linen", "Glass"];
const THINGS: [&str; 25] = [
    "lamp", "bowl", "table", "chair", "basket", "mirror", "vase", "clock", "tray", "stool", "shelf", "jug", "box",
    "candle", "rug", "frame", "hook", "plate", "cup", "bell", "ladle", "chest", "bench", "lantern", "tile",
];
const FIRST: [&str; 25] = [
    "Amber", "Birch", "Cedar", "Delta", "Ember", "Falcon", "Garnet", "Harbor", "Indigo", "Jasper", "Kestrel", "Laurel",
    "Maple", "Nectar", "Onyx", "Pearl", "Quartz", "Raven", "Saffron", "Tulip", "Umber", "Violet", "Willow", "Yarrow",
    "Zephyr",
];
const SECOND: [&str; 20] = [
    "Trading", "Foods", "Mills", "Shipping", "Weavers", "Bakers", "Brewers", "Masons", "Scribes", "Growers", "Potters",
    "Tanners", "Smiths", "Glaziers", "Salt", "Timber", "Wool", "Oil", "Grain", "Stone",
];
const CITIES: [&str; 5] = ["Uruk", "Nippur", "Lagash", "Kish", "Mari"];
const RACKS: usize = 20;

/// A page with its controls, which have the ids `k0`, `k1`, … in their order.
#[derive(Debug, Default)]
pub(crate) struct Page {
    pub(crate) html: String,
    pub(crate) controls: Vec<Control>,
}

/// Something a person could act on.
#[derive(Debug, Clone)]
pub(crate) struct Control {
    pub(crate) role: &'static str,
    pub(crate) name: String,
}

impl Control {
    /// The control as a call names it.
    pub(crate) fn target(&self) -> String {
        format!("{} \"{}\"", self.role, self.name)
    }
}

impl Page {
    fn titled(title: &str, style: &str) -> Self {
        let html = format!(
            "<!doctype html><html lang=en><head><meta charset=utf-8><title>{title}</title>\
             <style>body{{font:14px sans-serif;margin:8px}}{style}</style></head><body>"
        );
        Self { html, controls: Vec::new() }
    }

    fn put(&mut self, html: &str) {
        self.html.push_str(html);
    }

    /// Notes a control; its id comes back.
    fn control(&mut self, role: &'static str, name: &str) -> String {
        self.controls.push(Control { role, name: name.to_owned() });
        format!("k{}", self.controls.len() - 1)
    }

    fn link(&mut self, name: &str) {
        let id = self.control("link", name);
        let _ = write!(self.html, "<a id={id} href='#{id}'>{name}</a>");
    }

    fn button(&mut self, name: &str, press: &str) {
        let id = self.control("button", name);
        let _ = write!(self.html, "<button id={id} type=button onclick=\"{press}\">{name}</button>");
    }

    fn tick(&mut self, name: &str) {
        let id = self.control("checkbox", name);
        let _ = write!(self.html, "<input type=checkbox id={id} aria-label='{name}'>");
    }

    fn field(&mut self, role: &'static str, name: &str, kind: &str) {
        let id = self.control(role, name);
        let _ =
            write!(self.html, "<input type={kind} id={id} placeholder='{name}' aria-label='{name}' autocomplete=off>");
    }

    fn list(&mut self, name: &str, options: &[&str]) {
        let id = self.control("combobox", name);
        let options: String = options.iter().map(|option| format!("<option>{option}</option>")).collect();
        let _ = write!(self.html, "<select id={id} aria-label='{name}'>{options}</select>");
    }

    /// The first control called `name`.
    pub(crate) fn named(&self, name: &str) -> (usize, &Control) {
        self.controls.iter().enumerate().find(|(_, control)| control.name == name).unwrap()
    }
}

/// A login form: 28 elements, 10 controls.
pub(crate) fn login() -> Page {
    let mut page = Page::titled("Reading room", "label{display:block;margin:8px 0}");
    page.put("<h1>Enter the reading room</h1><p>Your name is on your card.</p><p id=said>Nobody is here yet</p>");
    page.put("<form onsubmit='return false'><label>");
    page.field("textbox", READER, "text");
    page.put("</label><label>");
    page.field("textbox", "Password", "password");
    page.put("</label><label>");
    page.tick("Stay signed in");
    page.put("</label><label>");
    page.list("Branch", &["Nineveh", "Babylon", "Ur"]);
    page.put("</label>");
    page.button(SHOW, "said.textContent = 'Shown ' + (++count) + ' times'");
    page.button("Enter", "said.textContent = 'Entered'");
    page.put("</form>");
    for name in ["Forgotten password", "New reader", "Help", "Opening hours"] {
        page.link(name);
    }
    page.put("<script>var count = 0, said = document.getElementById('said')</script></body></html>");
    page
}

/// A shop's results: about 3,000 elements, 301 controls.
pub(crate) fn shop() -> Page {
    let style = "main{display:grid;grid-template-columns:repeat(4,1fr);gap:8px}article{border:1px solid #ccc}\
                 nav ul,aside{display:flex;flex-wrap:wrap;gap:6px}";
    let mut page = Page::titled("Household goods", style);
    page.put("<header>");
    page.link("Front page");
    page.field("searchbox", SEARCH, "search");
    page.button("Find", "count.title = 'found'");
    page.put("<b id=count>Basket: 0</b></header><nav><ul>");
    for thing in THINGS.iter().take(18) {
        page.put("<li><i></i>");
        page.link(&format!("Every {thing}"));
        page.put("</li>");
    }
    page.put("</ul></nav><aside>");
    for number in 0..30 {
        page.put("<div><label>");
        page.tick(&format!("Only from workshop {}", number + 1));
        let _ = write!(page.html, "<span>Workshop {}</span><em>({})</em></label></div>", number + 1, number * 7);
    }
    page.put("</aside><main>");
    for (index, name) in products().enumerate() {
        card(&mut page, index, &name);
    }
    page.put("</main><script>var taken = 0; function take() { count.textContent = 'Basket: ' + (++taken) }</script>");
    page.put("</body></html>");
    page
}

fn products() -> impl Iterator<Item = String> {
    THINGS.iter().flat_map(|thing| MATERIALS.iter().map(move |material| format!("{material} {thing}")))
}

/// What the button that takes `product` is called.
fn adding(product: &str) -> String {
    format!("Add {product} to the basket")
}

/// The buttons of the shop's first `count` products.
pub(crate) fn takes(count: usize) -> Vec<String> {
    products().take(count).map(|product| adding(&product)).collect()
}

fn card(page: &mut Page, index: usize, name: &str) {
    page.put("<article><h3>");
    page.link(name);
    let price = 5 + index * 37 % 90;
    let _ = write!(
        page.html,
        "</h3><p><span>Made by hand,</span> <span>batch {index}</span></p>\
         <p><strong>${price}.50</strong> <s>${}.00</s></p><ul>",
        price + 4
    );
    for fact in ["weight", "height", "width", "origin", "age"] {
        let _ = write!(page.html, "<li><span>{fact}: {}</span></li>", index * 13 % 97);
    }
    page.put("</ul><div>");
    page.button(&adding(name), "take()");
    page.put("</div></article>");
}

/// An admin console: about 51,600 elements and 3,002 controls, with twenty open shadow roots and five
/// frames.
pub(crate) fn console() -> Page {
    let mut page = Page::titled("Ledger console", "iframe{width:1200px;height:600px}");
    page.put("<h1>Ledger</h1>");
    page.field("textbox", "Search the ledger", "text");
    page.button("Search", "document.title = 'searched'");
    page.put("<section>");
    for rack in 0..RACKS {
        shelf(&mut page, rack);
    }
    page.put("</section><section>");
    for (number, city) in CITIES.iter().enumerate() {
        let _ = write!(page.html, "<iframe src='/frame/{number}' title='Requests of {city}'></iframe>");
        page.controls.extend(requests(city).controls);
    }
    page.put("</section><table><tbody>");
    let customers = SECOND.iter().flat_map(|second| FIRST.iter().map(move |first| format!("{first} {second}")));
    for (index, customer) in customers.enumerate() {
        account(&mut page, index, &customer);
    }
    page.put("</tbody></table></body></html>");
    page
}

/// One shadow root with twenty-five workers.
fn shelf(page: &mut Page, rack: usize) {
    page.put("<div><template shadowrootmode=open>");
    for worker in 1..=25 {
        let _ = write!(page.html, "<div><p><b>worker</b><i>{worker}</i><u>idle</u></p><span><em>since noon</em>");
        page.button(&format!("Restart worker {worker} of rack {}", rack + 1), "this.title = 'restarted'");
        page.put("</span></div>");
    }
    page.put("</template></div>");
}

/// A row of the console's table.
fn account(page: &mut Page, index: usize, customer: &str) {
    page.put("<tr><td>");
    page.link(customer);
    page.put("</td><td>");
    page.button(&format!("Edit {customer}"), "this.title = 'edited'");
    page.put("</td><td>");
    if index.is_multiple_of(2) {
        page.tick(&format!("Mark {customer}"));
    } else {
        page.list(&format!("Status of {customer}"), &["open", "paid"]);
    }
    page.put("</td>");
    figures(page, index, 23);
    page.put("</tr>");
}

/// Cells that merely tell something.
fn figures(page: &mut Page, row: usize, count: usize) {
    for column in 0..count {
        let _ = write!(page.html, "<td><span>{}.{column}</span></td>", row * 7 % 1000);
    }
}

/// The page in one of the console's frames.
fn requests(city: &str) -> Page {
    let mut page = Page::titled("Requests", "");
    page.put("<table><tbody>");
    for request in 1..=100 {
        page.put("<tr><td>");
        page.link(&format!("Request {request}"));
        page.put("</td><td>");
        page.button(&format!("Approve request {request} of {city}"), "this.title = 'approved'");
        page.put("</td>");
        figures(&mut page, request, 18);
        page.put("</tr>");
    }
    page.put("</tbody></table></body></html>");
    page
}

/// A page that answers a press half a second later.
pub(crate) fn late() -> Page {
    let mut page = Page::titled("Offers", "");
    page.put("<h1>Offers</h1>");
    page.button(LOAD, "setTimeout(offer, 500)");
    let script = "<script>function offer() { const button = document.createElement('button'); \
                  button.textContent = 'LATE'; document.getElementById('offers').append(button) }</script>";
    page.put("<div id=offers></div>");
    page.put(&script.replace("LATE", LATE));
    page.put("</body></html>");
    page
}

/// Serves the pages on a port of this machine for as long as the process lives. The address has no
/// slash at its end.
pub(crate) async fn serve() -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let page = |page: Page| {
        // Shared by all answers, so that they do not count as memory.
        let html = Bytes::from(page.html);
        get(async move || Html(html))
    };
    let frames = CITIES
        .iter()
        .enumerate()
        .fold(Router::new(), |router, (number, city)| router.route(&format!("/frame/{number}"), page(requests(city))));
    let router = frames
        .route("/a", page(login()))
        .route("/b", page(shop()))
        .route("/c", page(console()))
        .route("/d", page(late()));
    tokio::spawn(async move { axum::serve(listener, router).await });
    url
}
