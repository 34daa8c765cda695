//! Return values.

use crate::up_to;

#[test]
fn the_value_is_there_after_iterating() {
    let mut g = up_to(2);
    assert_eq!(g.return_value(), None);
    assert_eq!(g.by_ref().count(), 2);
    assert_eq!(g.return_value(), Some(&"end"));
    assert_eq!(g.into_return(), Some("end"));
}

#[test]
fn a_body_that_was_left_early_has_none() {
    let mut g = up_to(2);
    g.next();
    assert_eq!(g.into_return(), None);
}

#[test]
fn the_value_survives_close() {
    let mut g = up_to(0);
    assert_eq!(g.next(), None);
    g.close();
    assert_eq!(g.return_value(), Some(&"end"));
}

#[test]
fn question_mark_and_early_return_end_it() {
    #[loop_core::generator(yields = u32)]
    fn parsing<'a>(words: &'a [&'a str]) -> Result<u32, std::num::ParseIntError> {
        let mut sum = 0;
        for word in words {
            let n = word.parse()?;
            yield_!(n);
            sum += n;
            if sum > 100 {
                return Ok(100);
            }
        }
        Ok(sum)
    }
    let result = |words: &[&str]| {
        let mut g = parsing(words);
        let items: Vec<_> = g.by_ref().collect();
        (
            items,
            g.into_return().unwrap().map_err(|error| error.to_string()),
        )
    };
    assert_eq!(result(&["1", "2"]), (vec![1, 2], Ok(3)));
    assert_eq!(result(&["99", "2", "3"]), (vec![99, 2], Ok(100)));
    assert_eq!(
        result(&["1", "x", "3"]),
        (vec![1], Err("invalid digit found in string".to_owned()))
    );
}
