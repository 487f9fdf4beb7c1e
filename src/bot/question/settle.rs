//! What a question came to, made durable: the answer or the apology, its parts, and what it cost.

use std::sync::Arc;

use crate::{
    app::{
        Account, App,
        running::{Live, Stage, Written},
    },
    bot::{
        delivery::{self, reply},
        text, wording,
    },
    clock,
    config::Language,
    db::{
        answer_parts::New,
        questions::{self, Finish, Finished, Progress, State},
        usage::Spent,
    },
    llm::{UpstreamError, chat},
    telemetry::{self, crash},
};

use super::{Asked, progress_of};

/// How asking ended.
#[derive(Debug)]
pub enum Ending {
    /// The model answered in words.
    Told(chat::Outcome),
    /// The model, or the way to it, failed; what it said until then may stand.
    Broken(UpstreamError),
    /// huixin itself does not answer, and says why.
    Declined(Declined),
}

/// Why a question is not answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Declined {
    /// The word of logs, metrics and the question's row.
    pub class: &'static str,
    /// What the follower reads.
    pub sentence: String,
}

/// Makes the answer, or the apology, durable, and sees to its delivery.
pub(super) async fn settle(app: &Arc<App>, account: &Arc<Account>, asked: &Asked, live: &Live, ending: Ending) -> Stage {
    crash::point("answer whole");
    let settled = Settled::of(app, asked, live.written(), ending);
    settled.log(asked);
    let written = live.written();
    let mut shown = written.shown;
    loop {
        // After a new beginning, what another replica showed is of the void answer: all of the new one is delivered.
        let is_of_another_text = written.restarts > 0 && shown != written.shown;
        let is_within = settled.progress.answer.is_char_boundary(shown as usize);
        let begins_at = if is_of_another_text || !is_within { 0 } else { shown };
        let parts = settled.parts(app, begins_at as usize);
        let finished = Finished {
            progress: &settled.progress,
            // What was shown may have been all there is.
            state: if parts.is_empty() { State::Delivered } else { settled.state },
            failure: settled.failure,
            shown,
            parts: &parts,
            usage: settled.usage.as_ref(),
            at: clock::now_ms(),
        };
        match questions::finish(&app.db, &finished).await {
            Ok(Finish::Done { acknowledged }) => {
                crash::point("answer stored");
                if acknowledged {
                    delivery::push::schedule(app, account, &asked.id).await;
                }
                return Stage::Settled;
            }
            Ok(Finish::ShownMoved(now)) => shown = now,
            Ok(Finish::Lost) => {
                tracing::info!(
                    question = asked.id,
                    account = asked.account,
                    "the question is answered elsewhere, or its follower left"
                );
                return Stage::Abandoned;
            }
            Err(error) => {
                tracing::error!(request = asked.id, account = asked.account, %error, "an answer could not be stored; it is asked again");
                return Stage::Abandoned;
            }
        }
    }
}

/// What a question came to.
struct Settled {
    progress: Progress,
    state: State,
    /// The class of what went wrong, also where the answer stands up to there.
    failure: Option<&'static str>,
    /// The answer says why there is none.
    is_declined: bool,
    /// The upstream's words about it, for the log.
    error: Option<String>,
    usage: Option<Spent>,
    language: Language,
}

impl Settled {
    fn of(app: &App, asked: &Asked, written: Written, ending: Ending) -> Self {
        let mut progress = progress_of(app, &asked.id, written);
        let is_declined = matches!(ending, Ending::Declined(_));
        let (failure, error, usage) = match ending {
            Ending::Told(outcome) => {
                progress.model = Some(outcome.model);
                (cut(&outcome.finish), None, outcome.usage)
            }
            Ending::Broken(error) => (Some(error.class()), Some(error.to_string()), None),
            Ending::Declined(declined) => {
                progress.answer = declined.sentence;
                (Some(declined.class), None, None)
            }
        };
        let is_answer = !progress.answer.trim().is_empty();
        Self {
            state: if is_declined || (error.is_some() && !is_answer) { State::Failed } else { State::Answered },
            usage: usage.map(|usage| Spent {
                prompt_tokens: usage.prompt_tokens as i64,
                completion_tokens: usage.completion_tokens as i64,
                ..Spent::default()
            }),
            progress,
            failure,
            is_declined,
            error,
            language: app.language(&asked.account, &asked.openid),
        }
    }

    /// What is still to be delivered, once the first `shown` bytes of the Markdown have been.
    fn parts(&self, app: &App, shown: usize) -> Vec<New> {
        self.texts(app, shown).into_iter().map(New::text).collect()
    }

    fn texts(&self, app: &App, shown: usize) -> Vec<String> {
        let language = self.language;
        let mut parts = text::split(&text::remainder(&self.progress.answer, shown), reply::part_limit(app));
        if parts.is_empty() && shown == 0 {
            // Markdown that shows nothing in a chat, such as a lone comment, is no answer to anybody.
            return vec![wording::apology(self.failure.unwrap_or_default(), language).to_owned()];
        }
        match (self.state, self.failure) {
            (State::Failed, _) if self.is_declined => parts,
            (State::Failed, failure) => vec![wording::apology(failure.unwrap_or_default(), language).to_owned()],
            (_, Some(failure)) => {
                let note = wording::cut_short(failure, language);
                match parts.last_mut() {
                    Some(last) if last.len() + note.len() < reply::part_limit(app) => *last = format!("{last}\n\n{note}"),
                    _ => parts.push(note.to_owned()),
                }
                parts
            }
            (_, None) => parts,
        }
    }

    fn log(&self, asked: &Asked) {
        let (question, account, openid) = (&asked.id, &asked.account, telemetry::short(&asked.openid));
        let ms = clock::now_ms() - asked.asked_at;
        let class = self.failure.unwrap_or("none");
        metrics::counter!("huixin_answers_total", "state" => self.state.as_str(), "failure" => class).increment(1);
        match &self.error {
            None => {
                tracing::info!(request = %question, account, openid, ms, bytes = self.progress.answer.len(), "question answered");
            }
            Some(error) => {
                tracing::warn!(request = %question, account, openid, ms, class, %error, "question failed at the upstream");
            }
        }
    }
}

fn cut(finish: &crate::llm::chat::Finish) -> Option<&'static str> {
    use crate::llm::chat::Finish;
    match finish {
        Finish::Length => Some("length"),
        Finish::ContentFilter => Some("content_filtered"),
        Finish::Stop | Finish::Other(_) => None,
    }
}

