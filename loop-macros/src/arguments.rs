//! The arguments of an attribute, and the form of function that they request.

use proc_macro2::{Ident, TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::token::Paren;
use syn::{Error, Expr, Token, Type, parenthesized, parse_quote};

use crate::depth;
use crate::library::Library;
use crate::mistakes::{Mistakes, text};
use crate::parse::Macro;
use crate::tokens::{end_of, parse_to};
use crate::types::named;

/// What a function becomes.
pub(crate) enum Form {
    /// A coroutine of the event loop.
    Coroutine { lazy: bool, skip: Skip },
    /// A generator, whose caller resumes it.
    Generator(Box<Exchange>),
    /// A stream of values of this type.
    Stream(Box<Type>),
    /// A sink of values of this type.
    Sink(Box<Type>),
    /// The program's `main`, with the settings of its loop.
    Main { builder: Option<Expr> },
    /// A test on the operating system.
    OsTest,
    /// A test in a simulation.
    SimTest(Box<Simulation>),
}

/// The settings of a simulation.
#[derive(Default)]
pub(crate) struct Simulation {
    pub(crate) sim: Option<Expr>,
    pub(crate) stdin: Option<Expr>,
    pub(crate) seed: Option<Expr>,
}

/// What a trace does not show of a coroutine's calls.
#[derive(Default)]
pub(crate) struct Skip {
    /// The arguments of these names.
    pub(crate) names: Vec<Ident>,
    /// All arguments, and the value.
    pub(crate) all: bool,
}

/// The types that a generator yields and receives.
pub(crate) struct Exchange {
    pub(crate) yields: Type,
    pub(crate) receives: Type,
    /// It is boxed, so that its type has a name.
    pub(crate) boxed: bool,
    /// It runs to its first `yield_!` when it is called.
    pub(crate) primed: bool,
}

impl Exchange {
    /// Whether it yields `()`, as one does of which the attribute does not say what it yields.
    pub(crate) fn yields_nothing(&self) -> bool {
        matches!(&self.yields, Type::Tuple(unit) if unit.elems.is_empty())
    }

    /// Whether it is resumed with `()`, as an iterator is. A type alias of `()` is not recognised.
    pub(crate) fn receives_nothing(&self) -> bool {
        matches!(&self.receives, Type::Tuple(unit) if unit.elems.is_empty())
    }
}

/// The attribute's arguments, each with its name for the error messages.
#[derive(Default)]
struct Arguments {
    lazy: Option<Ident>,
    os: Option<Ident>,
    boxed: Option<Ident>,
    skip: Option<(Ident, Vec<Ident>)>,
    skip_all: Option<Ident>,
    yields: Option<(Ident, Type)>,
    receives: Option<(Ident, Type)>,
    builder: Option<(Ident, Expr)>,
    sim: Option<(Ident, Expr)>,
    stdin: Option<(Ident, Expr)>,
    seed: Option<(Ident, Expr)>,
    library: Option<Library>,
}

impl Form {
    /// Reads the attribute's arguments, and takes `crate = path` out of them. Their mistakes are added to `mistakes`.
    pub(crate) fn parse(
        which: Macro,
        arguments: TokenStream,
        mistakes: &mut Mistakes,
    ) -> (Form, Option<Library>) {
        let mut read = Arguments::default();
        let parser = |input: ParseStream<'_>| read.parse(which, input, mistakes);
        let end = end_of(&arguments);
        let checked = depth::groups(&arguments).and_then(|()| depth::syntax(arguments.clone()));
        if let Err(error) = checked.and_then(|()| parse_to(arguments, end, parser)) {
            mistakes.add(error);
        }
        let library = read.library.take();
        let form = match which {
            Macro::Coroutine => read.into_coroutine(mistakes),
            Macro::Generator => Form::Generator(read.into_exchange(false, mistakes)),
            Macro::Stream => Form::Stream(or_unit(read.yields, true, mistakes)),
            Macro::Sink => Form::Sink(or_unit(read.receives, true, mistakes)),
            Macro::Main => Form::Main {
                builder: read.builder.map(|(_, builder)| builder),
            },
            Macro::Test => read.into_test(mistakes),
        };
        (form, library)
    }
}

impl Arguments {
    fn parse(
        &mut self,
        which: Macro,
        input: ParseStream<'_>,
        mistakes: &mut Mistakes,
    ) -> syn::Result<()> {
        while !input.is_empty() {
            self.parse_one(which, input, mistakes)?;
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        Ok(())
    }

    fn parse_one(
        &mut self,
        which: Macro,
        input: ParseStream<'_>,
        mistakes: &mut Mistakes,
    ) -> syn::Result<()> {
        // `parse_any`, because `yield = T` is a mistake that deserves more than "expected identifier".
        let name = input.call(Ident::parse_any)?;
        let written = name.to_string();
        let meant = meant(which, &written);
        if !which.knows(&written) {
            mistakes.report(
                &name,
                &format!("unknown argument `{written}` of `{}`", which.name()),
                &advice(which, &written, meant),
            );
        }
        let Some(meant) = meant else {
            return skip_argument(input);
        };
        let twice = match meant {
            "skip" => keep_first(&mut self.skip, Some((name.clone(), names(&name, input)?))),
            "crate" => keep_first(&mut self.library, Some(Library::parse(&name, input)?)),
            "builder" | "sim" | "stdin" | "seed" => {
                let value = expression(&name, input)?;
                keep_first(self.setting(meant), Some((name.clone(), value)))
            }
            _ => {
                let value = value(meant, &name, input)?;
                self.set(meant, &name, value)
            }
        };
        if twice {
            mistakes.report(
                &name,
                &format!("the argument `{written}` is given twice"),
                "leave out one of the two",
            );
        }
        Ok(())
    }

    /// Stores an argument, and says whether it was given before. The first one is kept.
    fn set(&mut self, meant: &str, name: &Ident, value: Option<Type>) -> bool {
        let flag = match meant {
            "lazy" => &mut self.lazy,
            "os" => &mut self.os,
            "boxed" => &mut self.boxed,
            "skip_all" => &mut self.skip_all,
            "yields" => return keep_first(&mut self.yields, value.map(|ty| (name.clone(), ty))),
            "receives" => {
                return keep_first(&mut self.receives, value.map(|ty| (name.clone(), ty)));
            }
            _ => return false,
        };
        keep_first(flag, Some(name.clone()))
    }

    /// The place of an argument that is an expression.
    fn setting(&mut self, meant: &str) -> &mut Option<(Ident, Expr)> {
        match meant {
            "builder" => &mut self.builder,
            "sim" => &mut self.sim,
            "stdin" => &mut self.stdin,
            _ => &mut self.seed,
        }
    }

    fn into_test(self, mistakes: &mut Mistakes) -> Form {
        let settings = [self.sim, self.stdin, self.seed];
        if self.os.is_none() {
            let [sim, stdin, seed] = settings.map(|setting| setting.map(|(_, value)| value));
            return Form::SimTest(Box::new(Simulation { sim, stdin, seed }));
        }
        for (name, _) in settings.into_iter().flatten() {
            let what = format!("`{name}` is a setting of the simulation");
            mistakes.report(&name, &what, "leave it out, or leave out `os`");
        }
        Form::OsTest
    }

    fn into_coroutine(self, mistakes: &mut Mistakes) -> Form {
        if self.receives.is_some() {
            if let Some(lazy) = &self.lazy {
                let help = "for a receiver that is started by hand write `#[loop_core::generator(receives = Type)]`";
                mistakes.report(
                    lazy,
                    "a receiving coroutine is always primed, so it can't be `lazy`",
                    help,
                );
            }
            if let Some(skip) = self
                .skip
                .as_ref()
                .map(|(word, _)| word)
                .or(self.skip_all.as_ref())
            {
                let what =
                    format!("a trace shows no calls of a receiver, so it has nothing to `{skip}`");
                let help = format!("leave `{skip}` out");
                mistakes.report(skip, &what, &help);
            }
            return Form::Generator(self.into_exchange(true, mistakes));
        }
        if let Some(boxed) = &self.boxed {
            let help = "leave `boxed` out: the type `Coroutine<T>` has a name already";
            mistakes.report(boxed, "only a receiving coroutine can be `boxed`", help);
        }
        Form::Coroutine {
            lazy: self.lazy.is_some(),
            skip: Skip {
                names: self.skip.map(|(_, names)| names).unwrap_or_default(),
                all: self.skip_all.is_some(),
            },
        }
    }

    fn into_exchange(self, primed: bool, mistakes: &mut Mistakes) -> Box<Exchange> {
        Box::new(Exchange {
            yields: *or_unit(self.yields, !primed, mistakes),
            receives: *or_unit(self.receives, !primed, mistakes),
            boxed: self.boxed.is_some(),
            primed,
        })
    }
}

/// The type that an argument gives, or `()`. After a mistake the argument may be what is wrong, if there may be one.
fn or_unit(argument: Option<(Ident, Type)>, may_be: bool, mistakes: &mut Mistakes) -> Box<Type> {
    Box::new(match argument {
        Some((_, ty)) => named(&ty, mistakes),
        None if may_be && mistakes.first().is_some() => mistakes.ty(),
        None => parse_quote!(()),
    })
}

/// The argument of `which` that `written` means; `yield` and `receive` are taken for `yields` and `receives`.
fn meant(which: Macro, written: &str) -> Option<&'static str> {
    let known = [
        "lazy", "os", "boxed", "yields", "receives", "skip", "skip_all", "builder", "sim", "stdin",
        "seed", "crate",
    ];
    known.into_iter().find(|name| {
        which.knows(name) && name.strip_suffix('s').unwrap_or(name) == written.trim_end_matches('s')
    })
}

fn advice(which: Macro, written: &str, meant: Option<&str>) -> String {
    match meant {
        Some(meant) => format!("write `{meant}`"),
        None if which == Macro::Coroutine && written == "yields" => {
            "a coroutine yields requests; to yield values of your own, write `#[loop_core::generator(yields = Type)]`".to_owned()
        }
        None => which.takes().to_owned(),
    }
}

/// What follows an argument's name: ` = Type`, or nothing.
fn value(meant: &str, name: &Ident, input: ParseStream<'_>) -> syn::Result<Option<Type>> {
    let typed = matches!(meant, "yields" | "receives");
    if !input.peek(Token![=]) {
        let missing = || {
            Error::new_spanned(
                name,
                text(
                    &format!("`{name}` needs a type"),
                    &format!("write `{name} = Type`"),
                ),
            )
        };
        return if typed { Err(missing()) } else { Ok(None) };
    }
    let equals: Token![=] = input.parse()?;
    if !typed {
        return Err(Error::new_spanned(
            equals,
            text(
                &format!("`{name}` takes no value"),
                &format!("write only `{name}`"),
            ),
        ));
    }
    input.parse().map(Some)
}

/// The expression in `name = expression`.
fn expression(name: &Ident, input: ParseStream<'_>) -> syn::Result<Expr> {
    if !input.peek(Token![=]) {
        let what = format!("`{name}` needs a value");
        let help = format!("write `{name} = …`");
        return Err(Error::new_spanned(name, text(&what, &help)));
    }
    input.parse::<Token![=]>()?;
    input.parse()
}

/// The names in `skip(a, b)`.
fn names(skip: &Ident, input: ParseStream<'_>) -> syn::Result<Vec<Ident>> {
    if !input.peek(Paren) {
        let what = format!("`{skip}` needs the names of the arguments to hide");
        let help = "write `skip(name, …)`, or `skip_all`";
        return Err(Error::new_spanned(skip, text(&what, help)));
    }
    let names;
    parenthesized!(names in input);
    let names = names.parse_terminated(Ident::parse_any, Token![,])?;
    Ok(names.into_iter().collect())
}

/// Skips the tokens after the name of an unknown argument.
fn skip_argument(input: ParseStream<'_>) -> syn::Result<()> {
    while !input.is_empty() && !input.peek(Token![,]) {
        input.parse::<TokenTree>()?;
    }
    Ok(())
}

fn keep_first<T>(slot: &mut Option<T>, new: Option<T>) -> bool {
    let taken = slot.is_some();
    if !taken {
        *slot = new;
    }
    taken
}
