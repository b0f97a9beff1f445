//! The line to an endpoint: one request at a time, tried again while that may help, never without
//! an end.
//!
//! It stands below async-openai as its HTTP service and never knows what is asked.

use std::{
    error::Error,
    time::{Duration, SystemTime},
};

use async_openai::{Client, config::Config as _, error::OpenAIError, middleware::HttpRequestFactory};
use backon::{BackoffBuilder as _, ExponentialBuilder};
use reqwest::{Response, StatusCode, header::HeaderMap};
use serde_json::Value;
use tokio::time::{Instant, sleep, timeout};
use tower::BoxError;

use crate::planner::PlannerError;

use super::{config::Config, data, endpoint::Endpoint, wire};

/// No reply may be larger.
const LARGEST_REPLY: usize = 4 << 20;
/// No pause that is not asked for is longer.
const LONGEST_PAUSE: Duration = Duration::from_secs(20);

/// A way to send requests to one endpoint.
#[derive(Debug, Clone)]
pub(super) struct Line {
    http: reqwest::Client,
    endpoint: Endpoint,
    model: String,
    timeout: Duration,
    patience: Duration,
    pauses: ExponentialBuilder,
}

/// Why a request got no completion.
#[derive(Debug, thiserror::Error)]
pub(super) enum Fault {
    /// It will not get one.
    #[error(transparent)]
    End(PlannerError),
    /// It got one that cannot be read; the model may do better.
    #[error("{0}")]
    Garbled(String),
}

/// Why one try failed.
enum Setback {
    /// Trying again does not help.
    Final(Fault),
    /// Trying again may help, not sooner than the endpoint says.
    Passing(PlannerError, Option<Duration>),
}

impl Line {
    /// A line as `config` describes it. Proxies are never taken from the environment, and redirects
    /// are not followed: what is sent there is between the user and the endpoint they named.
    ///
    /// # Errors
    ///
    /// [`PlannerError::Setup`] if the base URL or the key cannot be used.
    pub(super) fn new(config: &Config) -> Result<Self, PlannerError> {
        let endpoint = Endpoint::new(&config.base_url, &config.key)?;
        // An app that embeds this may have chosen its own provider; then that one is used.
        let _ = rustls::crypto::ring::default_provider().install_default();
        // Plain addresses need no certificates, and a small container may have none.
        let plain = endpoint.api_base().starts_with("http:");
        let builder = reqwest::Client::builder();
        let http = if plain { builder.tls_certs_only([]) } else { builder }
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .connect_timeout(Duration::from_secs(10).min(config.timeout))
            .user_agent(concat!("lamassu/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|error| {
                let cause = innermost(&error);
                PlannerError::Setup(format!(
                    "no TLS connections can be made: {cause}; are `ca-certificates` installed?"
                ))
            })?;
        let pauses = ExponentialBuilder::new()
            .with_min_delay(config.pause)
            .with_max_delay(LONGEST_PAUSE)
            .with_max_times(config.retries)
            .with_jitter();
        let (timeout, patience) = (config.timeout, config.patience);
        Ok(Self { http, endpoint, model: config.model.clone(), timeout, patience, pauses })
    }

    /// Sends `request` and returns the completion, at the latest when `deadline` has come.
    pub(super) async fn send(&self, request: &Value, deadline: Instant) -> Result<Value, Fault> {
        let line = self.clone();
        let service = tower::service_fn(move |factory: HttpRequestFactory| {
            let line = line.clone();
            async move { line.insist(&factory, deadline).await.map_err(BoxError::from) }
        });
        let client = Client::build(self.http.clone(), self.endpoint.clone()).with_http_service(service);
        let answer: Result<Value, OpenAIError> = client.chat().create_byot(request).await;
        answer.map_err(|error| match error {
            OpenAIError::Boxed(fault) => match fault.downcast::<Fault>() {
                Ok(fault) => *fault,
                Err(other) => Fault::Garbled(other.to_string()),
            },
            other => Fault::Garbled(other.to_string()),
        })
    }

