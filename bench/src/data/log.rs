//! Lines of a web server's log: short strings and a few integers each.

use crate::random::Random;

/// The name for `--only` and for the tables.
pub const NAME: &str = "log";

const LOGS: usize = 10_000;

const USERS: [&str; 9] = ["-", "alice", "bob", "carmen", "david", "eric", "frank", "george", "harry"];
const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const METHODS: [&str; 5] = ["GET", "POST", "PUT", "UPDATE", "DELETE"];
const ROUTES: [&str; 7] = [
    "/favicon.ico",
    "/css/index.css",
    "/css/font-awsome.min.css",
    "/img/logo-full.svg",
    "/img/splash.jpg",
    "/api/login",
    "/api/logout",
];
const PROTOCOLS: [&str; 4] = ["HTTP/1.0", "HTTP/1.1", "HTTP/2", "HTTP/3"];
/// The status codes in use: first and last of each run of neighbours.
const CODES: [(u16, u16); 11] = [
    (100, 103),
    (200, 208),
    (226, 226),
    (300, 308),
    (400, 418),
    (421, 426),
    (428, 429),
    (431, 431),
    (451, 451),
    (500, 508),
    (510, 511),
];

serializable! {
    /// An IPv4 address.
    #[derive(Copy)]
    #[repr(C)]
    #[derive(fory::ForyStruct)]
    pub struct Address {
        pub x0: u8,
        pub x1: u8,
        pub x2: u8,
        pub x3: u8,
    }
}

lendable! {
    Logs, 'a:

    /// One request.
    pub struct Log {
        address: Address,
        identity: String => &'a str,
        userid: String => &'a str,
        date: String => &'a str,
        request: String => &'a str,
        code: u16,
        size: u64,
    }

    /// The data set.
    pub struct Logs {
        logs: Vec<Log> => Vec<Log<'a>>,
    }
}

registered!(Logs: Address, Log, Logs);

/// Log lines with plausible dates, requests and status codes.
pub fn generate(random: &mut Random) -> Logs {
    let codes: Vec<u16> = CODES.iter().flat_map(|&(first, last)| first..=last).collect();
    Logs { logs: (0..LOGS).map(|_| log(random, &codes)).collect() }
}

fn log(random: &mut Random, codes: &[u16]) -> Log {
    Log {
        address: Address { x0: random.any(), x1: random.any(), x2: random.any(), x3: random.any() },
        identity: "-".to_owned(),
        userid: random.pick(&USERS).to_owned(),
        date: date(random),
        request: format!("{} {} {}", random.pick(&METHODS), random.pick(&ROUTES), random.pick(&PROTOCOLS),),
        code: random.pick(codes),
        size: random.within(0..100_000_000),
    }
}

fn date(random: &mut Random) -> String {
    format!(
        "{}/{}/{}:{}:{}:{} {:+03}00",
        random.within(1..29),
        random.pick(&MONTHS),
        random.within(1970..2022),
        random.within(0..24),
        random.within(0..60),
        random.within(0..60),
        // Whole hours from -1200 to +1200.
        random.within(-12..13),
    )
}
