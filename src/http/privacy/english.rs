//! The page in English.

use crate::config::Limits;

use super::{Section, Text, facts::Facts};

pub(super) fn text(facts: &Facts) -> Text {
    let whose = facts.operator.as_ref().map_or_else(String::new, |operator| format!(" It is run by {operator}."));
    Text {
        tag: "en",
        site: "Huixin",
        title: "Privacy",
        lead: format!(
            "This account answers your questions through a language model.{whose} Here is what is kept, for how long, who else sees it, and how to erase it."
        ),
        sections: vec![
            Section { title: "What is kept, and for how long", sentences: kept(facts) },
            Section { title: "Who else sees it", sentences: shared(facts) },
            Section { title: "Checks and labels", sentences: checked(facts) },
            Section { title: "Limits", sentences: limits(&facts.limits) },
            Section { title: "How to see and erase it", sentences: erased(facts) },
            Section { title: "Contact", sentences: contact(facts) },
        ],
    }
}

fn kept(facts: &Facts) -> Vec<String> {
    let Facts { days_kept, days_of_page, days_after_leaving, hours_of_pushes, .. } = facts;
    let mut kept = vec![
        "Your number in this account (openid): WeChat gives every account another, and it tells nobody your WeChat name or telephone number. It is kept while you follow.".into(),
        format!("Your questions, the answers and the pictures that were drawn: at most {days_kept} days."),
        format!("An answer’s page: it opens for {days_of_page} days. Its address cannot be guessed, but whoever has it can read the page: think before you pass it on."),
        format!("Pictures you send, what was heard in your voice messages, and what was read on pages you share: at most {days_kept} days."),
    ];
    if facts.takes_files {
        kept.push(format!(
            "Files you hand in, and the text that was read in them: at most {days_kept} days. The page for handing them in is yours alone and closes after 30 minutes."
        ));
    }
    kept.push("Your choices of language, model and voice: while you follow.".into());
    kept.push(format!(
        "Receipts of WeChat’s deliveries, so that nothing is answered twice: {hours_of_pushes} hours. How much each answer used (numbers, no content): at most {days_kept} days."
    ));
    kept.push(format!("When you unfollow, all of it is erased after {days_after_leaving} days, unless you come back before."));
    kept
}

fn shared(facts: &Facts) -> Vec<String> {
    let mut shared = vec![
        "Tencent (WeChat) carries every message of an official account.".into(),
        format!(
            "{} gets your question, what was said before in the same conversation, the pictures you send, and the passages of files and pages that fit your question, to write the answer.",
            facts.chat
        ),
    ];
    let others = [
        (&facts.drawing, "gets what you want drawn."),
        (&facts.hearing, "gets voice messages that WeChat did not understand, to write them down."),
        (&facts.speaking, "gets answers that are to be spoken."),
        (&facts.moderation, "gets questions and answers, to check them."),
        (&facts.storage, "stores pictures and files."),
    ];
    shared.extend(others.into_iter().filter_map(|(host, what)| host.as_ref().map(|host| format!("{host} {what}"))));
    shared.push("None of them, but for WeChat, gets your openid or any other number that tells who you are.".into());
    shared.push("Links you share are opened by our server: the other site sees the server, not you.".into());
    shared.push(format!(
        "Pictures and voice that are sent to your chat are first given to WeChat, which keeps them for {} days.",
        facts.days_at_wechat
    ));
    shared
}

fn checked(facts: &Facts) -> Vec<String> {
    let mut checked = Vec::new();
    match (facts.has_words, facts.moderation.is_some()) {
        (false, false) => checked.push("Nothing is checked beside what the model’s provider checks itself.".into()),
        (true, false) => checked.push("Questions and answers are held against a list of words on this server.".into()),
        (false, true) => checked.push("Questions and answers are checked by the service named above.".into()),
        (true, true) => {
            checked.push("Questions and answers are held against a list of words and checked by the service named above.".into());
        }
    }
    if facts.has_words || facts.moderation.is_some() {
        checked.push(format!(
            "The record of a check holds the verdict and a fingerprint of the text, not the text itself unless a person has to look at it: at most {} days.",
            facts.days_kept
        ));
    }
    checked
        .push("Answers, pictures and voice are made by artificial intelligence. They can be wrong: check what matters.".into());
    if let Some(filing) = &facts.filing {
        checked.push(format!("The model’s filing number: {filing}."));
    }
    checked
}

fn limits(limits: &Limits) -> Vec<String> {
    let rows = [
        ("questions a minute", limits.calls_minute),
        ("questions an hour", limits.calls_hour),
        ("questions a day", limits.calls_day),
        ("pictures an hour", limits.pictures_hour),
        ("pictures a day", limits.pictures_day),
        ("tokens a day", limits.tokens_day),
    ];
    let set: Vec<String> = rows.iter().filter_map(|(what, most)| most.map(|most| format!("{most} {what}"))).collect();
    match set.as_slice() {
        [] => vec!["There is no limit for a single follower.".into()],
        set => vec![format!("For each follower: {}. Send “/usage” to see yours.", set.join(", "))],
    }
}

fn erased(facts: &Facts) -> Vec<String> {
    let whom = match &facts.contact {
        Some(contact) => format!("For a copy of your data, write to {contact}."),
        None => "For a copy of your data, leave the operator a message in the account.".into(),
    };
    vec![
        "Send “/delete-my-data” in the chat and confirm it: questions, answers, pictures, files, choices and your number are erased at once, and you get a receipt. Copies in backups go when those expire.".into(),
        "“reset” only makes the model forget the conversation; it erases nothing.".into(),
        whom,
    ]
}

fn contact(facts: &Facts) -> Vec<String> {
    let named = match (&facts.operator, &facts.contact) {
        (Some(operator), Some(contact)) => format!("{operator}: {contact}"),
        (Some(operator), None) => operator.clone(),
        (None, Some(contact)) => contact.clone(),
        (None, None) => "The operator gave no contact; leave a message in the account.".into(),
    };
    vec![named]
}
