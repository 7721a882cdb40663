//! A reactor: functions that are called as exports, with all of WASI beneath them. It reads a file of assets/ and a variable of config.json.
use std::{env, fs};

/// `amount` in the currency that CURRENCY names; NaN when there is no rate for it.
#[unsafe(no_mangle)]
pub extern "C" fn convert(amount: f64) -> f64 {
    let currency = env::var("CURRENCY").unwrap_or_default();
    rate(&currency).map_or(f64::NAN, |rate| amount * rate)
}

/// How many rates there are.
#[unsafe(no_mangle)]
pub extern "C" fn rates() -> u32 {
    table().lines().count() as u32
}

fn rate(currency: &str) -> Option<f64> {
    table().lines().filter_map(|line| line.split_once(',')).find(|(name, _)| *name == currency)?.1.parse().ok()
}

fn table() -> String {
    fs::read_to_string("/rates.csv").expect("assets/ has rates.csv")
}
