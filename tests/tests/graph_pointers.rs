//! Every shared pointer to every kind of target, nested as types nest.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::rc::{self, Rc};
use std::sync::{self, Arc};

use pickle_core::{ErrorKind, Pickle, UnpickleOwned, dumps, loads, object, register};

fn round_trip<T: Pickle + UnpickleOwned>(value: &T) -> T {
    loads(&dumps(value).expect("it dumps")).expect("it loads")
}

#[test]
fn sized_text_and_slices() {
    assert_eq!(*round_trip(&Rc::new(5u32)), 5);
    assert_eq!(*round_trip(&Arc::new("text".to_owned())), "text");
    assert_eq!(&*round_trip::<Rc<str>>(&"text".into()), "text");
    assert_eq!(&*round_trip::<Arc<str>>(&"x".repeat(300_000).into()), "x".repeat(300_000));
    assert_eq!(*round_trip::<Rc<[u16]>>(&[1, 2, 3].into()), [1, 2, 3]);
    assert_eq!(*round_trip::<Arc<[String]>>(&["a".to_owned()].into()), ["a"]);
    let one = Rc::new(1u8);
    let many: Rc<[Rc<u8>]> = vec![one.clone(), one].into();
    let many = round_trip(&many);
    assert!(Rc::ptr_eq(&many[0], &many[1]));
}

#[test]
fn weak_ones_of_text_and_slices_dangle() {
    let (text, items): (Rc<str>, Arc<[u8]>) = ("text".into(), [1].into());
    let gone = (Rc::downgrade(&text), Arc::downgrade(&items));
    drop((text, items));
    let back = round_trip(&gone);
    assert!(back.0.upgrade().is_none() && back.1.upgrade().is_none());
    let kept: Arc<[u8]> = [1].into();
    let (weak, strong) = round_trip(&(Arc::downgrade(&kept), kept));
    assert!(Arc::ptr_eq(&weak.upgrade().unwrap(), &strong));
}

#[test]
fn pointers_in_pointers_options_boxes_cells_and_maps() {
    let inner = Rc::new(7u8);
    let nested = (Rc::new(inner.clone()), Some(inner.clone()), Box::new(inner.clone()), [inner.clone()]);
    let (outer, option, boxed, array) = round_trip(&nested);
    assert!(Rc::ptr_eq(&*outer, option.as_ref().unwrap()));
    assert!(Rc::ptr_eq(&*outer, &boxed) && Rc::ptr_eq(&*outer, &array[0]));
    let cell = Rc::new(RefCell::new(Some(inner.clone())));
    let (cell, again) = round_trip(&(cell.clone(), cell));
    assert!(Rc::ptr_eq(&cell, &again));
    assert_eq!(cell.borrow().as_deref(), Some(&7));
    let by_hash = HashMap::from([(1u8, inner.clone()), (2, inner.clone())]);
    let by_order = BTreeMap::from([("a".to_owned(), inner)]);
    let (by_hash, by_order) = round_trip(&(by_hash, by_order));
    assert!(Rc::ptr_eq(&by_hash[&1], &by_hash[&2]) && Rc::ptr_eq(&by_hash[&1], &by_order["a"]));
}

#[test]
fn weak_ones_live_with_their_objects_and_dangle_without() {
    let kept = Rc::new(1u8);
    let lost = Rc::new(2u8);
    let weaks = (Rc::downgrade(&kept), kept.clone(), Rc::downgrade(&lost), rc::Weak::<u8>::new());
    let (weak, kept, lost, never) = round_trip(&weaks);
    assert!(Rc::ptr_eq(&weak.upgrade().unwrap(), &kept));
    assert!(lost.upgrade().is_none() && never.upgrade().is_none());
    let text: Arc<str> = "t".into();
    let (weak, text, gone) = round_trip(&(Arc::downgrade(&text), text.clone(), Arc::downgrade(&Arc::<str>::from("u"))));
    assert!(Arc::ptr_eq(&weak.upgrade().unwrap(), &text));
    assert!(gone.upgrade().is_none());
}

#[derive(Pickle)]
struct Pair<T> {
    first: Rc<T>,
    second: Option<Rc<T>>,
    weak: rc::Weak<T>,
    plain: Vec<T>,
}

#[test]
fn a_generic_type_shares_its_parameter() {
    let first = Rc::new("x".to_owned());
    let pair = Pair { first: first.clone(), second: Some(first.clone()), weak: Rc::downgrade(&first), plain: vec![] };
    let Pair { first, second, weak, plain } = round_trip(&pair);
    assert!(Rc::ptr_eq(&first, &second.unwrap()) && Rc::ptr_eq(&first, &weak.upgrade().unwrap()));
    assert!(plain.is_empty());
}

#[object]
trait Speak {
    fn speak(&self) -> String;
}

#[object]
trait Walk {
    fn legs(&self) -> u32;
}

#[derive(Pickle)]
struct Dog {
    name: String,
    collar: Arc<str>,
}

#[object]
impl Speak for Dog {
    fn speak(&self) -> String {
        format!("{} {}", self.name, self.collar)
    }
}

#[object]
impl Walk for Dog {
    fn legs(&self) -> u32 {
        4
    }
}

#[derive(Pickle)]
struct Echo<T>(T);

impl<T: Pickle + UnpickleOwned + Clone + Into<String> + 'static> Speak for Echo<T> {
    fn speak(&self) -> String {
        self.0.clone().into()
    }
}
register!(Echo<String> as dyn Speak);

fn dog() -> Dog {
    Dog { name: "Rex".into(), collar: "red".into() }
}

fn thin<T: ?Sized>(pointer: *const T) -> *const () {
    pointer.cast()
}