    /// Tries until there is an answer, trying again cannot help, or it has taken long enough.
    async fn insist(&self, factory: &HttpRequestFactory, deadline: Instant) -> Result<Response, Fault> {
        let mut pauses = self.pauses.build();
        let mut tries = 0;
        loop {
            tries += 1;
            let (error, wanted) = match self.once(factory, deadline).await {
                Ok(response) => return Ok(response),
                Err(Setback::Final(fault)) => return Err(fault),
                Err(Setback::Passing(error, wanted)) => (error, wanted),
            };
            let Some(pause) = pauses.next() else {
                return Err(Fault::End(adding(error, &format!("; gave up after {tries} tries, try later"))));
            };
            let pause = wanted.map_or(pause, |wanted| wanted.max(pause));
            if Instant::now() + pause >= deadline {
                let (next, limit) = (pause.as_secs_f32().ceil(), self.patience.as_secs_f32());
                let words = format!("; the next try would be in {next} s, and waiting ends after {limit} s; try later");
                return Err(Fault::End(adding(error, &words)));
            }
            sleep(pause).await;
        }
    }

    /// One request and its answer, within the time that is left.
    async fn once(&self, factory: &HttpRequestFactory, deadline: Instant) -> Result<Response, Setback> {
        let left = self.timeout.min(deadline.saturating_duration_since(Instant::now()));
        timeout(left, self.exchange(factory)).await.unwrap_or_else(|_| {
            let (url, seconds) = (self.endpoint.api_base(), left.as_secs_f32());
            Err(unreachable(format!(
                "the model endpoint `{url}` did not answer within {seconds} s; is it busy or stuck?"
            )))
        })
    }

    async fn exchange(&self, factory: &HttpRequestFactory) -> Result<Response, Setback> {
        let request = factory.build().await.map_err(|error| unreachable(error.to_string()))?;
        let mut response = self.http.execute(request).await.map_err(|error| self.broken(&error))?;
        let (status, headers) = (response.status(), response.headers().clone());
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| self.broken(&error))? {
            if body.len() + chunk.len() > LARGEST_REPLY {
                let message = format!("its reply is larger than {} MiB", LARGEST_REPLY >> 20);
                return Err(self.endless(status, &message));
            }
            body.extend_from_slice(&chunk);
        }
        if status.is_success() { self.understood(status, body) } else { Err(self.rejected(status, &headers, &body)) }
    }

    /// Passes `body` on if it is a JSON object that tells of no error.
    fn understood(&self, status: StatusCode, body: Vec<u8>) -> Result<Response, Setback> {
        match serde_json::from_slice::<Value>(&body) {
            Ok(Value::Object(completion)) if completion.get("error").is_none_or(Value::is_null) => {
                Ok(http::Response::new(body).into())
            }
            Ok(Value::Object(completion)) => {
                // Some brokers report errors with status 200 and the real one inside.
                let code = completion.get("error").and_then(|error| error.get("code")).and_then(Value::as_u64);
                let inner = code.and_then(|code| u16::try_from(code).ok()).filter(|code| (400..600).contains(code));
                let status = inner.and_then(|code| StatusCode::from_u16(code).ok()).unwrap_or(status);
                Err(self.rejected(status, &HeaderMap::new(), &body))
            }
            Err(error) if body.trim_ascii_start().starts_with(b"{") => {
                Err(Setback::Final(Fault::Garbled(format!("the reply cannot be read: {error}"))))
            }
            _ => {
                let (url, start) = (self.endpoint.api_base(), data::line(String::from_utf8_lossy(&body).trim(), 80));
                let message =
                    format!("not a chat completion but `{start}`; check the base URL `{url}`, most end in `/v1`");
                Err(self.endless(status, &message))
            }
        }
    }

    /// What an error status means for going on.
    fn rejected(&self, status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Setback {
        let said = wire::complaint(body);
        let broke =
            status == StatusCode::TOO_MANY_REQUESTS && String::from_utf8_lossy(body).contains("insufficient_quota");
        if !broke && matches!(status.as_u16(), 408 | 409 | 429 | 500 | 502..=504) {
            let message = self.endpoint.redact(&said);
            return Setback::Passing(PlannerError::Endpoint { status: status.as_u16(), message }, pause_asked(headers));
        }
        let (url, model) = (self.endpoint.api_base(), &self.model);
        let next = match status.as_u16() {
            401 => "set `OPENAI_API_KEY` to a key that this endpoint takes".to_owned(),
            403 => format!("this key may not use `{model}`; check `OPENAI_API_KEY` and the model's name"),
            404 => format!("check the base URL `{url}`, most end in `/v1`, and the model's name `{model}`"),
            429 => "the account behind `OPENAI_API_KEY` has nothing left to spend".to_owned(),
            300..=399 => {
                let to = headers.get("location").and_then(|to| to.to_str().ok()).unwrap_or_default();
                format!("it redirects to `{}`; set the base URL to where it really is", data::line(to, 200))
            }
            _ => format!("check that `{model}` exists there and can call functions"),
        };
        self.endless(status, &format!("{said}; {next}"))
    }

    fn endless(&self, status: StatusCode, message: &str) -> Setback {
        let message = self.endpoint.redact(message);
        Setback::Final(Fault::End(PlannerError::Endpoint { status: status.as_u16(), message }))
    }

    /// A connection that could not be made or broke. A model call has no effect, so it can be
    /// tried again.
    fn broken(&self, error: &reqwest::Error) -> Setback {
        let (url, cause) = (self.endpoint.api_base(), innermost(error));
        let message =
            format!("the model endpoint `{url}` cannot be reached: {cause}; is it running, and is the base URL right?");
        Setback::Passing(PlannerError::Unreachable(message), None)
    }
}

