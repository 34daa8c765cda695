//! Names of tasks: paths such as `main/2/1`, cut in the middle when they are long.

use std::fmt::Write as _;

/// A name of more bytes is cut.
pub(crate) const LONGEST: usize = 100;

/// The bytes that a cut name keeps of its beginning and of its end, at most.
const KEPT: usize = 48;

/// The text without control characters: they are escaped, so that it is one line.
pub(crate) fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for character in text.chars() {
        match character.is_control() {
            true => line.extend(character.escape_default()),
            false => line.push(character),
        }
    }
    line
}

/// Name of a task that has a name of its own, or that no other task has spawned: `main`, and the second one of that name
/// `main#2`.
///
/// Control characters are escaped, because a name is part of a line.
pub(crate) fn root_name(name: &str, count: u32) -> String {
    let mut root = one_line(name);
    if count > 1 {
        let _ = write!(root, "#{count}");
    }
    if root.len() > LONGEST {
        let head = root.floor_char(KEPT);
        let tail = root.ceil_char(root.len() - KEPT);
        root.replace_range(head..tail, "…");
    }
    root
}

/// Name of the child with this number, in place of what is in `name`: `main/2`.
///
/// It depends on nothing but the parent's name, cut or not, so that a name is never put together from a long path.
pub(crate) fn write_child_name(name: &mut String, parent: &str, ordinal: u32) {
    name.clear();
    name.push_str(parent);
    push_child(name, ordinal);
}

/// Makes the name of a task the name of its child with this number.
fn push_child(name: &mut String, ordinal: u32) {
    name.push('/');
    push_number(name, ordinal);
    if name.len() > LONGEST {
        cut(name);
    }
}

/// Writes a number as `write!` does, at a third of the cost: a flight recorder writes the name of each new task.
fn push_number(name: &mut String, number: u32) {
    if number > 9 {
        push_number(name, number / 10);
    }
    name.push(char::from(b'0' + (number % 10) as u8));
}

/// Name of a task by its root and the numbers from the root's child down to the task itself.
///
/// ```text
/// main/1/1/1/1/1/1/1/1/1/1/1/1/1/1/1/1/1/1/1/1/1/1…/1/1/1/1/1/1/1/1/1/1/1/1/1/1/1/1/1/1/1/1/1/1/1/1
/// ```
pub(crate) fn cut_path(root: &str, ordinals: impl Iterator<Item = u32>) -> String {
    let mut name = root.to_owned();
    ordinals.for_each(|ordinal| push_child(&mut name, ordinal));
    name
}

/// Keeps the longest beginning and the longest end that fit, both made of whole numbers. A name that was cut before keeps its
/// beginning.
#[cold]
fn cut(name: &mut String) {
    let head = name.find('…').unwrap_or_else(|| {
        let most = name.floor_char(KEPT);
        // A number that ends where the limit is stays whole.
        let mut start = name.as_bytes()[..=most].iter();
        let slash = start.rposition(|byte| *byte == b'/');
        slash.filter(|at| *at > 0).unwrap_or(most)
    });
    let tail = name.ceil_char(name.len() - KEPT);
    let tail = name[tail..].find('/').map_or(name.len(), |at| tail + at);
    name.replace_range(head..tail, "…");
}

/// Places between two characters, next to a byte index.
trait Borders {
    fn floor_char(&self, index: usize) -> usize;
    fn ceil_char(&self, index: usize) -> usize;
}

impl Borders for str {
    fn floor_char(&self, mut index: usize) -> usize {
        while !self.is_char_boundary(index) {
            index -= 1;
        }
        index
    }

    fn ceil_char(&self, mut index: usize) -> usize {
        while !self.is_char_boundary(index) {
            index += 1;
        }
        index
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn child_name(parent: &str, ordinal: u32) -> String {
        let mut name = String::new();
        write_child_name(&mut name, parent, ordinal);
        name
    }

    #[test]
    fn a_child_is_named_after_its_parent() {
        assert_eq!(root_name("main", 1), "main");
        assert_eq!(root_name("main", 2), "main#2");
        assert_eq!(child_name("main#2", 3), "main#2/3");
        assert_eq!(cut_path("main", [1, 20, 3].into_iter()), "main/1/20/3");
        assert_eq!(cut_path("main", [].into_iter()), "main");
    }

    #[test]
    fn a_long_name_is_cut_in_the_middle() {
        let whole = cut_path("main", [1; 48].into_iter());
        assert_eq!(whole, "main".to_owned() + &"/1".repeat(48));
        assert_eq!(whole.len(), LONGEST);
        let cut = cut_path("main", (1..=49).map(|_| 1));
        let expected = format!("main{}…{}", "/1".repeat(22), "/1".repeat(24));
        assert_eq!(cut, expected);
        assert!(cut.len() <= LONGEST);
    }

    #[test]
    fn a_cut_name_ends_with_what_tells_siblings_apart() {
        let deep = |last| cut_path("main", (1..100_000).chain([last]));
        assert_eq!(
            deep(7),
            "main/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17…/99992/99993/99994/99995/99996/99997/99998/99999/7"
        );
        assert_ne!(deep(7), deep(8));
    }

    #[test]
    fn a_long_name_of_ones_own_is_cut_too() {
        let root = root_name(&"é".repeat(100), 2);
        assert_eq!(root, format!("{}…{}#2", "é".repeat(24), "é".repeat(23)));
        let child = child_name(&root, 1);
        assert_eq!(child, format!("{}…/1", "é".repeat(24)));
        let long = "x".repeat(99);
        assert_eq!(child_name(&long, 1), format!("{}…/1", "x".repeat(48)));
        assert_eq!(
            child_name(&"é".repeat(50), 5),
            format!("{}…/5", "é".repeat(24))
        );
    }

    #[test]
    fn a_name_is_one_line() {
        assert_eq!(root_name("a\nb\u{1b}", 1), r"a\nb\u{1b}");
    }
}
