//! What each command does. One that changes something may be obeyed twice, when WeChat repeats it, and does the same again.

use crate::{
    app::{Account, App},
    clock,
    config::Language,
    db::{
        attachments::{self, New},
        preferences::{self, Choice},
        questions::{Kind, Question},
    },
    wechat::incoming::Incoming,
};

use super::{
    choices,
    command::{Answer, Command, Commanded},
    files, limits, privacy, question,
    respond::{Asking, Decision, admit},
    wording::{self, Abilities},
};

/// Does what a follower commands.
///
/// Every message passes here; a future is as large as its largest branch, so the large ones have a box of their own.
pub(super) async fn obey(
    app: &App,
    account: &Account,
    incoming: &Incoming,
    commanded: Commanded,
) -> Result<Decision, sqlx::Error> {
    let openid = incoming.openid.as_str();
    let language = app.language(&account.name, openid);
    let argument = commanded.argument.as_str();
    Ok(match commanded.command {
        Command::Help => {
            let privacy = app.config.public_url.as_ref().map(|url| format!("{url}/privacy"));
            Decision::Say(wording::help(abilities(app), privacy.as_deref(), language))
        }
        Command::Reset => Decision::Reset(wording::reset(language).into()),
        Command::Continue => match question::find(app, account, openid, &commanded).await? {
            Some(question) => Decision::Continue(question.id),
            None => Decision::Say(absent(&commanded, wording::nothing_more(language), language)),
        },
        Command::Again => match question::find(app, account, openid, &commanded).await? {
            Some(question) => return Box::pin(again(app, account, openid, question)).await,
            None => Decision::Say(absent(&commanded, wording::nothing_to_repeat(language), language)),
        },
        Command::Last => match question::last_answered(app, account, openid).await? {
            Some(question) => Decision::Rewind(question.id),
            None => Decision::Say(wording::nothing_answered(language).into()),
        },
        Command::Draw if app.config.image.model.is_none() => Decision::Say(wording::cannot_draw(language).into()),
        Command::Draw if argument.is_empty() => Decision::Say(wording::what_to_draw(language).into()),
        Command::Draw => {
            let asking = Asking { kind: Kind::Draw, text: argument.to_owned(), attachments: Vec::new() };
            admit(app, account, openid, asking)
        }
        Command::Models => Decision::Say(Box::pin(choices::list(app, account, openid)).await?),
        Command::Model => Decision::Say(Box::pin(choices::choose(app, account, openid, argument)).await?),
        Command::File => Decision::Say(files::open_page(app, account, openid).await?),
        Command::Voice => Decision::Say(speak(app, account, openid, argument).await?),
        Command::Usage => Decision::Say(limits::usage(app, &account.name, openid).await?),
        Command::Language => Decision::Say(speak_in(app, account, openid, argument).await?),
        Command::Delete => Decision::Say(Box::pin(privacy::delete(app, account, incoming, argument)).await?),
    })
}

/// What can be done here, as it is configured.
fn abilities(app: &App) -> Abilities {
    Abilities { draws: app.painter.is_some(), speaks: app.speech.speaks(), takes_files: app.config.public_url.is_some() }
}

/// What is said when no answer is found: a tap was on one that is gone, a word on none.
fn absent(commanded: &Commanded, otherwise: &str, language: Language) -> String {
    match commanded.answer {
        Answer::Id(_) | Answer::Code(_) => wording::too_old(language).into(),
        Answer::Newest => otherwise.to_owned(),
    }
}

/// The same question once more, with all that belonged to it.
async fn again(app: &App, account: &Account, openid: &str, question: Question) -> Result<Decision, sqlx::Error> {
    let attachments = attachments::of_question(&app.db, &question.id).await?.into_iter().map(New::again).collect();
    let asking = Asking { kind: question.kind, text: question.text, attachments };
    Ok(admit(app, account, openid, asking))
}

/// Switches spoken answers on or off.
async fn speak(app: &App, account: &Account, openid: &str, argument: &str) -> Result<String, sqlx::Error> {
    let language = app.language(&account.name, openid);
    if app.config.audio.speaking_model.is_none() {
        return Ok(wording::cannot_speak(language).into());
    }
    let wanted = match argument.to_lowercase().as_str() {
        "on" | "开" | "开启" | "打开" => Some(true),
        "off" | "关" | "关闭" => Some(false),
        _ => None,
    };
    let Some(wanted) = wanted else {
        let speaks = preferences::show(&app.db, &account.name, openid).await?.speaks;
        return Ok(wording::speaks(speaks, language).into());
    };
    preferences::choose(&app.db, &account.name, openid, &Choice::Speaks(wanted), clock::now_ms()).await?;
    Ok(wording::speaks(wanted, language).into())
}

/// Changes the language of huixin's own sentences.
async fn speak_in(app: &App, account: &Account, openid: &str, argument: &str) -> Result<String, sqlx::Error> {
    let chosen = match argument.to_lowercase().as_str() {
        "zh" | "zh-cn" | "cn" | "中文" | "汉语" | "chinese" => Language::Chinese,
        "en" | "en-us" | "英文" | "英语" | "english" => Language::English,
        _ => return Ok(wording::languages(app.language(&account.name, openid)).into()),
    };
    preferences::choose(&app.db, &account.name, openid, &Choice::Language(chosen.code()), clock::now_ms()).await?;
    app.languages.set(&account.name, openid, chosen);
    Ok(wording::speaks_language(chosen).into())
}
