//! An HTTP server with hyper on tokio, one thread: as simple as can be, and with the timer by which hyper limits how long a client takes for a request.

use std::convert::Infallible;
use std::io;

use ::hyper::body::{Bytes, Incoming};
use ::hyper::header::CONTENT_TYPE;
use ::hyper::server::conn::http1::Builder;
use ::hyper::service::service_fn;
use ::hyper::{Request, Response};
use http_body_util::Full;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpListener;

use crate::clock::Sample;
use crate::kind::{Bench, Kind, Load};
use crate::serving::{self, ANY_PORT};

pub(crate) fn bench(kind: Kind) -> Option<Bench> {
    (kind == Kind::Http).then_some(|_| serve(Builder::new()))
}

pub(crate) fn bench_with_timer(kind: Kind) -> Option<Bench> {
    (kind == Kind::Http).then_some(serve_with_timer as Bench)
}

fn serve_with_timer(_: Load) -> Sample {
    let mut builder = Builder::new();
    builder.timer(TokioTimer::new());
    serve(builder)
}

fn serve(builder: Builder) -> Sample {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a tokio runtime");
    runtime
        .block_on(accept(builder))
        .expect("sockets that work")
}

async fn accept(builder: Builder) -> io::Result<Sample> {
    let listener = TcpListener::bind(ANY_PORT).await?;
    serving::announce(listener.local_addr()?.port());
    loop {
        let (stream, _) = listener.accept().await?;
        tokio::spawn(builder.serve_connection(TokioIo::new(stream), service_fn(answer)));
    }
}

async fn answer(_: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    let body = Full::new(Bytes::from_static(serving::BODY.as_bytes()));
    let answer = Response::builder().header(CONTENT_TYPE, serving::CONTENT_TYPE);
    Ok(answer.body(body).expect("an answer"))
}