/// The names of the models that a server at `base_url` offers, such as `http://127.0.0.1:11434/v1`; nothing if there
/// is no such server, or it does not answer within `limit`.
pub async fn served(base_url: &str, limit: Duration) -> Option<Vec<String>> {
    let config = Config::new("any").base_url(base_url).timeout(limit);
    let line = Line::new(&config).ok()?;
    let answer = async {
        let response = line.http.get(line.endpoint.url("/models")).send().await.ok()?;
        response.json::<Value>().await.ok()
    };
    let listed = timeout(limit, answer).await.ok()??;
    let models = listed.get("data")?.as_array()?.iter();
    Some(models.filter_map(|model| model.get("id")?.as_str()).map(|name| data::line(name, 80)).collect())
}

fn unreachable(message: String) -> Setback {
    Setback::Final(Fault::End(PlannerError::Unreachable(message)))
}

/// `error` with more `words` at the end of its message.
fn adding(error: PlannerError, words: &str) -> PlannerError {
    match error {
        PlannerError::Unreachable(message) => PlannerError::Unreachable(message + words),
        PlannerError::Endpoint { status, message } => PlannerError::Endpoint { status, message: message + words },
        other => other,
    }
}

/// How long the endpoint asks to wait: RFC 9110, section 10.2.3, and the finer header some send.
fn pause_asked(headers: &HeaderMap) -> Option<Duration> {
    let text = |name: &str| headers.get(name)?.to_str().ok();
    let seconds = |text: &str| text.trim().parse().ok().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    if let Some(millis) = text("retry-after-ms").and_then(seconds) {
        return Some(millis / 1000);
    }
    let after = text("retry-after")?;
    seconds(after).or_else(|| httpdate::parse_http_date(after).ok()?.duration_since(SystemTime::now()).ok())
}

/// What is really wrong, below all that only passes it on.
fn innermost(error: &dyn Error) -> String {
    let mut cause = error;
    while let Some(below) = cause.source() {
        cause = below;
    }
    cause.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(name: &'static str, value: &str) -> Option<Duration> {
        pause_asked(&HeaderMap::from_iter([(name.parse().unwrap(), value.parse().unwrap())]))
    }

    #[test]
    fn every_way_to_ask_for_a_pause_is_understood() {
        let millis = |millis| Some(Duration::from_millis(millis));
        let pauses = [
            asked("retry-after", "2"),
            asked("retry-after", "0.5"),
            asked("retry-after-ms", "250"),
            asked("retry-after", "Thu, 01 Jan 1970 00:00:00 GMT"),
            asked("retry-after", "-1"),
            asked("retry-after", "soon"),
        ];
        assert_eq!(pauses, [millis(2_000), millis(500), millis(250), None, None, None]);
    }

    #[test]
    fn a_pause_until_a_date_is_understood() {
        let date = httpdate::fmt_http_date(SystemTime::now() + Duration::from_secs(3_600));
        assert_eq!(asked("retry-after", &date).map(|pause| pause.as_secs() / 60), Some(59));
    }
}
