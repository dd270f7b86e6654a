//! Decodes pages whose markup arrived as entities: `&lt;!DOCTYPE html&gt;`.

/// Entities of markup characters. `&amp;` is last, because its result is text.
const ENTITIES: &[(&str, &str)] = &[
    ("&lt;", "<"),
    ("&#60;", "<"),
    ("&#x3c;", "<"),
    ("&#x3C;", "<"),
    ("&gt;", ">"),
    ("&#62;", ">"),
    ("&#x3e;", ">"),
    ("&#x3E;", ">"),
    ("&quot;", "\""),
    ("&#34;", "\""),
    ("&#x22;", "\""),
    ("&apos;", "'"),
    ("&#39;", "'"),
    ("&#x27;", "'"),
    ("&#96;", "`"),
    ("&#x60;", "`"),
    ("&nbsp;", " "),
    ("&amp;", "&"),
];

/// Decodes the entities once. `None` unless a page or blocks start with some.
pub(super) fn decode_entities(text: &str) -> Option<String> {
    let lower = text.to_ascii_lowercase();
    let lt = ["&lt;", "&#60;", "&#x3c;", "&amp;lt;"].into_iter();
    let begins = |lt: &str| {
        ["!doctype", "html"].iter().any(|word| lower.contains(&format!("{lt}{word}")))
            || lower.contains(&lt.repeat(5))
    };
    lt.into_iter().any(begins).then(|| replace_entities(text))
}

fn replace_entities(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        let (before, entity) = rest.split_at(at);
        out.push_str(before);
        let sign = ENTITIES.iter().find(|(name, _)| entity.starts_with(name));
        let (name, sign) = sign.copied().unwrap_or(("&", "&"));
        out.push_str(sign);
        rest = entity.get(name.len()..).unwrap_or_default();
    }
    out + rest
}
