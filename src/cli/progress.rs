//! Progress, and the wish to stop.

use crate::report::numbers::count;
use crate::run::Watch;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
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
    stop: Arc<AtomicBool>,
}

impl Progress {
    /// A bar over a number of things, each of which takes a while.
    pub fn new(things: usize) -> Self {
        let bar = ProgressBar::with_draw_target(
            Some(things as u64),
            ProgressDrawTarget::stderr_with_hz(5),
        );
        let style = ProgressStyle::with_template("{spinner} {pos}/{len} {bar:24} {elapsed} {msg}");
        if let Ok(style) = style {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(200));
        Self { bar, rounds: AtomicU64::new(0), stop: Arc::clone(stop()) }
    }

    /// The next thing begins.
    pub fn begin(&self, name: &str) {
        self.rounds.store(0, Ordering::Relaxed);
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

    /// Takes the bar away.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

impl Watch for Progress {
    fn drawn(&self, rounds: u64) -> bool {
        let total = self.rounds.fetch_add(rounds, Ordering::Relaxed) + rounds;
        self.bar.set_message(format!("{}: {} rounds", self.bar.prefix(), count(total)));
        !self.stopped()
    }
}
