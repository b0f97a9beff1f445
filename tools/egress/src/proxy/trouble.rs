//! Why a request is not answered by the server it was meant for, and what the browser is told.

use bytes::Bytes;
use http::{
    HeaderValue, Response, StatusCode,
    header::{CACHE_CONTROL, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS},
};
use http_body_util::Full;
use lamassu_contract::{Failure, FailureKind, Refusal, Rule, visible};

/// The rule that stands for the proxy's own walls.
const BOUNDS: &str = "browser.bounds";

/// What stands in the way.
#[derive(Debug)]
pub(super) enum Trouble {
    /// The request makes no sense to a proxy.
    Malformed(String),
    /// It is refused, by the policy or by the proxy's own walls.
    Refused(Refusal),
    /// The server cannot be reached, or says nothing sensible.
    Unreachable(String),
    /// The server did not answer in time.
    Late(String),
}

impl Trouble {
    /// A refusal of `action` by the proxy itself, whatever the policy says.
    pub(super) fn bounds(action: &str, because: &str) -> Self {
        Self::Refused(Refusal { action: visible(action), rules: vec![Rule::new(BOUNDS, because)] })
    }

    /// The answer to whoever asked for a whole page: there is none.
    pub(super) fn nothing() -> Response<Full<Bytes>> {
        let mut answer = Response::new(Full::default());
        *answer.status_mut() = StatusCode::NO_CONTENT;
        answer.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        answer
    }

    /// Plain text, so that nothing in it can be taken for a page.
    pub(super) fn answer(&self) -> Response<Full<Bytes>> {
        let (status, text) = match self {
            Self::Malformed(why) => (StatusCode::BAD_REQUEST, why.clone()),
            Self::Refused(refusal) => (StatusCode::FORBIDDEN, refusal.to_string()),
            Self::Unreachable(why) => (StatusCode::BAD_GATEWAY, why.clone()),
            Self::Late(why) => (StatusCode::GATEWAY_TIMEOUT, why.clone()),
        };
        let mut answer = Response::new(Full::from(format!("{text}\n")));
        *answer.status_mut() = status;
        let headers = answer.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
        headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        answer
    }
}

impl From<Refusal> for Trouble {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<Failure> for Trouble {
    fn from(failure: Failure) -> Self {
        match (failure.refusal, failure.kind) {
            (Some(refusal), _) => Self::Refused(refusal),
            (None, FailureKind::Limit) => Self::Late(failure.message),
            (None, _) => Self::Unreachable(failure.message),
        }
    }
}
