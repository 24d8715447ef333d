//! Versions: a type's own functions bring older ones up.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use pickle_core::{ErrorKind, Pickle, Unpickle, UnpickleOwned, dumps, loads, object};

fn open<T: UnpickleOwned>(old: &(impl Pickle + ?Sized)) -> T {
    loads(&dumps(old).unwrap()).unwrap()
}

fn refused<T: for<'a> Unpickle<'a>>(old: &(impl Pickle + ?Sized)) -> pickle_core::Error {
    loads::<T>(&dumps(old).unwrap()).map(drop).unwrap_err()
}

/// Polar once, then in degrees, then as they are.
mod v0 {
    use super::Pickle;
    #[derive(Pickle, Clone)]
    pub(super) struct Point {
        pub(super) angle: u16,
        pub(super) length: i64,
    }
}

mod v1 {
    use super::Pickle;
    #[derive(Pickle, Clone)]
    #[pickle(version = 1)]
    pub(super) struct Point(pub(super) i32, pub(super) i32);
}

#[derive(Pickle, Debug, PartialEq, Clone)]
#[pickle(version = 2, migrate(0 => Self::from_v0, 1 => from_v1))]
struct Point {
    x: i64,
    y: i64,
    #[pickle(default = "here".to_owned())]
    name: String,
}

/// What version 0 looks like to this program: wider than it was stored, and with one field more.
#[derive(Pickle)]
#[pickle(name = "Point")]
struct PointV0 {
    angle: u32,
    #[pickle(default = 1)]
    scale: i64,
    length: i64,
}

#[derive(Pickle)]
#[pickle(name = "Point", version = 1)]
struct PointV1(i32, i32);

impl Point {
    fn from_v0(old: PointV0) -> Result<Point, String> {
        let length = old.length * old.scale;
        match old.angle {
            0 => Ok(Point { x: length, y: 0, name: "east".into() }),
            90 => Ok(Point { x: 0, y: length, name: "north".into() }),
            angle => Err(format!("no way to go {angle} degrees")),
        }
    }
}

fn from_v1(PointV1(x, y): PointV1) -> Result<Point, std::convert::Infallible> {
    Ok(Point { x: x.into(), y: y.into(), name: "grid".into() })
}

fn point(x: i64, y: i64, name: &str) -> Point {
    Point { x, y, name: name.into() }
}

#[test]
fn each_older_version_takes_its_own_way() {
    assert_eq!(open::<Point>(&v0::Point { angle: 90, length: 5 }), point(0, 5, "north"));
    assert_eq!(open::<Point>(&v1::Point(3, -4)), point(3, -4, "grid"));
    let now = point(1, 2, "now");
    assert_eq!(open::<Point>(&now), now);
    let many = vec![Some(Box::new(v0::Point { angle: 0, length: 2 })); 1000];
    assert_eq!(open::<Vec<Option<Box<Point>>>>(&many), vec![Some(Box::new(point(2, 0, "east"))); 1000]);
}

#[test]
fn the_same_version_may_still_get_fields() {
    mod before {
        use super::Pickle;
        #[derive(Pickle)]
        #[pickle(version = 2)]
        pub(super) struct Point {
            pub(super) y: u8,
            pub(super) x: i32,
        }
    }
    assert_eq!(open::<Point>(&before::Point { y: 7, x: -7 }), point(-7, 7, "here"));
}

#[test]
fn an_error_of_a_migration_has_its_path() {
    let old = vec![("a", vec![v0::Point { angle: 0, length: 1 }, v0::Point { angle: 45, length: 1 }])];
    let error = refused::<Vec<(String, Vec<Point>)>>(&old);
    assert_eq!((error.kind(), error.path().as_str()), (ErrorKind::Hook, "[0].1[1]"));
    let text = error.to_string();
    assert!(text.contains("no way to go 45 degrees") && text.contains("version 0"), "{text}");
}

#[test]
fn a_version_that_nothing_takes() {
    #[derive(Pickle, Debug)]
    #[pickle(name = "Point", version = 2, migrate(1 => take))]
    struct Strict(i32, i32);
    fn take(PointV1(x, y): PointV1) -> Result<Strict, String> {
        Ok(Strict(x, y))
    }
    let error = refused::<Strict>(&v0::Point { angle: 0, length: 1 });
    assert_eq!(error.kind(), ErrorKind::WrongType);
    assert!(error.to_string().contains("migrate(0 => path)"), "{error}");
    assert_eq!(open::<Strict>(&v1::Point(8, 9)).1, 9);
}

