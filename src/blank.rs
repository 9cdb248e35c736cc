//! What stands in a theorem file where its author has yet to write: the command `new` leaves them,
//! and no check passes over one.

/// A text that holds this is not filled in.
pub const FILL_IN: &str = "FILL IN";

/// A name that begins with this is not filled in.
pub const FILL_IN_NAME: &str = "fill-in";

/// A number that is not filled in: it equals nothing, not even itself, and is told from a NaN that
/// was computed by its bits.
pub const UNFILLED: f64 = f64::from_bits(0x7ff8_0000_f111_f111);

const SAID: &str = "not filled in: ";

/// A value that is not filled in: the field of the declaration, and what it is to be computed from.
///
/// # Panics
/// Always, so that no value can be taken for one of the theorem's. Whatever runs an author's code
/// reports the panic as what it is, a field that is missing.
pub fn unfilled<P, T>(field: &str, _from: P) -> T {
    panic!("{SAID}{field}")
}

/// The field that the message of a panic says is missing.
pub(crate) fn field(message: &str) -> Option<&str> {
    message.strip_prefix(SAID)
}
