//! What may stand in a body.

use std::cell::RefCell;
use std::future::ready;
use std::num::ParseIntError;
use std::rc::Rc;

use loop_core::prelude::*;

use crate::give;

/// A type whose argument has braces.
#[derive(Debug, PartialEq)]
struct Sized<const N: usize>;

#[loop_core::test]
fn code_of_other_functions_may_await() {
    async fn result() -> Result<u8, String> {
        generic(1, 2).await
    }
    async fn generic<A: Into<u8>, B>(a: A, _: B) -> Result<u8, String> {
        Ok(ready(a).await.into())
    }
    trait Asking {
        async fn ask<A, B>(&self, a: A) -> Result<A, B> {
            Ok(ready(a).await)
        }
        async fn declared(&self) -> u8;
    }
    impl Asking for u8 {
        async fn declared(&self) -> u8 {
            ready(*self).await
        }
    }
    macro_rules! wait {
        ($future:expr) => {
            $future.await
        };
    }
    async fn waits() -> u8 {
        wait!(ready(1))
    }
    drop((result(), waits(), 1.declared(), 1.ask::<u8, ()>(2)));
    yield_!();
}

#[loop_core::test]
fn blocks_and_closures_of_async_code_may_await() {
    fn take<T>(_: T) {}
    take(async |x: u8| -> Result<u8, String> { ready(Ok(x)).await });
    take(async |a: bool| if a { ready(1).await } else { ready(2).await });
    take(async move |x: u8| match x {
        1 => ready(1).await,
        _ => ready(2).await + ready(3).await,
    });
    take((async || ready(1).await, async { ready(2).await }, 3));
    take(async |x: Vec<Vec<u8>>, _: u8| ready(x).await);
    take([async move { ready(1).await }]);
    assert_eq!(yield_!(give(stringify!(x.await))), "x.await");
}

#[loop_core::test]
fn functions_with_braces_in_their_types() {
    #[loop_core::coroutine]
    fn coroutine(_: Sized<{ 1 + 2 }>) -> Sized<{ 1 + 1 }> {
        yield_!();
        Sized
    }
    #[loop_core::generator(yields = Sized<{ 1 + 1 }>)]
    fn generator<const N: usize>() -> Sized<{ 2 + 2 }>
    where
        [Sized<{ 1 + 1 }>; 1]: Clone2,
    {
        yield_!(Sized);
        Sized
    }
    trait Clone2 {}
    impl<T, const N: usize> Clone2 for [T; N] {}
    assert_eq!(yield_!(coroutine(Sized)), Sized::<2>);
    assert_eq!(generator::<1>().count(), 1);
}

#[loop_core::test]
fn items() {
    const C: u8 = 1 + 1;
    static S: u8 = C;
    mod inner {
        pub(super) fn three() -> u8 {
            3
        }
    }
    struct Local(u8);
    impl Local {
        fn get(&self) -> u8 {
            self.0 + inner::three()
        }
    }
    thread_local! {
        static CELL: RefCell<u8> = const { RefCell::new(1) };
    }
    use self::give as other;
    yield_!();
    let cell = CELL.with(|cell| *cell.borrow());
    assert_eq!(yield_!(other(Local(S).get() + cell)), 6);
}

#[loop_core::test]
fn labels_and_let_else() {
    let mut n = 0;
    let found = 'outer: loop {
        'inner: for i in 0..3 {
            n += yield_!(give(i));
            if n > 4 {
                break 'outer n;
            }
            if i == 1 {
                continue 'inner;
            }
        }
    };
    let block = 'block: {
        if yield_!(give(found)) > 3 {
            break 'block 1;
        }
        2
    };
    let Some(one) = yield_!(give(Some(block))) else {
        yield_!();
        return;
    };
    let (Ok(same) | Err(same)) = Ok::<i32, i32>(one);
    assert_eq!((same, found), (1, 6));
}

#[loop_core::coroutine]
fn parse(text: &'static str) -> Result<u32, ParseIntError> {
    let inner = |text: &str| -> Result<u32, ParseIntError> { Ok(text.parse::<u32>()? + 1) };
    let sum = yield_!(give(inner(text)?)) + inner("1")?;
    let first = || text.chars().next();
    Ok(sum + first().map_or(0, |_| 1))
}

#[loop_core::test]
fn question_marks_in_closures() -> Result<(), ParseIntError> {
    assert_eq!(yield_!(parse("1"))?, 5);
    assert!(yield_!(parse("x")).is_err());
    Ok(())
}

