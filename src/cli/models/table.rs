//! The table of models. If it is too wide, the least important columns are dropped.

use crate::app::{Engine, ModelRecords};
use crate::inference::models::{Model, Provider, format_tokens};
use crate::inference::price::TYPICAL_GAME;
use crate::inference::{Price, ServerCost};

/// The contents of the table.
pub struct ModelTable<'m> {
    pub found: Vec<&'m Model>,
    /// What the server takes for a game.
    pub server_cost: ServerCost,
    /// The model that the settings name.
    pub chosen: &'m str,
    /// What models came to on the engine that is asked.
    pub records: &'m ModelRecords,
    pub engine: Engine,
    /// Whether to list each provider on a line of its own, if there are few models.
    pub in_detail: bool,
}

/// A column; numbers are right-aligned.
struct TableColumn {
    name: &'static str,
    is_number: bool,
}

const COLUMNS: [TableColumn; 8] = [
    TableColumn { name: "model", is_number: false },
    TableColumn { name: "context", is_number: true },
    TableColumn { name: "$/M in", is_number: true },
    TableColumn { name: "$/M out", is_number: true },
    TableColumn { name: "tok/s", is_number: true },
    TableColumn { name: "$/game", is_number: true },
    TableColumn { name: "your games", is_number: false },
    TableColumn { name: "providers", is_number: false },
];
/// Left out while nothing is known.
const RECORD_COLUMN: usize = 6;
const PROVIDERS_COLUMN: usize = 7;
/// The columns to drop if there is no room, in this order.
const DROP_ORDER: [usize; 6] = [PROVIDERS_COLUMN, 2, 4, 3, 1, RECORD_COLUMN];
/// Up to this many models are listed with their providers.
const MAX_DETAILED_MODELS: usize = 8;

const CHEAPEST: char = '$';
const FASTEST: char = '»';

/// The cells of a row.
type TableRow = [String; COLUMNS.len()];

impl ModelTable<'_> {
    /// The table as text, for a terminal of `width` columns; `None` for no limit.
    pub fn text(&self, width: Option<usize>) -> String {
        let rows = self.rows();
        let mut shown: Vec<usize> = (0..COLUMNS.len()).collect();
        if rows.iter().skip(1).all(|row| row[RECORD_COLUMN].is_empty()) {
            shown.retain(|column| *column != RECORD_COLUMN);
        }
        for leaving in DROP_ORDER {
            if width.is_none_or(|width| table_width(&rows, &shown) <= width) {
                break;
            }
            // A truncated last column may still be useful.
            let rest = table_width(&rows, &shown) - column_width(&rows, leaving);
            if leaving == PROVIDERS_COLUMN && width.is_some_and(|width| rest + 16 <= width) {
                break;
            }
            shown.retain(|column| *column != leaving);
        }
        let mut text = String::new();
        for row in &rows {
            text.push_str(&line(row, &rows, &shown, width));
            text.push('\n');
        }
        text + &self.legend()
    }

    fn rows(&self) -> Vec<TableRow> {
        let mut models = self.found.clone();
        models.sort_by(|a, b| a.sort_key().total_cmp(&b.sort_key()).then_with(|| a.id.cmp(&b.id)));
        let heads = COLUMNS.map(|column| column.name.to_owned());
        let closely = self.in_detail && models.len() <= MAX_DETAILED_MODELS;
        let rows = models.into_iter().flat_map(|model| {
            let providers = model.providers.iter().filter(|_| closely);
            let rows = providers.map(|provider| self.provider(model, provider));
            std::iter::once(self.model(model)).chain(rows.collect::<Vec<_>>())
        });
        [heads].into_iter().chain(rows).collect()
    }

    fn model(&self, model: &Model) -> TableRow {
        let fastest = model.fastest();
        let chosen = self.chosen.strip_prefix(&model.id);
        let is_chosen = chosen.is_some_and(|rest| rest.is_empty() || rest.starts_with(':'));
        let mark = if is_chosen { "▸ " } else { "  " };
        let price = model.lowest_price();
        [
            format!("{mark}{}", model.id),
            model.context().map(format_tokens).unwrap_or_default(),
            price.map(|price| usd(price.input)).unwrap_or_default(),
            price.map(|price| usd(price.output)).unwrap_or_default(),
            fastest.and_then(|provider| provider.throughput).map(rate).unwrap_or_default(),
            self.game_cost(price),
            self.records.line(self.engine, &model.id).unwrap_or_default(),
            providers(model),
        ]
    }

    fn provider(&self, model: &Model, provider: &Provider) -> TableRow {
        let price = provider.price;
        [
            format!("    :{}", provider.name),
            provider.context.map(format_tokens).unwrap_or_default(),
            price.map(|price| usd(price.input)).unwrap_or_default(),
            price.map(|price| usd(price.output)).unwrap_or_default(),
            provider.throughput.map(rate).unwrap_or_default(),
            self.game_cost(price),
            self.records
                .line(self.engine, &format!("{}:{}", model.id, provider.name))
                .unwrap_or_default(),
            note(model, provider),
        ]
    }

    /// What a game costs; a dash if that is unknown.
    fn game_cost(&self, price: Option<Price>) -> String {
        self.server_cost.of_a_game(price).unwrap_or_else(|| "–".to_owned())
    }

    fn legend(&self) -> String {
        if self.found.iter().all(|model| model.providers.is_empty()) {
            return String::new();
        }
        format!(
            "\n$/game  a game of {} tokens at the cheapest provider; – is unknown\n\
             {CHEAPEST}       the cheapest provider (model:cheapest): its prices\n\
             {FASTEST}       the fastest (model:fastest, and the plain name): its tok/s\n",
            format_tokens(TYPICAL_GAME.completion_tokens),
        )
    }
}

