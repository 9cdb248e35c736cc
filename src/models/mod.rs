//! Exact structured samplers (being written).
