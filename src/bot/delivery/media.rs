//! The media_id that WeChat has for a picture or a spoken answer: uploaded once for each account, kept for three days.

use std::time::Duration;

use crate::{
    app::{Account, App},
    bot::wording,
    db::{answer_parts::Waiting, temporary_media},
};

use super::reply::{self, Manner};
