//! Rules about games that do not work: faults that can be seen before a browser runs the page.
//!
//! They only warn, and what can be put right without changing anything else is repaired. A false
//! alarm is worse than a miss, so each of them keeps quiet where it is not certain.

pub(super) mod blank_canvas;
pub(super) mod canvas_method;
pub(super) mod const_assignment;
pub(super) mod early_use;
pub(super) mod idle_handler;
pub(super) mod key_name;
pub(super) mod missing_element;
pub(super) mod missing_file;
pub(super) mod missing_method;
pub(super) mod not_callable;
pub(super) mod stuck_state;
pub(super) mod undefined_name;
pub(super) mod unstarted_loop;

mod element_uses;
mod function_graph;
mod idle_code;
mod key_lookups;
mod key_values;
mod known_members;
mod literal_kind;
mod lookup_helper;
mod made_elements;
mod markup_files;
mod member_table;
mod name_table;
mod new_element;
mod page_names;
mod receiver;
mod schedule;
mod selector;
mod shared_uses;
mod stand_in;
mod state_values;

pub(super) use member_table::MemberTable;
pub(super) use name_table::NameTable;
pub(super) use stand_in::MediaKind;
