//! Rules about games that do not work: faults that can be seen before a browser runs the page.
//!
//! They only warn, and what can be put right without changing anything else is repaired. A false
//! alarm is worse than a miss, so each of them keeps quiet where it is not certain.

pub(super) mod const_assignment;
pub(super) mod undefined_name;

mod page_names;
