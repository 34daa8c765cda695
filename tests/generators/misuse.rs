//! Two yields of one body at the same time.

use std::pin::pin;
use std::task::Context;

use tests::{ask, wait_for};

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

#[test]
#[should_panic(expected = "a `yield_!` began while another one of the same body was waiting")]
fn two_yields_at_a_time_are_a_panic_and_no_lost_value() {
    #[loop_core::generator(yields = u32)]
    fn torn() {
        wait_for!(both(
            async {
                ask!(1);
            },
            async {
                ask!(2);
            }
        ));
    }
    torn().for_each(drop);
}

#[test]
#[should_panic(expected = "a `yield_!` began while another one of the same body was waiting")]
fn two_yields_at_a_time_are_found_in_plain_sight_too() {
    #[loop_core::generator(yields = u32)]
    fn torn() {
        let a = async { ask!(1) };
        let b = async || ask!(2);
        wait_for!(both(a, b()));
    }
    torn().for_each(drop);
}

#[test]
#[should_panic(expected = "a `yield_!` began while another one of the same body was waiting")]
fn the_body_yields_while_a_future_in_it_waits_at_a_yield() {
    #[loop_core::generator(yields = u32)]
    fn torn() {
        let mut inner = Box::pin(async {
            ask!(1);
        });
        wait_for!(std::future::poll_fn(|cx| {
            assert!(inner.as_mut().poll(cx).is_pending());
            std::task::Poll::Ready(())
        }));
        yield_!(2);
    }
    torn().for_each(drop);
}

#[test]
fn one_yield_after_the_other_is_well_wherever_they_stand() {
    #[loop_core::generator(yields = u32, receives = u32)]
    fn sums() -> u32 {
        let mut sum = yield_!(0);
        let inner = async |n| n + ask!(n);
        for _ in 0..2 {
            sum = wait_for!(inner(sum));
            sum += yield_!(sum);
            sum += format!("{}", yield_!(sum)).parse::<u32>().unwrap();
        }
        sum
    }
    let mut g = sums();
    assert_eq!(g.start(), Ok(Some(0)));
    let yielded: Vec<_> = (1..=7).map(|n| g.send(n).unwrap()).collect();
    let expected = [1, 3, 6, 10, 15, 21].map(Some);
    assert_eq!(yielded, [&expected[..], &[None]].concat());
    assert_eq!(g.return_value(), Some(&28));
}
