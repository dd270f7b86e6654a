//! FORBIDS what a generated page must not do: one rule per file.
//!
//! A rule inspects trees with resolved scopes, never text with patterns, so that a game's own
//! `fetch` is no finding and `window['ev' + 'al']` is one. Its examples are data: they document the
//! rule and test it.

mod finding;
mod rule;

pub mod edit;

mod correctness;
mod html;
mod script;
mod style;

pub use edit::{FindingFix, TextEdit};
pub use finding::{Finding, FindingState, Severity};
pub use rule::{
    CheckedFinding, Diagnostics, Rule, RuleContext, RuleDiagnostic, check_page, check_with_reader,
};

/// Lists each rule once: those that can deny a page, and those about faults that keep a game from
/// working, which never do.
macro_rules! rule_lists {
    (safety: [$($safety:path),* $(,)?], correctness: [$($correctness:path),* $(,)?] $(,)?) => {
        /// Every rule, in the order of their documentation.
        pub static ALL: &[&Rule] = &[$(&$safety,)* $(&$correctness,)*];

        /// The rules that can deny a page.
        static SAFETY: &[&Rule] = &[$(&$safety,)*];

        /// The rules about faults that keep a game from working. They never deny a page.
        static CORRECTNESS: &[&Rule] = &[$(&$correctness,)*];
    };
}

rule_lists! {
    safety: [
        script::no_eval::RULE,
        script::no_function_constructor::RULE,
        script::no_string_timer::RULE,
        html::no_inline_handler::RULE,
        html::no_javascript_url::RULE,
        script::no_network::RULE,
        script::no_navigation::RULE,
        html::no_external_resource::RULE,
        style::no_external_css::RULE,
        script::no_dynamic_code::RULE,
        script::no_dynamic_global::RULE,
        script::no_frame::RULE,
        script::no_document_write::RULE,
        script::no_device_api::RULE,
        html::no_markup_power::RULE,
        script::no_html_injection::RULE,
        script::no_prototype_tampering::RULE,
        script::no_endless_loop::RULE,
        script::no_leave_prompt::RULE,
        script::syntax::RULE,
        html::complete_document::RULE,
        html::document_basics::RULE,
        html::within_limits::RULE,
    ],
    correctness: [
        correctness::undefined_name::RULE,
        correctness::const_assignment::RULE,
        correctness::missing_element::RULE,
        correctness::missing_file::RULE,
        correctness::key_name::RULE,
        correctness::early_use::RULE,
        correctness::not_callable::RULE,
        correctness::missing_method::RULE,
        correctness::canvas_method::RULE,
        correctness::unstarted_loop::RULE,
        correctness::stuck_state::RULE,
        correctness::blank_canvas::RULE,
        correctness::idle_handler::RULE,
    ],
}

/// The rule with this code. `None` if there is none.
pub fn find_rule(code: &str) -> Option<&'static Rule> {
    ALL.iter().copied().find(|rule| rule.code == code)
}

pub(crate) use html::within_limits::{
    MAX_BYTES, MAX_FILE_BYTES, altered, too_large, unhardened, unplaceable,
};
