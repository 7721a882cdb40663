//! Counts the words of the body: a WASI 0.2 component, which Rust's `main` is with this target. Answers JSON, most frequent first.
use std::collections::HashMap;
use std::io::Read;
use std::process::ExitCode;

fn main() -> ExitCode {
    let mut bytes = Vec::new();
    std::io::stdin().read_to_end(&mut bytes).expect("stdin can be read");
    let Ok(text) = String::from_utf8(bytes) else {
        eprintln!("the body is not UTF-8");
        return ExitCode::FAILURE;
    };
    let least = std::env::args().filter_map(|argument| argument.strip_prefix("least=")?.parse().ok()).next().unwrap_or(1);

    // The map has a random seed, so the order comes from sorting alone.
    let mut counts: HashMap<String, usize> = HashMap::new();
    for word in text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
        *counts.entry(word.to_lowercase()).or_default() += 1;
    }
    let mut rows: Vec<_> = counts.into_iter().filter(|(_, count)| *count >= least).collect();
    rows.sort_by(|(a, x), (b, y)| y.cmp(x).then_with(|| a.cmp(b)));
    let rows: Vec<_> = rows.iter().map(|(word, count)| format!("{{\"word\":\"{word}\",\"count\":{count}}}")).collect();
    println!("Content-Type: application/json\n\n[{}]", rows.join(","));
    ExitCode::SUCCESS
}
