//! Locks, events, channels: what the loop decides, who goes on, and that a cancelled task loses nothing.

mod locks;
