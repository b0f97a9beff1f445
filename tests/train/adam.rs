//! Learning: the chance of the right candidates among all is raised, by Adam, with the linear part held near
//! what was known before. Sources: Kingma and Ba 2015; listwise softmax after Cao et al. 2007.

use lamassu::planner::local::{
    features::{COUNT, Features, PRIOR},
    ranker::{NARROW, Ranker, SIZE, Trace, WIDE, softmax},
};

use crate::{chance::Chance, lesson::Decision};

const RATE: f32 = 0.002;
const BATCH: usize = 24;
/// How strongly the linear weights are held near what was known before.
const HOLD: f32 = 0.03;
/// How strongly the network's weights are held near nothing.
const DECAY: f32 = 0.001;

pub(crate) fn train(mut ranker: Ranker, lessons: &mut [Decision], passes: usize, chance: &mut Chance) -> Ranker {
    seed(&mut ranker, chance);
    let (mut mean, mut square) = (vec![0.0_f32; SIZE], vec![0.0_f32; SIZE]);
    let mut step = 0;
    for pass in 0..passes {
        chance.shuffle(lessons);
        let mut loss = 0.0;
        for batch in lessons.chunks(BATCH) {
            let mut slope = vec![0.0_f32; SIZE];
            for decision in batch {
                loss += learn(&ranker, decision, &mut slope);
            }
            step += 1;
            let rate = RATE * (1.0 - 0.8 * pass as f32 / passes as f32);
            update(&mut ranker, &slope, (&mut mean, &mut square), (step, rate / 1.0, batch.len() as f32));
        }
        println!("pass {}: loss {:.4}", pass + 1, loss / lessons.len() as f32);
    }
    ranker
}

/// Small random weights in the layers, so that units differ; the last layer begins at nothing.
fn seed(ranker: &mut Ranker, chance: &mut Chance) {
    let wide = COUNT..COUNT + COUNT * WIDE;
    let narrow = COUNT + COUNT * WIDE + WIDE..COUNT + COUNT * WIDE + WIDE + WIDE * NARROW;
    for index in wide {
        ranker.weights[index] = chance.spread() * 0.3;
    }
    for index in narrow {
        ranker.weights[index] = chance.spread() * (3.0 / WIDE as f32).sqrt();
    }
}

/// Adds the slope of one decision's loss; the loss comes back.
fn learn(ranker: &Ranker, decision: &Decision, slope: &mut [f32]) -> f32 {
    let traces: Vec<Trace> = decision.candidates.iter().map(|(features, _)| ranker.trace(features)).collect();
    let scores: Vec<f32> = traces.iter().map(|trace| trace.score).collect();
    let shares = softmax(&scores);
    let right: f32 = shares
        .iter()
        .zip(&decision.candidates)
        .filter(|(_, (_, right))| *right)
        .map(|(share, _)| share)
        .sum::<f32>()
        .max(1e-6);
    for ((trace, share), (features, is_right)) in traces.iter().zip(&shares).zip(&decision.candidates) {
        let push = share - if *is_right { share / right } else { 0.0 };
        if push.abs() > 1e-5 {
            back(ranker, (features, trace), push, slope);
        }
    }
    -right.ln()
}

/// The way back through the network.
fn back(ranker: &Ranker, (features, trace): (&Features, &Trace), push: f32, slope: &mut [f32]) {
    let parts = ranker.parts();
    let (wide_bias, narrow) = (COUNT + COUNT * WIDE, COUNT + COUNT * WIDE + WIDE);
    let (narrow_bias, end) = (narrow + WIDE * NARROW, narrow + WIDE * NARROW + NARROW);
    let set: Vec<(usize, f32)> = features.0.iter().copied().enumerate().filter(|(_, value)| *value != 0.0).collect();
    for (index, value) in &set {
        slope[*index] += push * value;
    }
    let mut wide_push = [0.0_f32; WIDE];
    for unit in 0..NARROW {
        slope[end + unit] += push * trace.narrow[unit];
        if trace.narrow[unit] <= 0.0 {
            continue;
        }
        let own = push * parts.end[unit];
        slope[narrow_bias + unit] += own;
        for before in 0..WIDE {
            slope[narrow + unit * WIDE + before] += own * trace.wide[before];
            wide_push[before] += own * parts.narrow[unit * WIDE + before];
        }
    }
    for unit in 0..WIDE {
        if trace.wide[unit] <= 0.0 {
            continue;
        }
        slope[wide_bias + unit] += wide_push[unit];
        for (index, value) in &set {
            slope[COUNT + unit * COUNT + index] += wide_push[unit] * value;
        }
    }
}

fn update(
    ranker: &mut Ranker,
    slope: &[f32],
    (mean, square): (&mut [f32], &mut [f32]),
    (step, rate, size): (i32, f32, f32),
) {
    let (first, second) = (1.0 - 0.9_f32.powi(step), 1.0 - 0.999_f32.powi(step));
    for index in 0..SIZE {
        let weight = ranker.weights[index];
        let held = if index < COUNT { HOLD * (weight - PRIOR[index]) } else { DECAY * weight };
        let own = slope[index] / size + held;
        mean[index] = 0.9 * mean[index] + 0.1 * own;
        square[index] = 0.999 * square[index] + 0.001 * own * own;
        ranker.weights[index] = weight - rate * (mean[index] / first) / ((square[index] / second).sqrt() + 1e-8);
    }
}
