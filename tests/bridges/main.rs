//! Coroutines and the rest of the world: futures, threads, signals. In the simulation; the real world is in `os/bridges.rs`.

mod awaiting;
mod blocking;
mod cancelling;
mod others;
mod remote;
mod signals;
mod steps;
