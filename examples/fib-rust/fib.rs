#[unsafe(no_mangle)]
pub extern "C" fn fib(n: u32) -> u32 {
    if n < 2 { n } else { fib(n - 1) + fib(n - 2) }
}

/// A panic is a trap.
#[unsafe(no_mangle)]
pub extern "C" fn divide(dividend: i64, divisor: i64) -> i64 {
    dividend / divisor
}
