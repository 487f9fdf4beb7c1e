//! What is said about limits: which one was reached, when it is free again, and what was used.

use std::time::Duration;

use crate::{
    config::Language::{self, Chinese, English},
    db::questions::Limit,
};

/// Over a limit; it is free again after `wait`.
pub fn limited(limit: Limit, wait: Duration, language: Language) -> String {
    let (what, wait) = (name(limit, language), span(wait, language));
    match (limit, language) {
        (Limit::CallsMinute, Chinese) => format!("发得太快了，我跟不上。请 {wait}后再问。"),
        (Limit::CallsMinute, English) => format!("That was a little fast for me. Please ask again in {wait}."),
        (Limit::CostDay, Chinese) => format!("今天大家问得太多了，公众号的额度已经用完，请 {wait}后再来。"),
        (Limit::CostDay, English) => format!("This account's allowance is used up for now. Please come back in {wait}."),
        (_, Chinese) => format!("{what}已经用完，{wait}后恢复。发送「用量」可以查看。"),
        (_, English) => format!("Your {what} are used up; there will be more in {wait}. Send “/usage” to see."),
    }
}

/// What a follower used: of each limit the number used and the number allowed.
pub fn usage(rows: &[(Limit, i64, Option<i64>)], language: Language) -> String {
    let head = match language {
        Chinese => "你的用量：",
        English => "What you have used:",
    };
    let row = |(limit, used, allowed): &(Limit, i64, Option<i64>)| match (allowed, language) {
        (Some(allowed), _) => format!("• {}：{used} / {allowed}", name(*limit, language)),
        (None, Chinese) => format!("• {}：{used}（不限）", name(*limit, language)),
        (None, English) => format!("• {}: {used} (no limit)", name(*limit, language)),
    };
    format!("{head}\n{}", rows.iter().map(row).collect::<Vec<_>>().join("\n"))
}

fn name(limit: Limit, language: Language) -> &'static str {
    match (limit, language) {
        (Limit::CallsMinute, Chinese) => "一分钟内的提问",
        (Limit::CallsMinute, English) => "questions within a minute",
        (Limit::CallsHour, Chinese) => "一小时内的提问",
        (Limit::CallsHour, English) => "questions within an hour",
        (Limit::CallsDay, Chinese) => "一天内的提问",
        (Limit::CallsDay, English) => "questions within a day",
        (Limit::PicturesHour, Chinese) => "一小时内的画图",
        (Limit::PicturesHour, English) => "pictures within an hour",
        (Limit::PicturesDay, Chinese) => "一天内的画图",
        (Limit::PicturesDay, English) => "pictures within a day",
        (Limit::TokensDay, Chinese) => "一天内的字数额度（token）",
        (Limit::TokensDay, English) => "tokens within a day",
        (Limit::CostDay, Chinese) => "公众号一天的额度",
        (Limit::CostDay, English) => "allowance of the account within a day",
    }
}

/// A time to wait, rounded up to what people say.
fn span(wait: Duration, language: Language) -> String {
    let seconds = wait.as_secs() + 1;
    match (seconds, language) {
        (..90, Chinese) => format!("{seconds} 秒"),
        (..90, English) => format!("{seconds} s"),
        (..5400, Chinese) => format!("{} 分钟", seconds.div_ceil(60)),
        (..5400, English) => format!("{} min", seconds.div_ceil(60)),
        (_, Chinese) => format!("{} 小时", seconds.div_ceil(3600)),
        (_, English) => format!("{} h", seconds.div_ceil(3600)),
    }
}
