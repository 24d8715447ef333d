//! `Url`: text, which is parsed as it is loaded.

use url::Url;

use crate::impls::text::text;

// A byte may become three, as it is written in an address; the list that holds them grows by doubling.
text!([] Url, None, |url| url.as_str(), charging |length| length.saturating_mul(8), |text| Url::parse(text));
