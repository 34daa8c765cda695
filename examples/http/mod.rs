//! HTTP/1.1 on sockets of `loop_core`, small but sturdy: for the programs `http_server` and `http_client`.
//!
//! | file | what it does |
//! |---|---|
//! | `body`, `head`, `headers` | where a message ends |
//! | `request` | what a server reads: bytes in, requests out |
//! | `answer`, `date` | what a server writes |
//! | `server`, `connection` | the coroutines of a server |
//! | `files` | the files of a folder |
//! | `response` | what a client reads |
//! | `url`, `client` | the coroutines of a client |

mod answer;
mod body;
mod client;
mod connection;
mod date;
mod files;
mod head;
mod headers;
mod mistake;
mod request;
mod response;
mod server;
mod url;

pub use self::answer::{Answer, Status};
pub use self::body::{Decoder, Framing};
pub use self::client::get;
pub use self::files::{Folder, Rest};
pub use self::mistake::Mistake;
pub use self::request::{Limits, Method, Parser, Request, Step};
pub use self::response::Response;
pub use self::server::{Reply, Server};
pub use self::url::Url;
