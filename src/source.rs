//! Where a result comes from.

/// Where a result was published.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Source {
    /// Authors, year, title.
    pub paper: &'static str,
    /// Theorem, lemma or equation; "derived here" where it is.
    pub result: &'static str,
    /// DOI or arXiv number.
    pub link: &'static str,
}
