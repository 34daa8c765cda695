//! Locks, events, channels: what the loop decides, who goes on, and that a cancelled task loses nothing.

mod barriers;
mod channels;
mod conditions;
mod events;
mod every;
mod locks;
mod models;
mod once;
mod rwlocks;
mod semaphores;
mod subjects;
mod to_all;
