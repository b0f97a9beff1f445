//! From options to a session: the proxy, the driver, capabilities, and words for what goes wrong.

use std::net::SocketAddr;

use fantoccini::{ClientBuilder, wd::Capabilities};
use hyper_util::client::legacy::connect::HttpConnector;
use lamassu_contract::{Failure, FailureKind};
use lamassu_egress::{Proxy, ProxyOptions};
use serde_json::{Map, Value, json};
use url::{Host, Url};

use crate::{
    Engine, Options,
    driver::Driver,
    session::{Protocol, Session},
};

/// Flags that every Chromium of ours gets: it talks to nobody by itself, and to nobody past us.
const FLAGS: [&str; 15] = [
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-extensions",
    "--disable-sync",
    "--disable-breakpad",
    "--disable-crash-reporter",
    "--no-first-run",
    "--no-default-browser-check",
    "--no-pings",
    // Older ones know this as a preference alone, see below.
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--disable-features=Translate,OptimizationHints,MediaRouter,DialMediaRouteProvider,NetworkTimeServiceQuerying",
    // What it would ask of its maker anyway goes to a name that cannot exist.
    "--gaia-url=https://browser.invalid/",
    "--component-updater=url-source=https://browser.invalid/",
];

/// Starts a browser, or connects to one that is running.
///
/// # Errors
///
/// [`FailureKind::Lost`]: says what is missing and how to get it.
pub(crate) async fn start(options: &Options) -> Result<Session, Failure> {
    let proxy = match &options.attach {
        // A browser that runs already goes its own way to the network.
        Some(_) => None,
        None => Some(proxy(options).await?),
    };
    let driver = match &options.remote {
        Some(_) => None,
        None => Some(Driver::start(options).await?),
    };
    if let Some(proxy) = &proxy {
        driver
            .iter()
            .map(|driver| driver.port)
            .chain(options.closed.iter().copied())
            .for_each(|port| proxy.close_port(port));
    }
    let address = match (&options.remote, &driver) {
        (Some(url), _) => remote(url)?,
        (None, Some(driver)) => format!("http://127.0.0.1:{}/", driver.port),
        (None, None) => return Err(lost("no driver was started".to_owned())),
    };
    let mut connector = HttpConnector::new();
    connector.set_nodelay(true);
    let mut builder = ClientBuilder::new(connector);
    builder.capabilities(capabilities(options, driver.as_ref(), proxy.as_ref()));
    let client = match tokio::time::timeout(options.limits.start, builder.connect(&address)).await {
        Ok(Ok(client)) => client,
        Ok(Err(error)) => return Err(unstarted(driver.as_ref(), &error.to_string())),
        Err(_) => {
            let seconds = options.limits.start.as_secs();
            return Err(unstarted(driver.as_ref(), &format!("no answer within {seconds} seconds")));
        }
    };
    let protocol = match options.engine {
        Engine::Chromium if !options.webdriver_only => Protocol::DevTools,
        Engine::Chromium | Engine::Firefox => Protocol::WebDriver,
    };
    let mut session = Session::new(client, (driver, proxy), options.limits, protocol).await?;
    session.detail = options.detail;
    if let Some(lens) = &options.lens {
        session.watched_through(lens).await?;
    }
    // What was refused before there was anything to do concerns nobody.
    drop(session.untold());
    Ok(session)
}

fn remote(url: &Url) -> Result<String, Failure> {
    if url.scheme() != "http" {
        let why = format!("the WebDriver at `{url}` is reached by plain http only; put a local forwarder before it");
        return Err(lost(why));
    }
    Ok(url.to_string())
}

/// The proxy that the browser is pinned to, where it can reach it.
async fn proxy(options: &Options) -> Result<Proxy, Failure> {
    let near = options.remote.as_ref().is_none_or(|url| match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    });
    let defaults = ProxyOptions::default();
    let listen = match options.proxy {
        Some(ip) => SocketAddr::new(ip, 0),
        None if near => defaults.listen,
        None => {
            return Err(lost(
                "a browser on another machine reaches the network through the proxy of this one; give the address of \
                 this machine under which that browser can reach it (`proxy`, or `--proxy ADDRESS`)"
                    .to_owned(),
            ));
        }
    };
    let options = ProxyOptions {
        listen,
        inspect: options.inspect,
        resolver: options.resolver.clone(),
        trust: options.trust.clone(),
        ..defaults
    };
    Proxy::start(options).await.map_err(|error| lost(format!("the browser's proxy does not start: {error}")))
}

fn capabilities(options: &Options, driver: Option<&Driver>, proxy: Option<&Proxy>) -> Capabilities {
    let mut all: Capabilities = Map::new();
    // A browser answers no question about a page while another one is on its way. The driver knows
    // when that is so, holds commands back meanwhile, and stops loading in the end.
    all.insert("pageLoadStrategy".to_owned(), "eager".into());
    let load = options.limits.load.as_millis() as u64;
    let script = options.limits.command.as_millis() as u64;
    all.insert("timeouts".to_owned(), json!({ "pageLoad": load, "script": script }));
    all.insert("unhandledPromptBehavior".to_owned(), "ignore".into());
    match options.engine {
        Engine::Chromium => {
            all.insert("browserName".to_owned(), "chrome".into());
            all.insert("goog:chromeOptions".to_owned(), chromium(options, driver, proxy));
        }
        Engine::Firefox => {
            all.insert("browserName".to_owned(), "firefox".into());
            all.insert("moz:firefoxOptions".to_owned(), firefox(options, driver));
            if let Some(proxy) = proxy {
                let address = proxy.address().to_string();
                let manual = json!({ "proxyType": "manual", "httpProxy": address, "sslProxy": address, "noProxy": [] });
                all.insert("proxy".to_owned(), manual);
            }
            // Here an authority cannot be named; the proxy has verified the server's certificate.
            all.insert("acceptInsecureCerts".to_owned(), options.inspect.into());
        }
    }
    all
}