#[loop_core::test]
fn yields_among_operators() {
    assert_eq!(
        -yield_!(give(1)) + yield_!(give(2)) * 3 - (yield_!(give(1)) << 1),
        3
    );
    yield_!(give(vec![1])).len();
    yield_! { give(()) };
    yield_![give(())];
    let len = yield_! { give("four") }.len();
    assert_eq!(yield_!(give([len; 2]))[yield_!(give(1))], 4);
    let mut sum = 0;
    for i in yield_!(give(1))..=yield_!(give(3)) {
        sum += i;
    }
    let last = &mut yield_!(give(1));
    *last += yield_!(give(sum));
    let late;
    late = yield_!(give(*last));
    assert_eq!(late, 7);
    if let true = yield_!(give(true)) {
        yield_!();
    }
    assert!(match yield_!(give(3)) {
        n if n > 3 => false,
        n => yield_!(give(n == 3)),
    });
}

#[loop_core::test]
fn yields_of_other_expressions() {
    use std::time::Duration;
    yield_!(if yield_!(give(true)) {
        Sleep(Duration::ZERO)
    } else {
        Sleep(Duration::MAX)
    });
    yield_!({
        let time = Duration::from_millis(1);
        Sleep(time + time)
    });
    yield_!(match 1 {
        1 => Now,
        _ => Now,
    });
    yield_!(Sleep::from(Hour));
    let sleep: Sleep = Hour.into();
    yield_!(sleep);
    struct Hour;
    impl From<Hour> for Sleep {
        fn from(_: Hour) -> Sleep {
            Sleep(Duration::from_secs(3600))
        }
    }
}

#[loop_core::coroutine]
fn shouting(line: String, shared: Rc<RefCell<String>>) -> std::io::Result<()> {
    yield_!(Print(line.to_uppercase().as_str()))?;
    yield_!(Eprint(line.to_lowercase().trim()))?;
    println!("{:?}", yield_!(Print(line.replace("i", "o").as_str())));
    yield_!(Print(&line))?;
    yield_!(Print(shared.borrow().as_str()))?;
    yield_!(Print(shared.borrow_mut().split_off(1).as_ref() as &str))?;
    yield_!(Print('\n'))?;
    yield_!(Print(line))
}

#[test]
fn a_text_may_borrow_what_the_operand_makes() {
    let shared = Rc::new(RefCell::new("ab".to_owned()));
    let run = loop_core::sim::Sim::new().run(shouting("Hi".to_owned(), shared));
    assert_eq!(run.stdout(), "HIHoHiabb\nHi");
    assert_eq!(run.stderr(), "hi");
}

#[loop_core::test]
fn macros_of_the_body() {
    macro_rules! twice {
        ($value:expr) => {
            yield_!(give($value)) + yield_!(give($value))
        };
    }
    assert_eq!(twice!(1) + twice!(yield_!(give(2))), 6);
    let text = format!("{a}{b:?}", a = yield_!(give(1)), b = yield_!(give(2)));
    assert!(text == "12", "{}", yield_!(give(3)));
}

/// In a macro's tokens the words mean what the macro says.
#[loop_core::test]
fn macros_with_words_of_their_own() {
    macro_rules! count {
        (yield $n:literal) => {
            $n
        };
        ($name:ident.await) => {
            stringify!($name).len()
        };
        (closure $n:ident, $body:expr) => {{
            let $n = 2;
            $body
        }};
    }
    assert_eq!(count!(yield 3), 3);
    assert_eq!(count!(four.await), 4);
    assert_eq!(count!(closure n, yield_!(give(n))), 2);
}

#[loop_core::test]
fn yields_by_their_path() {
    let one = loop_core::yield_!(give(1));
    let two = ::loop_core::prelude::yield_!(give(2)) + loop_core::yield_from!(give(0));
    assert_eq!(vec![one, loop_core::yield_!(give(two))], [1, 2]);
}

#[loop_core::test]
fn closures_in_heads() {
    let list = [1, 2];
    if list.iter().any(|n| *n > 1) && yield_!(give(true)) {
        yield_!();
    }
    let mut sum = match list.iter().map(|n| n + 1).next() {
        Some(n) => yield_!(give(n)),
        None => 0,
    };
    for n in list.iter().map(|n| if *n > 1 { 5 } else { 0 }) {
        sum += yield_!(give(n));
    }
    assert_eq!(sum, 7);
}

#[loop_core::coroutine]
fn even(n: u32) -> bool {
    n == 0 || yield_!(odd(n - 1))
}

#[loop_core::coroutine]
fn odd(n: u32) -> bool {
    n != 0 && yield_!(even(n - 1))
}

#[loop_core::test]
fn mutual_recursion() {
    assert!(yield_!(even(4)));
}