/// Restores pointers in this order: all lead to one object.
macro_rules! in_order {
    ($($view:ident: $type:ty),*) => {{
        let ($($view,)*): ($($type,)*) = round_trip(&($($view.clone(),)*));
        let places = [$(thin($view.place())),*];
        assert!(places.iter().all(|place| *place == places[0]));
    }};
}

macro_rules! views {
    ($test:ident, $strong:ident, $($module:ident)::+) => {
        #[test]
        fn $test() {
            let dog = $strong::new(dog());
            let speak: $strong<dyn Speak> = dog.clone();
            let send: $strong<dyn Speak + Send + Sync> = dog.clone();
            let walk: $strong<dyn Walk> = dog.clone();
            let weak: $($module)::+<dyn Walk + Send> = $strong::downgrade(&(dog.clone() as $strong<dyn Walk + Send>));
            in_order!(
                speak: $strong<dyn Speak>,
                send: $strong<dyn Speak + Send + Sync>,
                walk: $strong<dyn Walk>,
                dog: $strong<Dog>,
                weak: $($module)::+<dyn Walk + Send>
            );
            in_order!(
                dog: $strong<Dog>,
                weak: $($module)::+<dyn Walk + Send>,
                walk: $strong<dyn Walk>,
                speak: $strong<dyn Speak>
            );
            in_order!(
                weak: $($module)::+<dyn Walk + Send>,
                send: $strong<dyn Speak + Send + Sync>,
                dog: $strong<Dog>
            );
            in_order!(walk: $strong<dyn Walk>, send: $strong<dyn Speak + Send + Sync>);
            let (send, walk) = round_trip(&(send, walk));
            assert_eq!((send.speak().as_str(), walk.legs()), ("Rex red", 4));
        }

        impl<T: ?Sized> Place for $strong<T> {
            type Target = T;
            fn place(&self) -> *const T {
                $strong::as_ptr(self)
            }
        }

        impl<T: ?Sized> Place for $($module)::+<T> {
            type Target = T;
            fn place(&self) -> *const T {
                self.as_ptr()
            }
        }
    };
}
views!(all_views_behind_rc_are_one_object_whichever_comes_first, Rc, rc::Weak);
views!(all_views_behind_arc_are_one_object_whichever_comes_first, Arc, sync::Weak);

/// Where an object lies.
trait Place {
    type Target: ?Sized;
    fn place(&self) -> *const Self::Target;
}

#[test]
fn trait_objects_behind_rc_and_their_weaks() {
    let speak: Rc<dyn Speak> = Rc::new(dog());
    let echo: Rc<dyn Speak> = Rc::new(Echo("hi".to_owned()));
    let gone = Rc::downgrade(&(Rc::new(dog()) as Rc<dyn Speak>));
    let (all, weak, gone) = round_trip(&(vec![speak.clone(), echo, speak.clone()], Rc::downgrade(&speak), gone));
    assert!(Rc::ptr_eq(&all[0], &all[2]) && Rc::ptr_eq(&all[0], &weak.upgrade().unwrap()));
    assert_eq!(all[1].speak(), "hi");
    assert!(gone.upgrade().is_none());
    // A box keeps its object to itself, and the pointers within it are still shared.
    let collar: Arc<str> = "blue".into();
    let boxed = |name: &str| -> Box<dyn Speak> { Box::new(Dog { name: name.into(), collar: collar.clone() }) };
    let (boxes, collar) = round_trip(&([boxed("a"), boxed("b")], collar.clone()));
    assert_eq!([boxes[0].speak(), boxes[1].speak()], ["a blue", "b blue"]);
    assert_eq!(Arc::strong_count(&collar), 3);
}

#[derive(Pickle)]
struct Pack {
    leader: Rc<u32>,
    members: Vec<Box<dyn Count>>,
}

#[object]
trait Count {
    fn count(&self) -> usize;
}

#[object]
impl Count for Pack {
    fn count(&self) -> usize {
        1 + self.members.iter().map(|member| member.count()).sum::<usize>()
    }
}

#[test]
fn boxes_within_boxes_take_no_more_room_than_boxes_side_by_side() {
    let leader = Rc::new(7);
    let pack = |members| -> Box<dyn Count> { Box::new(Pack { leader: leader.clone(), members }) };
    let deep = (0..20).fold(pack(Vec::new()), |inner, _| pack(vec![inner]));
    let wide = pack((0..20).map(|_| pack(Vec::new())).collect());
    let [deep, wide] = [deep, wide].map(|root| {
        let bytes = dumps(&root).unwrap();
        assert_eq!(loads::<Box<dyn Count>>(&bytes).unwrap().count(), 21);
        bytes.len()
    });
    assert_eq!(deep, wide);
}

#[test]
fn what_can_t_be_had_is_named_as_it_was_asked_for() {
    fn refused<T: Pickle + UnpickleOwned + Default>(name: &str) {
        let mut bytes = dumps(&(Rc::new(1u8), T::default())).unwrap();
        // The second reference is to the first object.
        let last = bytes.len() - 4;
        assert_eq!(bytes[last..], [1, 0, 0, 0], "{name}");
        bytes[last] = 0;
        let error = loads::<(Rc<u8>, T)>(&bytes).map(drop).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::WrongType, "{error}");
        assert!(error.to_string().contains(&format!("object 0 can't be had as `{name}`")), "{error}");
    }
    refused::<Rc<u16>>("Rc<u16>");
    refused::<Rc<str>>("Rc<String>");
    refused::<Rc<[u16]>>("Rc<Vec<u16>>");
    refused::<Arc<[u16]>>("Arc<Vec<u16>>");
}
