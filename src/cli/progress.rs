//! Progress, and the wish to stop.

use crate::evidence::Resolution;
use crate::report::numbers::{count, resolution};
use crate::run::Watch;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

/// Set by Ctrl-C.
fn stop() -> &'static Arc<AtomicBool> {
    static STOP: OnceLock<Arc<AtomicBool>> = OnceLock::new();
    STOP.get_or_init(|| {
        let flag = Arc::new(AtomicBool::new(false));
        let seen = Arc::clone(&flag);
        let handler = move || {
            if seen.swap(true, Ordering::SeqCst) {
                // Asked twice: at once, whatever is lost.
                std::process::exit(i32::from(super::INTERRUPTED));
            }
            super::output::complain("\nstopping after this batch; once more to stop at once");
        };
        if ctrlc::set_handler(handler).is_err() {
            super::output::complain("note: Ctrl-C cannot be caught here, and ends the run at once");
        }
        flag
    })
}

/// A bar on standard error (if that is a terminal), and the flag that Ctrl-C sets.
pub struct Progress {
    bar: ProgressBar,
    rounds: AtomicU64,
    width: Mutex<Option<(Resolution, Resolution)>>,
    stop: Arc<AtomicBool>,
}

impl Progress {
    /// A bar over a number of things, each of which takes a while.
    pub fn new(things: usize) -> Self {
        let bar = ProgressBar::with_draw_target(
            Some(things as u64),
            ProgressDrawTarget::stderr_with_hz(5),
        );
        let style = ProgressStyle::with_template("{spinner} {pos}/{len} {elapsed} {wide_msg}");
        if let Ok(style) = style {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(200));
        let (rounds, width) = (AtomicU64::new(0), Mutex::new(None));
        Self { bar, rounds, width, stop: Arc::clone(stop()) }
    }

    /// The next thing begins.
    pub fn begin(&self, name: &str) {
        self.rounds.store(0, Ordering::Relaxed);
        self.keep(None);
        self.bar.set_prefix(name.to_owned());
        self.bar.set_message(name.to_owned());
    }

    /// It is done.
    pub fn done(&self) {
        self.bar.inc(1);
    }

    /// Prints to standard output without the bar in between.
    pub fn suspend<T>(&self, print: impl FnOnce() -> T) -> T {
        self.bar.suspend(print)
    }

    /// Whether the run was asked to stop.
    pub fn stopped(&self) -> bool {
        self.stop.load(Ordering::SeqCst)
    }

    fn keep(&self, width: Option<(Resolution, Resolution)>) {
        if let Ok(mut kept) = self.width.lock() {
            *kept = width;
        }
    }

    /// `id::claim  1.2 % of 0.30 %  [###-----]`, and the rounds where there is no interval yet.
    fn show(&self) {
        let width = self.width.lock().map_or(None, |kept| *kept);
        let state = match width {
            Some((width, promised)) => shrinking(width, promised),
            None => format!("{} rounds", count(self.rounds.load(Ordering::Relaxed))),
        };
        self.bar.set_message(format!("{}  {state}", self.bar.prefix()));
    }

    /// Takes the bar away.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

/// An interval's half-width and what it may be. The bar is the share of the rounds that were drawn,
/// if the width falls like the root of their number.
fn shrinking(width: Resolution, promised: Resolution) -> String {
    const CELLS: usize = 8;
    let relative = matches!(promised, Resolution::Relative(_));
    let share = (promised.number() / width.number()).powi(2);
    // What is not a number is nothing drawn: `min` would make it 1.
    let share = if share.is_nan() { 0.0 } else { share.min(1.0) };
    let full = (share * CELLS as f64).round() as usize;
    format!(
        "{} of {}  [{}{}]",
        resolution(width.number(), relative),
        resolution(promised.number(), relative),
        "#".repeat(full),
        "-".repeat(CELLS.saturating_sub(full))
    )
}

impl Watch for Progress {
    fn drawn(&self, rounds: u64) -> bool {
        self.rounds.fetch_add(rounds, Ordering::Relaxed);
        self.show();
        !self.stopped()
    }

    fn looked(&self, width: Resolution, promised: Resolution) {
        self.keep(Some((width, promised)));
        self.show();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bar_fills_as_the_interval_shrinks() {
        let of = |width| shrinking(Resolution::Relative(width), Resolution::Relative(0.003));
        assert_eq!(of(0.012), "1.2 % of 0.30 %  [#-------]");
        assert_eq!(of(0.0042), "0.42 % of 0.30 %  [####----]");
        assert_eq!(of(0.002), "0.20 % of 0.30 %  [########]");
        assert_eq!(of(f64::INFINITY), "? of 0.30 %  [--------]");
        assert_eq!(of(f64::NAN), "? of 0.30 %  [--------]");
    }
}
