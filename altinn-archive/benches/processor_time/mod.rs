//! What a process has spent on processors.

use std::error::Error;

/// How many ticks a second has, on every Linux.
const TICKS: f64 = 100.0;

/// The seconds that this process has spent on all processors.
pub(crate) fn processor_time() -> Result<f64, Box<dyn Error + Send + Sync>> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks = |n: usize| -> Result<f64, Box<dyn Error + Send + Sync>> {
        Ok(fields.get(n).ok_or("no such field")?.parse()?)
    };
    Ok((ticks(11)? + ticks(12)?) / TICKS)
}