fn chromium(options: &Options, driver: Option<&Driver>, proxy: Option<&Proxy>) -> Value {
    if let Some(address) = &options.attach {
        return json!({ "debuggerAddress": address.to_string() });
    }
    let mut args: Vec<String> = FLAGS.iter().map(|flag| (*flag).to_owned()).collect();
    args.push(format!("--window-size={},{}", options.window.0, options.window.1));
    if options.headless {
        args.push("--headless=new".to_owned());
        // Nobody looks on, and drawing by way of a graphics processor that is not there takes longer.
        args.push("--disable-gpu".to_owned());
    }
    if options.unsafe_no_sandbox {
        args.push("--no-sandbox".to_owned());
    }
    if let Some(proxy) = proxy {
        args.push(format!("--proxy-server=http://{}", proxy.address()));
        // Addresses of this machine are no exception.
        args.push("--proxy-bypass-list=<-loopback>".to_owned());
        // Whatever would go past the proxy finds no address.
        args.push(format!("--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE {}", proxy.address().ip()));
        if let Some(spki) = proxy.spki() {
            args.push(format!("--ignore-certificate-errors-spki-list={spki}"));
        }
    }
    let mut chrome = Map::new();
    if let Some(driver) = driver {
        // Without one, the driver makes one in its own folder, so that less is to be set up.
        if let Some(profile) = &options.profile {
            args.push(format!("--user-data-dir={}", profile.display()));
        }
        chrome.insert("binary".to_owned(), driver.browser.clone().into());
    }
    chrome.insert("args".to_owned(), args.into());
    // The driver would let pages open as many windows as they like; so each takes a press.
    chrome.insert("excludeSwitches".to_owned(), json!(["disable-popup-blocking"]));
    chrome.insert("prefs".to_owned(), preferences());
    chrome.into()
}

/// No password manager, no downloads, nobody is asked for a place, a camera or notifications, and
/// WebRTC does not go past the proxy.
fn preferences() -> Value {
    json!({
        "webrtc.ip_handling_policy": "disable_non_proxied_udp",
        // A question about another program lies over the page and takes every press.
        "policy.url_blocklist": ["*"],
        "policy.url_allowlist": ["http://*", "https://*", "about:*", "blob:*", "data:*", "javascript:*"],
        "browser.enable_spellchecking": false,
        "credentials_enable_service": false,
        "profile.password_manager_enabled": false,
        "profile.password_manager_leak_detection": false,
        "autofill.profile_enabled": false,
        "autofill.credit_card_enabled": false,
        "download_restrictions": 3,
        "profile.default_content_setting_values.notifications": 2,
        "profile.default_content_setting_values.geolocation": 2,
        "profile.default_content_setting_values.media_stream": 2,
        "profile.default_content_setting_values.automatic_downloads": 2
    })
}

fn firefox(options: &Options, driver: Option<&Driver>) -> Value {
    let (width, height) = options.window;
    let mut args = vec![format!("--width={width}"), format!("--height={height}")];
    if options.headless {
        args.push("-headless".to_owned());
    }
    let mut firefox = Map::new();
    if let Some(driver) = driver {
        firefox.insert("binary".to_owned(), driver.browser.clone().into());
    }
    firefox.insert("args".to_owned(), args.into());
    let prefs = json!({
        // Addresses of this machine are no exception, and nothing goes past the proxy.
        "network.proxy.allow_hijacking_localhost": true,
        "network.dns.disablePrefetch": true,
        "network.http.speculative-parallel-limit": 0,
        "network.http.http3.enable": false,
        "network.trr.mode": 5,
        "network.captive-portal-service.enabled": false,
        "network.connectivity-service.enabled": false,
        "media.peerconnection.enabled": false,
        "signon.rememberSignons": false,
        "permissions.default.geo": 2,
        "permissions.default.camera": 2,
        "permissions.default.microphone": 2,
        "permissions.default.desktop-notification": 2
    });
    firefox.insert("prefs".to_owned(), prefs);
    firefox.into()
}

fn unstarted(driver: Option<&Driver>, error: &str) -> Failure {
    let error = error.lines().next().unwrap_or_default();
    if driver.is_some_and(Driver::lacks_sandbox) {
        return lost(
            "Chromium cannot start its sandbox here: user namespaces are closed and there is no setuid helper; \
             install `chromium-sandbox` or allow user namespaces; only if neither can be done, give \
             `--unsafe-no-sandbox`: a hostile page can then take over the account the browser runs under"
                .to_owned(),
        );
    }
    lost(format!("the browser does not start: {error}"))
}

fn lost(message: String) -> Failure {
    Failure::new(FailureKind::Lost, message)
}
