//! Scores: a linear part that holds before anything is learned, and a small network beside it.

use super::features::{COUNT, Features, PRIOR};

/// Units of the first layer.
pub const WIDE: usize = 48;
/// Units of the second layer.
pub const NARROW: usize = 24;
/// How many numbers a ranker is made of.
pub const SIZE: usize = COUNT + COUNT * WIDE + WIDE + WIDE * NARROW + NARROW + NARROW;

/// Scores candidates by their features.
#[derive(Debug, Clone, PartialEq)]
pub struct Ranker {
    /// The linear weights; then of each layer the weights and biases; then those of the end.
    pub weights: Vec<f32>,
}

impl Default for Ranker {
    /// The ranker that has learned nothing.
    fn default() -> Self {
        let mut weights = PRIOR.to_vec();
        weights.resize(SIZE, 0.0);
        Self { weights }
    }
}

/// What a pass through the network leaves behind, for training.
#[derive(Debug, Clone, Default)]
pub struct Trace {
    /// After the first layer.
    pub wide: Vec<f32>,
    /// After the second layer.
    pub narrow: Vec<f32>,
    /// The score.
    pub score: f32,
}

/// The weights of a ranker, part by part.
#[derive(Debug)]
pub struct Parts<'a> {
    /// Linear weights.
    pub linear: &'a [f32],
    /// First layer, one run of `COUNT` for each unit.
    pub wide: &'a [f32],
    /// Its biases.
    pub wide_bias: &'a [f32],
    /// Second layer, one run of `WIDE` for each unit.
    pub narrow: &'a [f32],
    /// Its biases.
    pub narrow_bias: &'a [f32],
    /// The end.
    pub end: &'a [f32],
}

impl Ranker {
    /// A ranker of these numbers; nothing if their count is another.
    #[must_use]
    pub fn from_weights(weights: Vec<f32>) -> Option<Self> {
        (weights.len() == SIZE && weights.iter().all(|weight| weight.is_finite())).then_some(Self { weights })
    }

    /// The weights, part by part.
    #[must_use]
    pub fn parts(&self) -> Parts<'_> {
        let (linear, rest) = self.weights.split_at(COUNT.min(self.weights.len()));
        let (wide, rest) = rest.split_at((COUNT * WIDE).min(rest.len()));
        let (wide_bias, rest) = rest.split_at(WIDE.min(rest.len()));
        let (narrow, rest) = rest.split_at((WIDE * NARROW).min(rest.len()));
        let (narrow_bias, end) = rest.split_at(NARROW.min(rest.len()));
        Parts { linear, wide, wide_bias, narrow, narrow_bias, end }
    }

    /// The score of a candidate; only their differences mean anything.
    #[must_use]
    pub fn score(&self, features: &Features) -> f32 {
        self.trace(features).score
    }

    /// The score with what led to it.
    #[must_use]
    pub fn trace(&self, features: &Features) -> Trace {
        let parts = self.parts();
        let set: Vec<(usize, f32)> =
            features.0.iter().copied().enumerate().filter(|(_, value)| *value != 0.0).collect();
        let sparse = |row: &[f32]| {
            set.iter().map(|(index, value)| row.get(*index).map_or(0.0, |weight| weight * value)).sum::<f32>()
        };
        let linear = sparse(parts.linear);
        let wide: Vec<f32> = parts
            .wide
            .chunks_exact(COUNT)
            .zip(parts.wide_bias)
            .map(|(row, bias)| (sparse(row) + bias).max(0.0))
            .collect();
        let narrow = layer(&wide, parts.narrow, parts.narrow_bias);
        let score = linear + dot(&narrow, parts.end);
        Trace { wide, narrow, score }
    }
}

fn layer(input: &[f32], weights: &[f32], biases: &[f32]) -> Vec<f32> {
    weights.chunks_exact(input.len().max(1)).zip(biases).map(|(row, bias)| (dot(input, row) + bias).max(0.0)).collect()
}

fn dot(one: &[f32], other: &[f32]) -> f32 {
    one.iter().zip(other).map(|(one, other)| one * other).sum()
}

/// The share of each score when they are taken for chances.
#[must_use]
pub fn softmax(scores: &[f32]) -> Vec<f32> {
    let most = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let powers: Vec<f32> = scores.iter().map(|score| (score - most).exp()).collect();
    let sum: f32 = powers.iter().sum();
    powers.into_iter().map(|power| power / sum).collect()
}
