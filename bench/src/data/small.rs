//! One small message, as a sensor would send it.

/// The name for `--only` and for the tables.
pub const NAME: &str = "small";

serializable! {
    /// Two strings and some numbers: about 60 bytes.
    #[derive(fory::ForyStruct)]
    pub struct Small {
        pub a: u32,
        pub b: u32,
        pub c: u64,
        pub d: i64,
        pub name: String,
        pub note: String,
    }
}

registered!(Small: Small);

/// The one value of this data set.
pub fn generate() -> Small {
    Small {
        a: 17,
        b: 3_000_000_000,
        c: 1_234_567_890_123,
        d: -40,
        name: "sensor-kitchen-0".to_owned(),
        note: "temperature ok".to_owned(),
    }
}
