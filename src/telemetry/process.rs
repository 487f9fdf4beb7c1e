//! What the system knows of this process, under the names that Prometheus's own clients use.
//!
//! Read from `/proc` when somebody looks; where there is none (not Linux), the metrics are absent.

use std::fs;

/// `/proc/self/stat` counts in hundredths of a second on every Linux that Rust's standard library supports.
const TICKS_PER_SECOND: f64 = 100.0;

/// Bytes in a kB of `/proc/self/status`.
const KIBIBYTE: f64 = 1024.0;

/// Sets the gauges of this process.
pub fn update_gauges() {
    if let Some(bytes) = resident_bytes() {
        metrics::gauge!("process_resident_memory_bytes").set(bytes);
    }
    if let Ok(files) = fs::read_dir("/proc/self/fd") {
        metrics::gauge!("process_open_fds").set(files.count() as f64);
    }
    if let Ok((limit, _)) = rlimit::Resource::NOFILE.get() {
        metrics::gauge!("process_max_fds").set(limit as f64);
    }
    if let Some((cpu, started)) = times() {
        metrics::gauge!("process_cpu_seconds_total").set(cpu);
        metrics::gauge!("process_start_time_seconds").set(started);
    }
}

fn resident_bytes() -> Option<f64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    Some(line.split_whitespace().next()?.parse::<f64>().ok()? * KIBIBYTE)
}

/// Processor time used, and the start as unix time, in seconds.
fn times() -> Option<(f64, f64)> {
    let stat = fs::read_to_string("/proc/self/stat").ok()?;
    // The second field is the program's name in brackets, which may hold spaces; counting begins behind it, at the third.
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let field = |number: usize| fields.get(number - 3)?.parse::<f64>().ok();
    let booted = fs::read_to_string("/proc/stat").ok()?;
    let booted: f64 = booted.lines().find_map(|line| line.strip_prefix("btime "))?.parse().ok()?;
    Some(((field(14)? + field(15)?) / TICKS_PER_SECOND, booted + field(22)? / TICKS_PER_SECOND))
}

#[cfg(test)]
mod tests {
    #[test]
    fn this_process_has_memory_and_began_before_now() {
        assert!(super::resident_bytes().unwrap() > 1e6);
        let (cpu, started) = super::times().unwrap();
        let now = crate::clock::now_ms() as f64 / 1000.0;
        assert!(cpu >= 0.0 && started <= now + 1.0 && started > now - 3600.0, "{cpu} {started} {now}");
    }
}
