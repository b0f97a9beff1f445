//! The mouse and the keyboard: by the DevTools protocol where the driver knows it, by WebDriver's
//! own actions elsewhere. Both give real input events; they know nothing of elements.

use fantoccini::actions::{Actions, InputSource as _, KeyAction, KeyActions, MouseActions, PointerAction};
use serde::Deserialize;
use serde_json::json;

use crate::{deed::Chord, fault::Fault, session::Session};

/// A place in the viewport, in its pixels.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
pub(crate) struct Point {
    pub(crate) x: f64,
    pub(crate) y: f64,
}

/// The left button of the mouse.
const LEFT: u64 = 0;

/// What a mouse does, one after another.
#[derive(Debug, Clone, Copy)]
enum Move {
    To(Point),
    Down(u32),
    Up(u32),
}

/// Presses at `at`, `times` times in a row.
///
/// # Errors
///
/// [`Fault::Lost`], or what the driver says. A press may well open a dialog, close its tab or end
/// its document; that is no error.
pub(crate) async fn press(session: &Session, at: Point, times: u32) -> Result<(), Fault> {
    // In Chromium a press tells the page that the mouse has come; a move would wait for a frame.
    let mut moves = if session.mouse_by_devtools() { Vec::new() } else { vec![Move::To(at)] };
    moves.extend((1..=times).flat_map(|count| [Move::Down(count), Move::Up(count)]));
    mouse(session, at, &moves).await
}

/// Moves the mouse to `at`.
///
/// # Errors
///
/// Like [`press`].
pub(crate) async fn point(session: &Session, at: Point) -> Result<(), Fault> {
    mouse(session, at, &[Move::To(at)]).await
}

/// Drags what is at `from` to `to`.
///
/// # Errors
///
/// Like [`press`].
pub(crate) async fn drag(session: &Session, from: Point, to: Point) -> Result<(), Fault> {
    let between = Point { x: f64::midpoint(from.x, to.x), y: f64::midpoint(from.y, to.y) };
    // A drag begins with the second move, and what it is dropped on hears of it with the next.
    let moves = [
        Move::To(from),
        Move::Down(1),
        Move::To(Point { x: from.x + 6.0, y: from.y + 6.0 }),
        Move::To(between),
        Move::To(to),
        Move::To(to),
        Move::Up(1),
    ];
    mouse(session, from, &moves).await
}

async fn mouse(session: &Session, at: Point, moves: &[Move]) -> Result<(), Fault> {
    if !session.mouse_by_devtools() {
        let actions = moves.iter().map(|step| match step {
            Move::To(point) => PointerAction::MoveTo { duration: None, x: point.x, y: point.y },
            Move::Down(_) => PointerAction::Down { button: LEFT },
            Move::Up(_) => PointerAction::Up { button: LEFT },
        });
        let mouse = actions.fold(MouseActions::new("mouse".to_owned()), MouseActions::then);
        return tolerate(session.bounded(session.client().perform_actions(Actions::from(mouse))).await);
    }
    let (mut here, mut held) = (at, false);
    for step in moves {
        let (kind, button, count) = match *step {
            Move::To(point) => {
                here = point;
                ("mouseMoved", if held { "left" } else { "none" }, 0)
            }
            Move::Down(count) => ("mousePressed", "left", count),
            Move::Up(count) => ("mouseReleased", "left", count),
        };
        held = match step {
            Move::Down(_) => true,
            Move::Up(_) => false,
            Move::To(_) => held,
        };
        let params = json!({
            "type": kind, "x": here.x, "y": here.y, "button": button, "clickCount": count,
            "buttons": u32::from(held)
        });
        tolerate(session.cdp("Input.dispatchMouseEvent", params).await.map(drop))?;
    }
    Ok(())
}

/// Presses a key, with what is held down with it.
///
/// # Errors
///
/// Like [`press`].
pub(crate) async fn key(session: &Session, chord: &Chord) -> Result<(), Fault> {
    if !session.devtools() {
        let held = chord.held();
        let down = held.iter().copied().chain([chord.value()]).map(|value| KeyAction::Down { value });
        let up = [chord.value()].into_iter().chain(held.iter().rev().copied()).map(|value| KeyAction::Up { value });
        let keys = down.chain(up).fold(KeyActions::new("keys".to_owned()), KeyActions::then);
        return tolerate(session.bounded(session.client().perform_actions(Actions::from(keys))).await);
    }
    let kind = if chord.text.is_empty() { "rawKeyDown" } else { "keyDown" };
    for (kind, text) in [(kind, chord.text.as_str()), ("keyUp", "")] {
        let params = json!({
            "type": kind, "key": chord.key, "code": chord.code, "text": text, "unmodifiedText": text,
            "windowsVirtualKeyCode": chord.virtual_code, "modifiers": chord.modifiers
        });
        tolerate(session.cdp("Input.dispatchKeyEvent", params).await.map(drop))?;
    }
    Ok(())
}

fn tolerate(sent: Result<(), Fault>) -> Result<(), Fault> {
    match sent {
        Err(Fault::Dialog(_) | Fault::Closed | Fault::Moved | Fault::Slow) => Ok(()),
        sent => sent,
    }
}
