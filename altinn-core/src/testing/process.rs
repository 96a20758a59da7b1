//! What the running process has taken, for benchmarks (Linux).

use std::fs;
use std::io;
use std::path::Path;

/// A folder in memory, where the system has one; else the one for temporary files.
pub fn memory_folder() -> &'static Path {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { memory } else { Path::new("/tmp") }
}

/// Seconds that the process has been on a processor, in all its threads.
///
/// # Errors
/// What the system says when it cannot tell.
pub fn processor_seconds() -> io::Result<f64> {
    // The name of the program comes in brackets, and may have spaces; user and system time are the 14th and 15th field.
    let stat = fs::read_to_string("/proc/self/stat")?;
    let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
    let ticks: Vec<f64> = fields.skip(11).take(2).filter_map(|field| field.parse().ok()).collect();
    if ticks.len() == 2 { Ok(ticks.iter().sum::<f64>() / 100.0) } else { Err(untold()) }
}

/// The most memory that the process has taken so far, in bytes.
///
/// # Errors
/// What the system says when it cannot tell.
pub fn peak_memory() -> io::Result<u64> {
    memory("VmHWM:")
}

/// The memory that the process takes now, in bytes.
///
/// # Errors
/// What the system says when it cannot tell.
pub fn resident_memory() -> io::Result<u64> {
    memory("VmRSS:")
}

fn memory(field: &str) -> io::Result<u64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix(field)).ok_or_else(untold)?;
    let kib: u64 = line.trim().trim_end_matches(" kB").parse().map_err(|_| untold())?;
    Ok(kib * 1024)
}

fn untold() -> io::Error {
    io::Error::other("the system does not tell")
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;

    #[test]
    fn what_a_process_takes_is_told() {
        let before = processor_seconds().unwrap();
        let held = vec![1_u8; 8 * 1024 * 1024];
        assert!(peak_memory().unwrap() >= resident_memory().unwrap());
        assert!(resident_memory().unwrap() >= held.len() as u64);
        assert!(processor_seconds().unwrap() >= before);
        assert!(memory_folder().is_dir());
    }
}
