//! What was measured, as rows of a Markdown table: ours, what stands beside it, and the goal.

/// What a number counts.
#[derive(Clone, Copy)]
pub enum Unit {
    /// Seconds, shown as milliseconds.
    Milliseconds,
    Mebibytes,
    /// Bytes, shown as thousands.
    Kilobytes,
    /// Bytes, shown as millions.
    Megabytes,
    /// A ratio.
    Times,
    Count,
}

impl Unit {
    fn shown(self, value: f64) -> String {
        match self {
            Self::Milliseconds if value < 0.001 => format!("{:.0} µs", value * 1e6),
            Self::Milliseconds => format!("{:.1} ms", value * 1e3),
            Self::Mebibytes => format!("{value:.1} MiB"),
            Self::Kilobytes => format!("{:.1} kB", value / 1e3),
            Self::Megabytes => format!("{:.1} MB", value / 1e6),
            Self::Times => format!("{value:.2} ×"),
            Self::Count => format!("{value:.0}"),
        }
    }
}

/// What ours may be at most, and how that was said.
pub struct Limit {
    most: f64,
    relative: Option<String>,
}

impl Limit {
    pub fn of(most: f64) -> Self {
        Self { most, relative: None }
    }

    /// A limit that depends on another program. Where that one is not there, nothing is missed.
    pub fn beside(words: &str, most: f64) -> Self {
        Self { most, relative: Some(words.to_owned()) }
    }

    fn shown(&self, unit: Unit) -> String {
        let most = unit.shown(self.most);
        match &self.relative {
            Some(words) if self.most.is_nan() => format!("≤ {words}"),
            Some(words) => format!("≤ {words} = {most}"),
            None => format!("≤ {most}"),
        }
    }

    fn is_missed(&self, value: f64) -> bool {
        !self.most.is_nan() && value > self.most
    }
}

/// One measure.
pub struct Row {
    pub measure: &'static str,
    pub unit: Unit,
    pub ours: f64,
    /// Ours in words, where one number does not say it all.
    pub told: Option<String>,
    pub beside: Vec<(&'static str, f64)>,
    /// What else is to be said of the others.
    pub remark: String,
    pub pass: Vec<Limit>,
    pub aim: Limit,
}

impl Row {
    pub fn new(measure: &'static str, unit: Unit, ours: f64, pass: f64, aim: f64) -> Self {
        Self {
            measure,
            unit,
            ours,
            told: None,
            beside: Vec::new(),
            remark: String::new(),
            pass: vec![Limit::of(pass)],
            aim: Limit::of(aim),
        }
    }

    pub fn print(&self) {
        let unit = self.unit;
        let ours = self.told.clone().unwrap_or_else(|| unit.shown(self.ours));
        let others = self.beside.iter().filter(|(_, value)| !value.is_nan());
        let others = others.map(|(name, value)| format!("{name} {}", unit.shown(*value)));
        let remark = Some(self.remark.clone()).filter(|remark| !remark.is_empty());
        let beside: Vec<_> = others.chain(remark).collect();
        let pass: Vec<_> = self.pass.iter().map(|limit| limit.shown(unit)).collect();
        let (measure, aim, met) = (self.measure, self.aim.shown(unit), self.met());
        let (beside, pass) = (beside.join(", "), pass.join(", "));
        println!("| {measure} | {ours} | {beside} | {pass} | {aim} | {met} |");
    }

    fn met(&self) -> String {
        if self.ours.is_nan() {
            return "**not measured**".to_owned();
        }
        let missed = self.pass.iter().filter(|limit| limit.is_missed(self.ours));
        match missed.map(|limit| limit.most).min_by(f64::total_cmp) {
            Some(most) => format!("**misses by {}**", self.unit.shown(self.ours - most)),
            None if self.ours <= self.aim.most => "aim".to_owned(),
            None => "pass".to_owned(),
        }
    }
}

pub fn head() {
    println!("| measure | codeagent | beside it | pass | aim | met |");
    println!("| --- | --- | --- | --- | --- | --- |");
}

/// The value in the middle; of none, no number.
pub fn median(values: &[f64]) -> f64 {
    percentile(values, 0.5)
}

pub fn percentile(values: &[f64], part: f64) -> f64 {
    let mut values = values.to_vec();
    values.sort_by(f64::total_cmp);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "a few thousand values"
    )]
    let at = (values.len() as f64 * part) as usize;
    values.get(at.min(values.len().saturating_sub(1))).copied().unwrap_or(f64::NAN)
}

pub fn milliseconds(time: f64) -> String {
    Unit::Milliseconds.shown(time)
}