fn marks(model: &Model, provider: &Provider) -> String {
    let is_same = |other: Option<&Provider>| other.is_some_and(|other| other.name == provider.name);
    let marks = [(is_same(model.cheapest()), CHEAPEST), (is_same(model.fastest()), FASTEST)];
    marks.into_iter().filter(|(is_same, _)| *is_same).map(|(_, mark)| mark).collect()
}

/// The live providers, with marks.
fn providers(model: &Model) -> String {
    let names = model
        .live_providers()
        .map(|provider| format!("{}{}", provider.name, marks(model, provider)));
    let names = names.collect::<Vec<_>>().join(" ");
    if names.is_empty() && !model.providers.is_empty() {
        "no provider now".to_owned()
    } else {
        names
    }
}

fn note(model: &Model, provider: &Provider) -> String {
    let marks = marks(model, provider);
    let meanings = marks.chars().map(|mark| match mark {
        CHEAPEST => "$ cheapest".to_owned(),
        _ => "» fastest".to_owned(),
    });
    let status = provider.status.label();
    let status = (status != "live").then_some(status);
    meanings.chain(status).collect::<Vec<_>>().join(", ")
}

fn usd(amount: f64) -> String {
    format!("{amount:.2}")
}

fn rate(rate: f64) -> String {
    format!("{rate:.0}")
}

fn char_count(text: &str) -> usize {
    text.chars().count()
}

fn cell(row: &TableRow, column: usize) -> &str {
    row.get(column).map_or("", String::as_str)
}

fn column_width(rows: &[TableRow], column: usize) -> usize {
    rows.iter().map(|row| char_count(cell(row, column))).max().unwrap_or_default()
}

fn table_width(rows: &[TableRow], shown: &[usize]) -> usize {
    shown.iter().map(|column| column_width(rows, *column) + 2).sum::<usize>().saturating_sub(2)
}

fn line(row: &TableRow, rows: &[TableRow], shown: &[usize], width: Option<usize>) -> String {
    let mut text = String::new();
    for column in shown {
        let (word, room) = (cell(row, *column), column_width(rows, *column));
        let fill = " ".repeat(room - char_count(word));
        let is_number = COLUMNS.get(*column).is_some_and(|column| column.is_number);
        let parts = if is_number { [&fill, word] } else { [word, &fill] };
        if !text.is_empty() {
            text.push_str("  ");
        }
        text.extend(parts);
    }
    truncate(text.trim_end(), width)
}

fn truncate(text: &str, width: Option<usize>) -> String {
    match width {
        Some(width) if char_count(text) > width => {
            text.chars().take(width.saturating_sub(1)).chain(['…']).collect()
        }
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inference::Catalogue;
    use crate::library::ModelSummary;

    const LIST: &str = r#"[
      {"id":"acme/dear","providers":[{"provider":"north","status":"live","context_length":131072,
        "pricing":{"input":3,"output":15},"throughput":61.5}]},
      {"id":"acme/asleep","providers":[{"provider":"south","status":"error"}]},
      {"id":"acme/coder","providers":[
        {"provider":"north","status":"live","context_length":262144,"pricing":{"input":0.2,"output":1.5},"throughput":80},
        {"provider":"south","status":"live","context_length":1048576,"pricing":{"input":0.07,"output":0.26},"throughput":25.4},
        {"provider":"west","status":"error"}]},
      {"id":"acme/unpriced","providers":[{"provider":"north","status":"live"}]},
      {"id":"acme/gift","providers":[{"provider":"north","status":"live","pricing":{"input":0,"output":0}}]}]"#;

    fn text(query: &str, width: Option<usize>) -> String {
        text_with(&[], query, width)
    }

    fn text_with(known: &[ModelSummary], query: &str, width: Option<usize>) -> String {
        let catalogue = Catalogue::parse(LIST).unwrap();
        let found = catalogue.matching(query);
        let in_detail = !query.is_empty();
        let mut records = ModelRecords::default();
        records.load(known.to_vec());
        ModelTable {
            found,
            server_cost: ServerCost::Listed,
            chosen: "acme/coder:north",
            records: &records,
            engine: Engine::HuggingFace,
            in_detail,
        }
        .text(width)
    }

    #[test]
    fn the_cheapest_game_comes_first() {
        insta::assert_snapshot!(text("", None));
    }

    #[test]
    fn a_model_that_was_looked_for_tells_who_serves_it() {
        insta::assert_snapshot!(text("coder", None));
    }

    #[test]
    fn what_a_model_came_to_has_a_column_of_its_own() {
        let coder = ModelSummary {
            model: "acme/coder:cheapest".into(),
            engine: "huggingface".into(),
            jobs: 20,
            plays: 14,
            tries: 42,
            milliseconds: 760_000,
            ..ModelSummary::default()
        };
        let local = ModelSummary { engine: "endpoint".into(), jobs: 9, ..coder.clone() };
        insta::assert_snapshot!(text_with(&[coder, local], "", None));
    }

    #[test]
    fn a_narrow_table_has_fewer_columns_and_no_line_is_broken() {
        for width in 20..100 {
            let text = text("", Some(width));
            let (table, _) = text.split_once("\n\n").unwrap();
            assert!(table.lines().all(|line| char_count(line) <= width), "{width}\n{text}");
        }
        let narrow = text("", Some(40));
        let head = narrow.lines().next().unwrap();
        assert!(head.contains("$/game") && !head.contains("tok/s"), "{narrow}");
    }
}
