// The request's body is stdin, stdout is the answer.
fn main() -> std::io::Result<()> {
    let mut name = String::new();
    std::io::stdin().read_line(&mut name)?;
    let name = name.trim_end();
    println!("Hello from Rust, {}!", if name.is_empty() { "world" } else { name });
    Ok(())
}
