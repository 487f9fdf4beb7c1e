//! The answer page: `GET /a/{token}` shows an answer, `GET /a/{token}/events` streams it while it is written.
//!
//! Shows what it is given; it looks up no token, asks no model and counts no quota.

mod events;
mod live;
mod objects;
mod page;
mod share;
mod view;
mod words;

pub use events::{event_stream, streamed};
pub(super) use live::transport;
pub use live::{follow_answer, show_answer};
pub use objects::{show_picture, show_voice};
pub use page::{Absence, absent_page, page};
pub(super) use page::{Frame, Moment, notice_page, respond};
pub use share::Share;
pub use view::{AnswerState, AnswerView, Cut, Language, LiveAnswer, Media, MediaKind, Work};