#[test]
fn a_newer_version_says_so() {
    for error in
        [refused::<(u8, v1::Point)>(&(1u8, point(1, 2, ""))), refused::<(u8, v0::Point)>(&(1u8, v1::Point(1, 2)))]
    {
        assert_eq!((error.kind(), error.path().as_str()), (ErrorKind::Version, "1"));
        assert!(error.to_string().contains("the stream has version"), "{error}");
    }
}

/// A type of a graph: its older version told the links apart.
mod links0 {
    use super::{Pickle, Rc};
    #[derive(Pickle)]
    pub(super) struct Page {
        pub(super) title: String,
        pub(super) first: Option<Rc<Page>>,
        pub(super) rest: Vec<Rc<Page>>,
    }
}

#[derive(Pickle)]
#[pickle(version = 1, migrate(0 => Self::from_v0))]
struct Page {
    title: Rc<str>,
    links: Vec<Rc<Page>>,
    seen: RefCell<Option<Rc<Page>>>,
}

#[derive(Pickle)]
#[pickle(name = "Page")]
struct PageV0 {
    title: Rc<str>,
    first: Option<Rc<Page>>,
    rest: Vec<Rc<Page>>,
}

impl Page {
    fn from_v0(old: PageV0) -> Result<Page, String> {
        let links = old.first.into_iter().chain(old.rest).collect();
        Ok(Page { title: old.title, links, seen: RefCell::default() })
    }
}

#[test]
fn inside_a_graph_each_object_is_migrated_once() {
    let leaf = Rc::new(links0::Page { title: "leaf".into(), first: None, rest: vec![] });
    let middle = |title: &str| {
        Rc::new(links0::Page { title: title.into(), first: Some(leaf.clone()), rest: vec![leaf.clone()] })
    };
    let top =
        Rc::new(links0::Page { title: "top".into(), first: Some(middle("a")), rest: vec![middle("b"), leaf.clone()] });
    let top: Rc<Page> = open(&top);
    assert_eq!(top.links.len(), 3);
    let leaf = &top.links[2];
    assert!(top.links[..2].iter().all(|middle| middle.links.iter().all(|link| Rc::ptr_eq(link, leaf))));
    assert_eq!((&*leaf.title, Rc::strong_count(leaf)), ("leaf", 5));
}

/// The cells behind a migrated value are found, whatever that is made of.
#[test]
fn cells_after_a_migrated_value_are_filled() {
    mod before {
        use super::{Pickle, Rc, RefCell};
        #[derive(Pickle)]
        pub(super) struct Owner {
            pub(super) page: super::links0::Page,
            pub(super) own: RefCell<Option<Rc<Owner>>>,
            pub(super) number: u8,
        }
    }
    #[derive(Pickle)]
    struct Owner {
        page: Page,
        own: RefCell<Option<Rc<Owner>>>,
        number: u8,
    }
    let page = links0::Page { title: "p".into(), first: None, rest: vec![] };
    let old = Rc::new(before::Owner { page, own: RefCell::default(), number: 5 });
    *old.own.borrow_mut() = Some(old.clone());
    let new: Rc<Owner> = open(&old);
    assert!(Rc::ptr_eq(&new.own.take().unwrap(), &new));
    assert!(new.page.seen.borrow().is_none());
    assert_eq!((new.number, &*new.page.title), (5, "p"));
    old.own.take();
}

