//! Bodies of answers, which tell when an answer is complete.

use std::{
    error::Error,
    pin::Pin,
    task::{Context, Poll},
};

use bytes::Bytes;
use http_body_util::{Either, Full};
use hyper::body::{Body as _, Frame, Incoming, SizeHint};

use super::tasks::UnderWay;

/// A server's body as it comes in, or words of our own.
pub(super) type Body = Either<Incoming, Full<Bytes>>;

/// A body whose request is under way until it ends, or until nobody reads it any more.
#[derive(Debug)]
pub(super) struct Tracked {
    body: Body,
    under_way: Option<UnderWay>,
}

impl Tracked {
    pub(super) fn new(body: Body, under_way: UnderWay) -> Self {
        let under_way = (!body.is_end_stream()).then_some(under_way);
        Self { body, under_way }
    }
}

impl hyper::body::Body for Tracked {
    type Data = Bytes;
    type Error = Box<dyn Error + Send + Sync>;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let frame = Pin::new(&mut self.body).poll_frame(cx);
        if frame.is_ready() && (self.body.is_end_stream() || matches!(frame, Poll::Ready(None | Some(Err(_))))) {
            self.under_way = None;
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
