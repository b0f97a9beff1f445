//! From options to a session: capabilities, the connection, and words for what goes wrong.

use fantoccini::{ClientBuilder, wd::Capabilities};
use hyper_util::client::legacy::connect::HttpConnector;
use lamassu_contract::{Failure, FailureKind};
use serde_json::{Value, json};

use crate::{Options, driver::Driver, session::Session};

/// Flags that every browser of ours gets: it talks to nobody by itself, and to nobody past us.
const FLAGS: [&str; 15] = [
    "--no-proxy-server",
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
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--disable-features=Translate,OptimizationHints,MediaRouter,DialMediaRouteProvider",
    // The driver talks to the browser through a pipe, so that no port is open to pages.
    "--remote-debugging-pipe",
];

/// Starts a browser, or connects to one that is running.
///
/// # Errors
///
/// [`FailureKind::Lost`]: says what is missing and how to get it.
pub(crate) async fn start(options: &Options) -> Result<Session, Failure> {
    let driver = match &options.remote {
        Some(_) => None,
        None => Some(Driver::start(options).await?),
    };
    let address = match (&options.remote, &driver) {
        (Some(url), _) if url.scheme() != "http" => {
            return Err(lost(format!(
                "the WebDriver at `{url}` is reached by plain http only; put a local forwarder before it"
            )));
        }
        (Some(url), _) => url.to_string(),
        (None, Some(driver)) => format!("http://127.0.0.1:{}/", driver.port),
        (None, None) => return Err(lost("no driver was started".to_owned())),
    };
    let mut connector = HttpConnector::new();
    connector.set_nodelay(true);
    let mut builder = ClientBuilder::new(connector);
    builder.capabilities(capabilities(options, driver.as_ref()));
    let client = match tokio::time::timeout(options.limits.start, builder.connect(&address)).await {
        Ok(Ok(client)) => client,
        Ok(Err(error)) => return Err(unstarted(driver.as_ref(), &error.to_string())),
        Err(_) => {
            let seconds = options.limits.start.as_secs();
            return Err(unstarted(driver.as_ref(), &format!("no answer within {seconds} seconds")));
        }
    };
    Ok(Session::new(client, driver, options.limits, true).await?)
}

fn capabilities(options: &Options, driver: Option<&Driver>) -> Capabilities {
    let mut args: Vec<String> = FLAGS.iter().map(|flag| (*flag).to_owned()).collect();
    args.push(format!("--window-size={},{}", options.window.0, options.window.1));
    if options.headless {
        args.push("--headless=new".to_owned());
    }
    if options.unsafe_no_sandbox {
        args.push("--no-sandbox".to_owned());
    }
    let mut chrome = serde_json::Map::new();
    if let Some(driver) = driver {
        let own = || format!("{}/profile", driver.home);
        let profile = options.profile.as_ref().map_or_else(own, |folder| folder.display().to_string());
        args.push(format!("--user-data-dir={profile}"));
        chrome.insert("binary".to_owned(), driver.browser.clone().into());
        // The driver keeps the few events that it gets anyway; see `Session::events`.
        let none = json!({ "enableNetwork": false, "enablePage": false });
        chrome.insert("perfLoggingPrefs".to_owned(), none);
    }
    chrome.insert("args".to_owned(), args.into());
    chrome.insert("prefs".to_owned(), preferences());
    let pairs = [
        ("browserName", json!("chrome")),
        // Chromium answers no question about a page while another one is on its way. The driver
        // knows when that is so, holds commands back meanwhile, and stops loading in the end.
        ("pageLoadStrategy", json!("eager")),
        ("timeouts", json!({ "pageLoad": options.limits.load.as_millis() as u64 })),
        ("unhandledPromptBehavior", json!("ignore")),
        ("goog:loggingPrefs", json!({ "performance": "ALL" })),
        ("goog:chromeOptions", chrome.into()),
    ];
    pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// No password manager, no downloads, nobody is asked for a place, a camera or notifications.
fn preferences() -> Value {
    json!({
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
