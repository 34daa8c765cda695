//! The programs in this folder are its content; the library is empty.
