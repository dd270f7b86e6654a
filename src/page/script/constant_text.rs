//! Constant strings of a script, and the memory of those that names have.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use oxc_semantic::SymbolId;

/// A string that an expression always evaluates to.
pub type ConstantText<'a> = Cow<'a, str>;

/// A list of constant strings.
pub(super) type ConstantList<'a> = Rc<[ConstantText<'a>]>;

/// Values of names, by the number of steps left to follow them.
pub(super) type FoldMemo<T> = RefCell<HashMap<(SymbolId, usize), Option<T>>>;

/// Most steps along a chain of definitions.
pub(super) const MAX_STEPS: usize = 24;
