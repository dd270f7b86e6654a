//! Advice as it can be followed in the screen, where nobody types a flag.

use crate::app::JobError;
use crate::config::setting_keys;
use crate::inference::{ErrorCause, PermanentCause};

/// What helps, for the screen: models and engines are in a list, other flags are settings.
pub fn screen_advice(failure: &JobError, models_key: &str) -> String {
    let cause = failure.inference_error().map(|error| error.cause);
    match (failure, cause) {
        (JobError::NoToken, _) => "Run `codeagent login`, or set HF_TOKEN \
            (https://huggingface.co/settings/tokens)."
            .to_owned(),
        (_, Some(ErrorCause::Permanent(PermanentCause::NoCredits))) => {
            "Buy credits or PRO (https://huggingface.co/settings/billing), or use a provider's own \
             key (https://huggingface.co/settings/inference-providers)."
                .to_owned()
        }
        (JobError::Cancelled, _) => failure.advice().to_owned(),
        _ => without_flags(failure.advice(), models_key),
    }
}

/// The same advice with what the screen has in the place of each flag.
fn without_flags(advice: &str, models_key: &str) -> String {
    let words = advice.split(' ').map(|word| {
        let Some(at) = word.find("--") else { return word.to_owned() };
        let (before, rest) = word.split_at(at);
        let is_name = |letter: char| letter.is_ascii_lowercase() || letter == '-';
        let end = rest.find(|letter| !is_name(letter)).unwrap_or(rest.len());
        let (flag, after) = rest.split_at(end);
        format!("{before}{}{after}", in_the_screen(flag, models_key))
    });
    words.collect::<Vec<_>>().join(" ")
}

/// What the screen has instead of a flag.
fn in_the_screen(flag: &str, models_key: &str) -> String {
    match flag {
        "--model" => return format!("model ({models_key})"),
        "--offline" => return models_key.to_owned(),
        _ => {}
    }
    match setting_keys().find(|key| key.flags().any(|known| known.name == flag)) {
        Some(key) => format!("`{}` in config.toml", key.name),
        None => flag.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inference::{InferenceError, TransientCause};

    fn failure(cause: ErrorCause) -> JobError {
        JobError::of(InferenceError::local(cause, "said so"))
    }

    #[test]
    fn advice_in_the_screen_names_keys_and_settings() {
        let advice = |cause| screen_advice(&failure(ErrorCause::Permanent(cause)), "F4");
        assert_eq!(
            advice(PermanentCause::Gated),
            "Accept the terms on the model's page (https://huggingface.co/ and its name), or \
             choose another model (F4)."
        );
        assert_eq!(
            advice(PermanentCause::AnswerTooLarge),
            "Ask for a smaller game, or lower `max_tokens` in config.toml."
        );
        let causes = [
            PermanentCause::BadToken,
            PermanentCause::NoCredits,
            PermanentCause::NoPermission,
            PermanentCause::NoModel,
            PermanentCause::Gone,
            PermanentCause::Rejected,
            PermanentCause::NotAnAnswer,
            PermanentCause::NoList,
            PermanentCause::Blocked,
            PermanentCause::BadCertificate,
        ];
        for cause in causes {
            assert!(!advice(cause).contains("--"), "{}", advice(cause));
        }
        let slow = failure(ErrorCause::Transient(TransientCause::TimedOut));
        assert!(screen_advice(&slow, "F4").contains("`timeout.first_byte` in config.toml"));
        for failure in
            [JobError::NoToken, JobError::NoPrice, JobError::OverBudget, JobError::NoModel]
        {
            assert!(!screen_advice(&failure, "F4").contains("--"), "{failure:?}");
        }
    }
}
