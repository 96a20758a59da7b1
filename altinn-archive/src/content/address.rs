//! Where objects are, by address.

use super::error::ContentError;
use super::objects::Objects;

impl Objects {
    /// The objects at an address: `file:PATH`, or `s3://BUCKET/PREFIX` with the feature `s3`.
    ///
    /// Settings are for S3, by the names that AWS's own programs take from the environment: `aws_access_key_id`,
    /// `aws_secret_access_key`, `aws_region`, and for other servers than AWS `aws_endpoint` and, without TLS,
    /// `aws_allow_http`. Settings of other names are passed over. Let a rule of the bucket end uploads that were not
    /// completed: nothing else sees them.
    ///
    /// # Errors
    /// [`ContentError::Address`] when the address or a setting is wrong or the feature is off; [`ContentError::Objects`]
    /// when the folder cannot be used.
    pub fn open(
        url: &str,
        settings: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, ContentError> {
        if let Some(path) = url.strip_prefix("file://").or_else(|| url.strip_prefix("file:")) {
            return Self::folder(path);
        }
        match url.strip_prefix("s3://") {
            Some(place) => s3(place, settings),
            None => Err(wrong("it begins with neither `file:` nor `s3://`")),
        }
    }
}

fn wrong(reason: impl Into<String>) -> ContentError {
    ContentError::Address { reason: reason.into() }
}

#[cfg(not(feature = "s3"))]
fn s3(_: &str, _: impl IntoIterator<Item = (String, String)>) -> Result<Objects, ContentError> {
    Err(wrong("the program was built without the feature `s3`"))
}

#[cfg(feature = "s3")]
fn s3(place: &str, settings: impl IntoIterator<Item = (String, String)>) -> Result<Objects, ContentError> {
    use std::sync::Arc;

    use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey};
    use object_store::path::Path;
    use object_store::prefix::PrefixStore;

    // A program that has set a provider of its own keeps it.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let (bucket, prefix) = place.split_once('/').unwrap_or((place, ""));
    if bucket.is_empty() {
        return Err(wrong("it names no bucket"));
    }
    let mut builder = AmazonS3Builder::new().with_bucket_name(bucket);
    for (name, value) in settings {
        if let Ok(key) = name.to_ascii_lowercase().parse::<AmazonS3ConfigKey>() {
            builder = builder.with_config(key, value);
        }
    }
    // What the builder says may repeat a setting, and one of them is a key.
    let store = builder.build().map_err(|_| wrong("the settings of S3 do not fit together"))?;
    let prefix = Path::parse(prefix).map_err(|_| wrong("the prefix is no path"))?;
    Ok(Objects::new(Arc::new(PrefixStore::new(store, prefix))))
}
