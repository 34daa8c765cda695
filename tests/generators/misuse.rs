//! Two yields of one body at the same time.

use std::pin::pin;
use std::task::Context;

/// Polls both futures once at each poll, as `join!` does.
async fn both(a: impl Future<Output = ()>, b: impl Future<Output = ()>) {
    let (mut a, mut b) = (pin!(a), pin!(b));
    std::future::poll_fn(|cx: &mut Context<'_>| {
        let ready = a.as_mut().poll(cx).is_ready();
        if b.as_mut().poll(cx).is_ready() && ready {
            std::task::Poll::Ready(())
        } else {
            std::task::Poll::Pending
        }
    })
    .await
}

/// The macros refuse an `.await` that they see. Nobody sees this one before the compiler does.
macro_rules! wait_for {
    ($future:expr) => {
        $future.await
    };
}

#[test]
#[should_panic(expected = "a `yield_!` began while another one of the same body was waiting")]
fn two_yields_at_a_time_are_a_panic_and_no_lost_value() {
    #[loop_core::generator(yields = u32)]
    fn torn() {
        wait_for!(both(
            async {
                yield_!(1);
            },
            async {
                yield_!(2);
            }
        ));
    }
    torn().for_each(drop);
}
