//! The possible values of members of objects and lists.

use oxc_ast::AstKind;
use oxc_ast::ast::{
    Expression, MemberExpression, ObjectExpression, ObjectProperty, ObjectPropertyKind,
    PropertyKind, SpreadElement,
};
use oxc_syntax::node::NodeId;

use super::{
    PossibleValue, PossibleValues, ValueAnalysis, any_value, bound_values, cycle_values,
    merge_values, unordered_list,
};

impl<'a> ValueAnalysis<'_, 'a> {
    /// The values that a member in script number `at` can have.
    pub(super) fn member_values(
        &self,
        at: usize,
        member: &'a MemberExpression<'a>,
    ) -> PossibleValues<'a> {
        let object = member.object();
        match member {
            MemberExpression::StaticMemberExpression(of) => {
                self.named_member(at, object, of.property.name.as_str())
            }
            MemberExpression::ComputedMemberExpression(of) => {
                let tree = self.trees.get(at);
                if let Some(key) = tree.and_then(|tree| tree.constant(&of.expression)) {
                    return self.named_member(at, object, &key);
                }
                let objects = self.values(at, object);
                let keys = self.values(at, &of.expression);
                let texts: Option<Vec<_>> = keys.iter().map(text_of).collect();
                match texts {
                    Some(keys) => keys.iter().fold(Vec::new(), |all, key| {
                        merge_values(all, self.members(&objects, Some(key)))
                    }),
                    None => self.members(&objects, None),
                }
            }
            MemberExpression::PrivateFieldExpression(_) => any_value(),
        }
    }

    fn named_member(&self, at: usize, object: &'a Expression<'a>, key: &str) -> PossibleValues<'a> {
        let own = self.members(&self.values(at, object), Some(key));
        bound_values(merge_values(own, self.assigned_member_values(key)))
    }

    /// The values of members with this name; of all members if it is `None`.
    pub(super) fn members(
        &self,
        objects: &[PossibleValue<'a>],
        key: Option<&str>,
    ) -> PossibleValues<'a> {
        objects
            .iter()
            .fold(Vec::new(), |all, object| merge_values(all, self.object_member(object, key)))
    }

    fn object_member(&self, object: &PossibleValue<'a>, key: Option<&str>) -> PossibleValues<'a> {
        let number = key.and_then(|key| key.parse::<usize>().ok());
        match object {
            _ if key == Some("length") => vec![PossibleValue::NonText],
            PossibleValue::Object(at, id) => self.property_values(*at, *id, key),
            PossibleValue::List(elements) => match (key, number) {
                (_, Some(number)) => elements.get(number).cloned().unwrap_or_default(),
                (None, None) => elements.iter().flatten().cloned().collect(),
                _ => Vec::new(),
            },
            PossibleValue::UnorderedList(elements) => elements.to_vec(),
            PossibleValue::Member(name, values) => {
                let fits = key.is_none_or(|key| key == *name);
                if fits { values.to_vec() } else { Vec::new() }
            }
            PossibleValue::Text(text) => match number {
                Some(number) => {
                    let at = text.chars().nth(number);
                    at.map(|c| PossibleValue::Text(c.to_string().into())).into_iter().collect()
                }
                None => any_value(),
            },
            PossibleValue::NonText => Vec::new(),
            PossibleValue::Instance => key.map_or_else(any_value, |key| self.field_values(key)),
            PossibleValue::Affixed(..) | PossibleValue::Function(..) => any_value(),
        }
    }

    fn property_values(&self, at: usize, id: NodeId, key: Option<&str>) -> PossibleValues<'a> {
        let Some(object) = self.object(at, id) else { return any_value() };
        let fits = |property: &ObjectProperty<'a>| {
            let name = property.key.static_name();
            key.is_none_or(|key| name.is_none_or(|name| name == key))
        };
        // An object may be spread into itself: `all.push({ ...all[0] })`.
        let spread_values = |spread: &'a SpreadElement<'a>| {
            let place = (at, spread.node_id.get(), key.map(str::to_owned));
            let open = self.spreads.borrow().iter().find(|open| open.0 == place).map(|open| open.1);
            if let Some(operations) = open {
                return cycle_values(self, operations);
            }
            self.spreads.borrow_mut().push((place, self.operations.get()));
            let values = self.recurse(|| self.members(&self.values(at, &spread.argument), key));
            self.spreads.borrow_mut().pop();
            values.unwrap_or_else(any_value)
        };
        object.properties.iter().fold(Vec::new(), |all, property| match property {
            ObjectPropertyKind::SpreadProperty(spread) => merge_values(all, spread_values(spread)),
            ObjectPropertyKind::ObjectProperty(property) if fits(property) => {
                merge_values(all, self.property(at, property))
            }
            ObjectPropertyKind::ObjectProperty(_) => all,
        })
    }

    fn property(&self, at: usize, property: &'a ObjectProperty<'a>) -> PossibleValues<'a> {
        match (property.kind, property.value.get_inner_expression()) {
            (PropertyKind::Init, value) => self.values(at, value),
            (PropertyKind::Get, Expression::FunctionExpression(getter)) => {
                self.returned_values(at, getter.node_id.get())
            }
            _ => Vec::new(),
        }
    }

    fn object(&self, at: usize, id: NodeId) -> Option<&'a ObjectExpression<'a>> {
        match self.trees.get(at)?.semantic().nodes().kind(id) {
            AstKind::ObjectExpression(object) => Some(object),
            _ => None,
        }
    }

    /// The values of fields with this name, in all classes and objects of the page.
    fn field_values(&self, key: &str) -> PossibleValues<'a> {
        let uses = self.uses();
        let fields = uses.fields.get(key).filter(|_| self.by_name);
        match fields {
            Some(fields) => fields
                .iter()
                .fold(Vec::new(), |all, (at, value)| merge_values(all, self.values(*at, value))),
            None if self.by_name && uses.set.contains_key(key) => Vec::new(),
            None => any_value(),
        }
    }

    /// The values assigned or added to a member with this name, of whatever object.
    fn assigned_member_values(&self, key: &str) -> PossibleValues<'a> {
        if !self.by_name {
            return Vec::new();
        }
        let uses = self.uses();
        let set = uses.set.get(key).into_iter().flatten();
        let found = set
            .fold(Vec::new(), |all, (at, set)| merge_values(all, self.assigned_values(*at, set)));
        let added = uses.added.get(key).into_iter().flatten();
        added.fold(found, |all, (at, call)| {
            merge_values(all, vec![unordered_list(self.argument_values(*at, &call.arguments))])
        })
    }

    /// The elements of lists.
    pub(super) fn element_values(&self, lists: &[PossibleValue<'a>]) -> PossibleValues<'a> {
        lists.iter().fold(Vec::new(), |all, list| {
            let more = match list {
                PossibleValue::List(_) | PossibleValue::UnorderedList(_) => {
                    self.object_member(list, None)
                }
                PossibleValue::NonText | PossibleValue::Member(..) => Vec::new(),
                _ => any_value(),
            };
            merge_values(all, more)
        })
    }

    /// The keys of objects.
    pub(super) fn key_values(&self, objects: &[PossibleValue<'a>]) -> PossibleValues<'a> {
        let is_filled =
            objects.iter().any(|object| matches!(object, PossibleValue::UnorderedList(_)));
        objects.iter().fold(Vec::new(), |all, object| {
            let more = match object {
                PossibleValue::Object(..) if is_filled => any_value(),
                PossibleValue::Object(at, id) => {
                    self.entries(*at, *id).into_iter().map(|(key, _)| key).collect()
                }
                PossibleValue::Member(name, _) => vec![PossibleValue::Text((*name).into())],
                PossibleValue::List(_)
                | PossibleValue::UnorderedList(_)
                | PossibleValue::NonText => vec![PossibleValue::NonText],
                _ => any_value(),
            };
            merge_values(all, more)
        })
    }

    /// The members of an object literal with their keys.
    pub(super) fn entries(
        &self,
        at: usize,
        id: NodeId,
    ) -> Vec<(PossibleValue<'a>, PossibleValues<'a>)> {
        let Some(object) = self.object(at, id) else { return Vec::new() };
        let mut entries = Vec::new();
        for property in &object.properties {
            match property {
                ObjectPropertyKind::ObjectProperty(property) => {
                    let key = match property.key.static_name() {
                        Some(name) => PossibleValue::Text(name),
                        None => PossibleValue::Affixed("".into(), "".into()),
                    };
                    entries.push((key, self.property(at, property)));
                }
                ObjectPropertyKind::SpreadProperty(_) => {
                    entries.push((PossibleValue::Affixed("".into(), "".into()), any_value()));
                }
            }
        }
        entries
    }
}

fn text_of<'c>(choice: &'c PossibleValue<'_>) -> Option<&'c str> {
    match choice {
        PossibleValue::Text(text) => Some(text),
        _ => None,
    }
}