/// The same where a hook has looked at it first: a walk comes to none of its cells.
#[test]
fn cells_after_what_a_hook_has_of_a_migrated_value_are_filled() {
    mod before {
        use super::{Pickle, Rc, RefCell};
        #[derive(Pickle)]
        pub(super) struct Checked {
            pub(super) page: super::links0::Page,
        }
        #[derive(Pickle)]
        pub(super) struct Owner {
            pub(super) checked: Checked,
            pub(super) own: RefCell<Option<Rc<Owner>>>,
            pub(super) other: RefCell<Option<Rc<Owner>>>,
        }
    }
    #[derive(Pickle)]
    #[pickle(after_load = Checked::check)]
    struct Checked {
        page: Page,
    }
    impl Checked {
        fn check(&mut self) -> Result<(), String> {
            self.page.title = "checked".into();
            Ok(())
        }
    }
    #[derive(Pickle)]
    struct Owner {
        checked: Checked,
        own: RefCell<Option<Rc<Owner>>>,
        other: RefCell<Option<Rc<Owner>>>,
    }
    let page = links0::Page { title: "p".into(), first: None, rest: vec![] };
    let checked = before::Checked { page };
    let old = Rc::new(before::Owner { checked, own: RefCell::default(), other: RefCell::default() });
    *old.own.borrow_mut() = Some(old.clone());
    let new: Rc<Owner> = open(&old);
    assert!(Rc::ptr_eq(&new.own.take().unwrap(), &new) && new.other.take().is_none());
    assert_eq!(&*new.checked.page.title, "checked");
    old.own.take();
}

/// Without shared objects there are no cells to look for, and no entries of maps that have some.
#[test]
fn a_migrated_map() {
    mod before {
        use super::Pickle;
        #[derive(Pickle)]
        pub(super) struct Names(pub(super) Vec<String>);
    }
    #[derive(Pickle)]
    #[pickle(version = 1, migrate(0 => Names::from_v0))]
    struct Names {
        numbers: BTreeMap<String, RefCell<u32>>,
    }
    #[derive(Pickle)]
    #[pickle(name = "Names")]
    struct NamesV0(Vec<String>);
    impl Names {
        fn from_v0(old: NamesV0) -> Result<Names, String> {
            Ok(Names { numbers: old.0.into_iter().zip((1..).map(RefCell::new)).collect() })
        }
    }
    let new: Names = open(&before::Names(vec!["one".into(), "two".into()]));
    assert_eq!(new.numbers, [("one", 1), ("two", 2)].map(|(name, n)| (name.to_owned(), RefCell::new(n))).into());
}

#[test]
fn a_cycle_of_migrated_objects_is_refused() {
    mod before {
        use super::{Pickle, Rc, RefCell};
        #[derive(Pickle)]
        pub(super) struct Link {
            pub(super) next: RefCell<Option<Rc<Link>>>,
        }
    }
    #[derive(Pickle)]
    #[pickle(version = 1, migrate(0 => Link::from_v0))]
    struct Link {
        next: RefCell<Option<Rc<Link>>>,
    }
    #[derive(Pickle)]
    #[pickle(name = "Link")]
    struct LinkV0 {
        next: RefCell<Option<Rc<Link>>>,
    }
    impl Link {
        fn from_v0(old: LinkV0) -> Result<Link, String> {
            Ok(Link { next: old.next })
        }
    }
    let old = Rc::new(before::Link { next: RefCell::default() });
    *old.next.borrow_mut() = Some(Rc::new(before::Link { next: RefCell::new(Some(old.clone())) }));
    let error = refused::<Rc<Link>>(&old);
    assert_eq!(error.kind(), ErrorKind::Cycle);
    let second = old.next.take().unwrap();
    second.next.take();
    let back: Rc<Link> = open(&old);
    assert!(back.next.borrow().is_none());
}

mod release1 {
    use super::{Pickle, object};
    #[object]
    pub(super) trait Shape {}
    #[derive(Pickle)]
    pub(super) struct Square(pub(super) u8);
    #[object]
    impl Shape for Square {}
}

mod release2 {
    use super::{Pickle, object};
    #[object]
    pub(super) trait Shape {
        fn area(&self) -> u32;
    }
    #[derive(Pickle)]
    #[pickle(version = 1, migrate(0 => from_side))]
    pub(super) struct Square {
        area: u32,
    }
    #[derive(Pickle)]
    #[pickle(name = "Square")]
    struct Side(u32);
    fn from_side(old: Side) -> Result<Square, String> {
        Ok(Square { area: old.0 * old.0 })
    }
    #[object]
    impl Shape for Square {
        fn area(&self) -> u32 {
            self.area
        }
    }
}

#[test]
fn behind_dyn() {
    let old: (Box<dyn release1::Shape>, Rc<dyn release1::Shape>) =
        (Box::new(release1::Square(3)), Rc::new(release1::Square(4)));
    let new: (Box<dyn release2::Shape>, Rc<dyn release2::Shape>) = open(&old);
    assert_eq!((new.0.area(), new.1.area()), (9, 16));
}
