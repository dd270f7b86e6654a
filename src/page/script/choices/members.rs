//! What members of objects and lists can be.

use oxc_ast::AstKind;
use oxc_ast::ast::{
    Expression, MemberExpression, ObjectExpression, ObjectProperty, ObjectPropertyKind,
    PropertyKind,
};
use oxc_syntax::node::NodeId;

use super::{Choice, Choices, Values, anything, bag, bounded, union};

impl<'a> Choices<'_, 'a> {
    pub(super) fn member(&self, at: usize, member: &'a MemberExpression<'a>) -> Values<'a> {
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
                    Some(keys) => keys
                        .iter()
                        .fold(Vec::new(), |all, key| union(all, self.members(&objects, Some(key)))),
                    None => self.members(&objects, None),
                }
            }
            MemberExpression::PrivateFieldExpression(_) => anything(),
        }
    }

    fn named_member(&self, at: usize, object: &'a Expression<'a>, key: &str) -> Values<'a> {
        let own = self.members(&self.values(at, object), Some(key));
        bounded(union(own, self.written(key)))
    }

    /// What members of that name can be; all of them where the name is not known.
    pub(super) fn members(&self, objects: &[Choice<'a>], key: Option<&str>) -> Values<'a> {
        objects.iter().fold(Vec::new(), |all, object| union(all, self.member_of(object, key)))
    }

    fn member_of(&self, object: &Choice<'a>, key: Option<&str>) -> Values<'a> {
        let number = key.and_then(|key| key.parse::<usize>().ok());
        match object {
            _ if key == Some("length") => vec![Choice::Plain],
            Choice::Object(at, id) => self.properties(*at, *id, key),
            Choice::List(elements) => match (key, number) {
                (_, Some(number)) => elements.get(number).cloned().unwrap_or_default(),
                (None, None) => elements.iter().flatten().cloned().collect(),
                _ => Vec::new(),
            },
            Choice::Bag(elements) => elements.to_vec(),
            Choice::Member(name, values) => {
                let fits = key.is_none_or(|key| key == *name);
                if fits { values.to_vec() } else { Vec::new() }
            }
            Choice::Text(text) => match number {
                Some(number) => {
                    let at = text.chars().nth(number);
                    at.map(|c| Choice::Text(c.to_string().into())).into_iter().collect()
                }
                None => anything(),
            },
            Choice::Plain => Vec::new(),
            Choice::Instance => key.map_or_else(anything, |key| self.fields(key)),
            Choice::Around(..) | Choice::Function(..) => anything(),
        }
    }

    fn properties(&self, at: usize, id: NodeId, key: Option<&str>) -> Values<'a> {
        let Some(object) = self.object(at, id) else { return anything() };
        let fits = |property: &ObjectProperty<'a>| {
            let name = property.key.static_name();
            key.is_none_or(|key| name.is_none_or(|name| name == key))
        };
        object.properties.iter().fold(Vec::new(), |all, property| match property {
            ObjectPropertyKind::SpreadProperty(spread) => {
                union(all, self.members(&self.values(at, &spread.argument), key))
            }
            ObjectPropertyKind::ObjectProperty(property) if fits(property) => {
                union(all, self.property(at, property))
            }
            ObjectPropertyKind::ObjectProperty(_) => all,
        })
    }

    fn property(&self, at: usize, property: &'a ObjectProperty<'a>) -> Values<'a> {
        match (property.kind, property.value.get_inner_expression()) {
            (PropertyKind::Init, value) => self.values(at, value),
            (PropertyKind::Get, Expression::FunctionExpression(getter)) => {
                self.returned(at, getter.node_id.get())
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

    /// What fields of that name can be, in all classes and objects of the page.
    fn fields(&self, key: &str) -> Values<'a> {
        let uses = self.uses();
        let fields = uses.fields.get(key).filter(|_| self.by_name);
        match fields {
            Some(fields) => fields
                .iter()
                .fold(Vec::new(), |all, (at, value)| union(all, self.values(*at, value))),
            None if self.by_name && uses.set.contains_key(key) => Vec::new(),
            None => anything(),
        }
    }

    /// What is set as a member of that name, or put into one, whatever it is a member of.
    fn written(&self, key: &str) -> Values<'a> {
        if !self.by_name {
            return Vec::new();
        }
        let uses = self.uses();
        let set = uses.set.get(key).into_iter().flatten();
        let found = set.fold(Vec::new(), |all, (at, set)| union(all, self.assigned(*at, set)));
        let added = uses.added.get(key).into_iter().flatten();
        added.fold(found, |all, (at, call)| {
            union(all, vec![bag(self.arguments(*at, &call.arguments))])
        })
    }

    /// What can be found by going through something: the elements of a list.
    pub(super) fn elements(&self, lists: &[Choice<'a>]) -> Values<'a> {
        lists.iter().fold(Vec::new(), |all, list| {
            let more = match list {
                Choice::List(_) | Choice::Bag(_) => self.member_of(list, None),
                Choice::Plain | Choice::Member(..) => Vec::new(),
                _ => anything(),
            };
            union(all, more)
        })
    }

    /// The names of the members of objects.
    pub(super) fn keys(&self, objects: &[Choice<'a>]) -> Values<'a> {
        let is_filled = objects.iter().any(|object| matches!(object, Choice::Bag(_)));
        objects.iter().fold(Vec::new(), |all, object| {
            let more = match object {
                Choice::Object(..) if is_filled => anything(),
                Choice::Object(at, id) => {
                    self.entries(*at, *id).into_iter().map(|(key, _)| key).collect()
                }
                Choice::Member(name, _) => vec![Choice::Text((*name).into())],
                Choice::List(_) | Choice::Bag(_) | Choice::Plain => vec![Choice::Plain],
                _ => anything(),
            };
            union(all, more)
        })
    }

    /// The members of an object that is written out, with their names.
    pub(super) fn entries(&self, at: usize, id: NodeId) -> Vec<(Choice<'a>, Values<'a>)> {
        let Some(object) = self.object(at, id) else { return Vec::new() };
        let mut entries = Vec::new();
        for property in &object.properties {
            match property {
                ObjectPropertyKind::ObjectProperty(property) => {
                    let key = match property.key.static_name() {
                        Some(name) => Choice::Text(name),
                        None => Choice::Around("".into(), "".into()),
                    };
                    entries.push((key, self.property(at, property)));
                }
                ObjectPropertyKind::SpreadProperty(_) => {
                    entries.push((Choice::Around("".into(), "".into()), anything()));
                }
            }
        }
        entries
    }
}

fn text_of<'c>(choice: &'c Choice<'_>) -> Option<&'c str> {
    match choice {
        Choice::Text(text) => Some(text),
        _ => None,
    }
}
