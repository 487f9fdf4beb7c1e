//! What is put to a chat model: the conversation, which model, and what it may do beside talking.

use crate::llm::data_url::DataUrl;

/// One question with all that the model is to know of it.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// The conversation, oldest first; the last turn is what is asked.
    pub turns: &'a [Turn],
    /// Instead of the model of the settings, which then steps in where no fallback is set.
    pub model: Option<&'a str>,
    pub tools: Tools,
}

/// What the model may call for instead of, or beside, an answer in words.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Tools {
    #[default]
    None,
    /// To have a picture drawn.
    Draw,
}

/// One message of the conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turn {
    pub role: Role,
    pub content: String,
    /// Shown to the model behind the text.
    pub images: Vec<DataUrl>,
    pub reasoning: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    System,
    User,
    Assistant,
}

impl<'a> Question<'a> {
    /// A question to the model of the settings, which may only talk.
    pub fn new(turns: &'a [Turn]) -> Self {
        Self { turns, model: None, tools: Tools::None }
    }

    /// Whether what is asked now, not what was said before, shows pictures.
    pub(super) fn shows_pictures(&self) -> bool {
        self.turns.last().is_some_and(|turn| !turn.images.is_empty())
    }
}

impl Turn {
    /// A turn of text alone.
    pub fn new(role: Role, content: impl Into<String>) -> Self {
        Self { role, content: content.into(), images: Vec::new(), reasoning: None }
    }
}
