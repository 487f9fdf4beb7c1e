//! How much a passage is about a question: BM25 (Robertson and Zaragoza, 2009), with a little of its neighbours.

use super::{
    Passage,
    terms::{self, Term},
};

/// How fast a repeated term stops to matter, and how much a long passage is held against it. The usual values.
const SATURATION: f64 = 1.2;
const LENGTH: f64 = 0.75;

/// An answer often stands just behind the words of the question.
const NEIGHBOUR: f64 = 0.3;

/// Bits of the filter before the search for a term: most of a text is not in the question.
const FILTER: usize = 4_096;

/// The score of each passage; 0 if nothing of the question is in it or beside it.
pub(super) fn scores(question: &str, passages: &[Passage<'_>], costs: &[usize]) -> Vec<f64> {
    let terms = terms::of_question(question);
    let index = Index::new(&terms);
    let counts: Vec<Vec<(usize, u32)>> = passages.iter().map(|passage| index.count(passage)).collect();
    let mut holding = vec![0_u32; terms.len()];
    counts.iter().flatten().for_each(|(term, _)| holding[*term] += 1);
    let all = passages.len() as f64;
    let rarity: Vec<f64> = holding
        .iter()
        .map(|holding| f64::from(*holding))
        .map(|holding| ((all - holding + 0.5) / (holding + 0.5)).ln_1p())
        .collect();
    let average = costs.iter().sum::<usize>() as f64 / all.max(1.0);
    let own: Vec<f64> = counts
        .iter()
        .zip(costs)
        .map(|(counts, cost)| {
            let norm = SATURATION * (1.0 - LENGTH + LENGTH * *cost as f64 / average.max(1.0));
            counts
                .iter()
                .map(|(term, count)| rarity[*term] * f64::from(*count) * (SATURATION + 1.0) / (f64::from(*count) + norm))
                .sum()
        })
        .collect();
    (0..own.len()).map(|index| own[index] + NEIGHBOUR * neighbour(&own, passages, index)).collect()
}

fn neighbour(own: &[f64], passages: &[Passage<'_>], index: usize) -> f64 {
    let beside = [index.checked_sub(1), Some(index + 1)].into_iter().flatten();
    let same = beside.filter(|other| passages.get(*other).is_some_and(|other| other.document == passages[index].document));
    same.map(|other| own[other]).fold(0.0, f64::max)
}

/// The terms of a question, to be found fast.
struct Index<'a> {
    terms: &'a [Term],
    filter: Vec<bool>,
}

impl<'a> Index<'a> {
    fn new(terms: &'a [Term]) -> Self {
        let mut filter = vec![false; FILTER];
        for term in terms {
            filter[*term as usize % FILTER] = true;
        }
        Self { terms, filter }
    }

    /// Which terms the passage and its heading hold, and how often.
    fn count(&self, passage: &Passage<'_>) -> Vec<(usize, u32)> {
        let mut counts: Vec<(usize, u32)> = Vec::new();
        let mut meet = |term: Term| {
            if !self.filter[term as usize % FILTER] {
                return;
            }
            let Ok(found) = self.terms.binary_search(&term) else { return };
            match counts.iter_mut().find(|(known, _)| *known == found) {
                Some((_, count)) => *count += 1,
                None => counts.push((found, 1)),
            }
        };
        terms::scan(passage.text, |found| meet(found.term()));
        terms::scan(passage.heading.unwrap_or_default(), |found| meet(found.term()));
        counts
    }
}
