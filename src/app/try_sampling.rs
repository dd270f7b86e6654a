//! How the sampling of each try differs from those before it: the same question with the same
//! sampling would bring a similar answer.

use super::prompt::PreviousFault;
use super::tries::TryKind;
use crate::inference::Sampling;

/// Temperatures of questions that are asked anew, in turn.
const ANEW: [f32; 4] = [0.7, 0.9, 0.5, 0.8];

/// The same where the first question has a temperature of ours: small models lose the thread above.
const ANEW_LOCAL: [f32; 4] = [0.5, 0.3, 0.6, 0.2];

/// What is added to a known penalty after an answer that repeated itself.
const AFTER_REPETITION: f32 = 0.07;

/// The same, harder on repetition where the server knows a penalty for it.
pub fn against_repetition(sampling: Sampling) -> Sampling {
    let repeat_penalty = sampling.repeat_penalty.map(|penalty| penalty + AFTER_REPETITION);
    Sampling { repeat_penalty, ..sampling }
}

/// The sampling of try `number`, counted from 1. `base` is the first try's, `before` what
/// was wrong with the answer before.
pub fn sampling_of(
    base: Sampling,
    kind: TryKind,
    number: u32,
    before: Option<&PreviousFault>,
    seed: u32,
) -> Sampling {
    let repeat_penalty = match before {
        Some(PreviousFault::Repeated) => against_repetition(base).repeat_penalty,
        Some(_) | None => base.repeat_penalty,
    };
    match kind {
        TryKind::First => base,
        TryKind::Fix | TryKind::WakeUp => Sampling { seed: Some(seed), ..base },
        TryKind::Anew => {
            let turn = number.saturating_sub(2) as usize % ANEW.len();
            let row = if base.temperature.is_some() { ANEW_LOCAL } else { ANEW };
            let temperature = row.get(turn).copied();
            Sampling { temperature, seed: Some(seed), repeat_penalty, ..base }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOCAL: Sampling = Sampling {
        temperature: Some(0.4),
        top_p: Some(0.9),
        seed: None,
        repeat_penalty: Some(1.08),
    };

    #[test]
    fn each_question_that_is_asked_anew_is_sampled_otherwise() {
        let of = |number| sampling_of(LOCAL, TryKind::Anew, number, None, number);
        let row: Vec<_> = (2..6).map(of).collect();
        for (i, one) in row.iter().enumerate() {
            assert!(row[..i].iter().all(|before| before.temperature != one.temperature));
            assert_ne!(one.temperature, LOCAL.temperature);
            assert_eq!((one.top_p, one.repeat_penalty), (Some(0.9), Some(1.08)));
        }
        assert_eq!(of(6).temperature, of(2).temperature);
        assert_ne!(of(6).seed, of(2).seed);
    }

    #[test]
    fn a_repetition_is_punished_where_the_server_can_do_that() {
        let after = |base| sampling_of(base, TryKind::Anew, 2, Some(&PreviousFault::Repeated), 1);
        assert_eq!(after(LOCAL).repeat_penalty, Some(1.08 + AFTER_REPETITION));
        assert_eq!(after(Sampling::default()).repeat_penalty, None);
    }

    #[test]
    fn the_first_question_is_sampled_as_the_server_likes_it() {
        let first = |base| sampling_of(base, TryKind::First, 1, None, 9);
        assert_eq!(first(Sampling::default()), Sampling::default());
        assert_eq!(first(LOCAL), LOCAL);
    }
}
