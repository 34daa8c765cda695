//! The path to the library, by which an expansion names what it needs.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, TokenStreamExt, quote};
use syn::parse::{Parse, ParseStream};
use syn::{Error, LitStr, Path, Token};

use crate::mistakes::text;

/// Where `loop_core` is. `::loop_core`, unless the user says `crate = path`.
#[derive(Clone, Default)]
pub(crate) struct Library(Option<Path>);

impl Library {
    /// Parses the ` = path` behind `word`, which is `crate`. As in the attributes of other crates, the path may stand in quotes.
    pub(crate) fn parse(word: &Ident, input: ParseStream<'_>) -> syn::Result<Library> {
        let wrong = |error: Error| {
            let help = "write `crate = path`, with the path of the crate `loop_core`";
            Error::new(
                error.span(),
                text("`crate` needs the path of the library", help),
            )
        };
        if !input.peek(Token![=]) {
            return Err(wrong(Error::new_spanned(word, "")));
        }
        input.parse::<Token![=]>()?;
        let path = match input.peek(LitStr) {
            true => input.parse::<LitStr>()?.parse_with(Path::parse_mod_style),
            false => input.call(Path::parse_mod_style),
        };
        Ok(Library(Some(path.map_err(wrong)?)))
    }

    /// Whether `segment` of a path names the library.
    pub(crate) fn is_named(&self, segment: &Ident) -> bool {
        let last = self.0.as_ref().and_then(|path| path.segments.last());
        segment == "loop_core" || last.is_some_and(|last| last.ident == *segment)
    }

    /// The path, which rustc shows at `here`.
    pub(crate) fn located(&self, here: Span) -> TokenStream {
        let locate = |mut token: TokenTree| {
            token.set_span(token.span().located_at(here));
            token
        };
        self.to_token_stream().into_iter().map(locate).collect()
    }

    /// The arguments of an attribute that is expanded later, with the path among them.
    pub(crate) fn told_to(&self, arguments: TokenStream) -> TokenStream {
        match &self.0 {
            Some(path) if arguments.is_empty() => quote!(crate = #path),
            Some(path) => quote!(crate = #path, #arguments),
            None => arguments,
        }
    }
}

impl ToTokens for Library {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        match &self.0 {
            Some(path) => path.to_tokens(tokens),
            None => tokens.append_all(quote!(::loop_core)),
        }
    }
}

/// The items of a block, and the library for their attributes: `crate = path;` may stand before the items.
pub(crate) struct Block {
    pub(crate) library: Library,
    pub(crate) items: TokenStream,
}

impl Parse for Block {
    fn parse(input: ParseStream<'_>) -> syn::Result<Block> {
        let mut library = Library::default();
        if input.peek(Token![crate]) {
            let word = Ident::from(input.parse::<Token![crate]>()?);
            library = Library::parse(&word, input)?;
            input.parse::<Token![;]>()?;
        }
        Ok(Block {
            library,
            items: input.parse()?,
        })
    }
}
