//! What a question came to, made durable: the answer or the apology, its parts, and what it cost.

use std::sync::Arc;

use crate::{
    app::{
        Account, App,
        running::{Live, Stage, Written},
    },
    bot::{
        delivery::{self, reply},
        spending, text, wording,
    },
    clock,
    config::Language,
    db::{
        answer_parts::New,
        privacy,
        questions::{self, Finish, Finished, Progress, State},
        usage::Spent,
    },
    llm::{UpstreamError, Usage, chat, tokens},
    telemetry::{self, crash},
};

use super::{Asked, progress_of};

/// How asking ended.
#[derive(Debug)]
pub enum Ending {
    /// The model answered in words.
    Told(Box<Told>),
    /// Pictures were drawn.
    Drawn(Drawn),
    /// The model, or the way to it, failed; what it said until then may stand.
    Broken(UpstreamError),
    /// huixin itself does not answer, and says why.
    Declined(Declined),
    /// A moderator let nothing more of the answer through.
    Stopped(Declined),
}

/// An answer in words.
#[derive(Debug)]
pub struct Told {
    pub outcome: chat::Outcome,
    /// The answer, spoken.
    pub spoken: Option<New>,
    /// The pages and files that it was made from.
    pub sources: Vec<String>,
    /// It begins a conversation.
    pub is_first: bool,
    /// About how many tokens were sent, where the upstream does not count.
    pub prompt_tokens: usize,
}

/// An answer in pictures.
#[derive(Debug)]
pub struct Drawn {
    pub model: String,
    /// What the page shows beside them.
    pub words: String,
    pub pictures: Vec<New>,
    pub usage: Option<Usage>,
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
    let settled = Settled::of(app, asked, live.written(), ending).await;
    settled.log(asked);
    let written = live.written();
    let mut shown = written.shown;
    loop {
        // After a new beginning, what another replica showed is of the void answer: all of the new one is delivered.
        let is_of_another_text = settled.is_declined || (written.restarts > 0 && shown != written.shown);
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
                leave_nothing(app, asked, &parts).await;
                return Stage::Abandoned;
            }
            Err(error) => {
                tracing::error!(request = asked.id, account = asked.account, %error, "an answer could not be stored; it is asked again");
                return Stage::Abandoned;
            }
        }
    }
}

/// Deletes what was made for a question that was erased meanwhile.
async fn leave_nothing(app: &App, asked: &Asked, parts: &[New]) {
    let objects: Vec<String> = parts.iter().filter_map(|part| part.object.clone()).collect();
    if objects.is_empty() {
        return;
    }
    let unnamed = async {
        // Someone else may be answering it, with the same picture.
        match questions::show(&app.db, &asked.id).await? {
            Some(_) => Ok(Vec::new()),
            None => privacy::unnamed(&app.db, objects).await,
        }
    };
    match unnamed.await {
        Ok(objects) => app.delete_objects(objects).await,
        Err(error) => tracing::warn!(request = asked.id, %error, "what an erased question left is swept another time"),
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
    /// Pictures, or the answer spoken: they go before the words.
    media: Vec<New>,
    /// Whether the words are delivered, too.
    has_words: bool,
    /// What stands below the last words: the sources, the mark of a machine, the operator's line.
    tail: String,
    /// The upstream's words about it, for the log.
    error: Option<String>,
    usage: Option<Spent>,
    language: Language,
}

impl Settled {
    async fn of(app: &App, asked: &Asked, written: Written, ending: Ending) -> Self {
        let mut settled = Self {
            progress: progress_of(app, &asked.id, written),
            state: State::Answered,
            failure: None,
            is_declined: false,
            media: Vec::new(),
            has_words: true,
            tail: String::new(),
            error: None,
            usage: None,
            language: app.language(&asked.account, &asked.openid),
        };
        match ending {
            Ending::Told(told) => settled.told(app, *told).await,
            Ending::Drawn(drawn) => settled.drawn(app, drawn).await,
            Ending::Broken(error) => {
                settled.failure = Some(error.class());
                settled.error = Some(error.to_string());
                if settled.progress.answer.trim().is_empty() {
                    settled.state = State::Failed;
                }
            }
            Ending::Stopped(declined) if !settled.progress.answer.trim().is_empty() => {
                settled.failure = Some("content_filtered");
                settled.error = Some(format!("the answer was {} by a moderator", declined.class));
            }
            Ending::Declined(declined) | Ending::Stopped(declined) => {
                settled.progress.answer = declined.sentence;
                settled.failure = Some(declined.class);
                settled.is_declined = true;
                settled.state = State::Failed;
            }
        }
        settled
    }

    async fn told(&mut self, app: &App, told: Told) {
        let answered = tokens::estimate(&self.progress.answer) + tokens::estimate(&self.progress.reasoning);
        self.usage = Some(spending::of_words(app, &told.outcome, (told.prompt_tokens, answered)).await);
        self.failure = cut(&told.outcome.finish);
        self.progress.model = Some(told.outcome.model);
        self.media = told.spoken.into_iter().collect();
        self.tail = wording::tail(
            &told.sources,
            told.is_first && app.config.reply.is_labelled,
            app.config.reply.tail.as_deref(),
            self.language,
        );
    }

    async fn drawn(&mut self, app: &App, drawn: Drawn) {
        self.usage = Some(spending::of_pictures(app, &drawn).await);
        self.progress.model = Some(drawn.model);
        self.progress.answer = drawn.words;
        self.media = drawn.pictures;
        self.has_words = false;
    }

    /// What is still to be delivered, once the first `shown` bytes of the Markdown have been.
    fn parts(&self, app: &App, shown: usize) -> Vec<New> {
        let words = if self.has_words { self.words(app, shown) } else { Vec::new() };
        self.media.iter().cloned().chain(words.into_iter().map(New::text)).collect()
    }

    fn words(&self, app: &App, shown: usize) -> Vec<String> {
        let language = self.language;
        let limit = reply::part_limit(app);
        let mut parts = text::split(&text::remainder(&self.progress.answer, shown), limit);
        if parts.is_empty() && shown == 0 {
            // Markdown that shows nothing in a chat, such as a lone comment, is no answer to anybody.
            return vec![wording::apology(self.failure.unwrap_or_default(), language).to_owned()];
        }
        match (self.state, self.failure) {
            (State::Failed, _) if self.is_declined => {}
            (State::Failed, failure) => return vec![wording::apology(failure.unwrap_or_default(), language).to_owned()],
            (_, Some(failure)) => append(&mut parts, wording::cut_short(failure, language), limit),
            (_, None) => append(&mut parts, &self.tail, limit),
        }
        parts
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

/// Puts a note below the last part, or behind it where there is no room.
fn append(parts: &mut Vec<String>, note: &str, limit: usize) {
    if note.is_empty() {
        return;
    }
    match parts.last_mut() {
        Some(last) if last.len() + note.len() < limit => *last = format!("{last}\n\n{note}"),
        _ => parts.push(note.to_owned()),
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
