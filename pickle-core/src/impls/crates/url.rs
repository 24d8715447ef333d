//! `Url`: text, which is parsed as it is loaded.

use url::Url;

use crate::impls::text::text;

text!([] Url, None, |url| url.as_str(), |text| match Url::parse(text) {
    // Else another text would come out than went in.
    Ok(url) if url.as_str() != text => Err(format!("`{text}` is written `{url}`")),
    Ok(url) => Ok(url),
    Err(error) => Err(error.to_string()),
});
