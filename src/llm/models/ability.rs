//! What a model can do, as a small set.
//!
//! An ability that is absent is not known; it is not denied.

use std::fmt;

/// One thing that a model does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u16)]
pub enum Ability {
    /// Talks: a chat model.
    Writes = 1,
    /// Understands pictures.
    Sees = 1 << 1,
    /// Makes a picture from a description.
    Draws = 1 << 2,
    /// Changes a picture that it is given.
    Edits = 1 << 3,
    /// Understands speech.
    Hears = 1 << 4,
    Speaks = 1 << 5,
    /// Makes videos.
    Films = 1 << 6,
    /// Turns a text into numbers.
    Embeds = 1 << 7,
    /// Orders texts by how well they answer.
    Reranks = 1 << 8,
    /// Judges contents.
    Moderates = 1 << 9,
    /// Continues a text, but takes no conversation.
    Completes = 1 << 10,
    /// Thinks before it answers.
    Thinks = 1 << 11,
}

const ALL: [Ability; 12] = [
    Ability::Writes,
    Ability::Sees,
    Ability::Draws,
    Ability::Edits,
    Ability::Hears,
    Ability::Speaks,
    Ability::Films,
    Ability::Embeds,
    Ability::Reranks,
    Ability::Moderates,
    Ability::Completes,
    Ability::Thinks,
];

/// What is known of a model's abilities.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct Abilities(u16);

impl Abilities {
    pub fn of(abilities: &[Ability]) -> Self {
        Self(abilities.iter().fold(0, |set, ability| set | *ability as u16))
    }

    pub fn contains(self, ability: Ability) -> bool {
        self.0 & ability as u16 != 0
    }

    /// Whether nothing is known.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    #[must_use]
    pub fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Its members, in the order of the enum.
    pub fn iter(self) -> impl Iterator<Item = Ability> {
        ALL.into_iter().filter(move |ability| self.contains(*ability))
    }
}

impl fmt::Debug for Abilities {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}
