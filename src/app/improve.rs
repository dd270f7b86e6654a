//! Makes a short prompt a full one.

use super::options::JobOptions;
use super::prompt::{Prompt, PromptError};
use crate::compose;

/// The prompt with what it does not say: goal, controls, losing, growth and look, by what the composer
/// knows. Nobody is asked, whatever the engine.
///
/// # Errors
///
/// There is no prompt, or it is too long then.
pub fn improve_prompt(text: &str, options: &JobOptions) -> Result<String, PromptError> {
    let prompt = Prompt::new(text)?;
    let full = compose::improve(prompt.text(), options.seed, options.terms.theme);
    Prompt::new(&full).map(|full| full.text().to_owned())
}
