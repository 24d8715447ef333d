//! Values of any schema, as a stream: what a writer of that schema could have written.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use arbitrary::{Error, Result, Unstructured};

use crate::schema::{FUNCTION, Model, Node, Ref, STRING, TYPE, code};
use crate::stream::{Block, CHECKSUM, OBJECTS, Stream, fingerprint, varint};

/// What is read in one piece.
enum Item {
    Data(Vec<u8>),
    Text(String),
    /// None: the types of these scopes are defined in a block before what follows.
    Types(usize, usize),
}

impl Item {
    fn is_empty(&self) -> bool {
        match self {
            Item::Data(bytes) => bytes.is_empty(),
            Item::Text(text) => text.is_empty(),
            Item::Types(first, end) => first == end,
        }
    }
}

/// A value: its head, and the items of its body.
#[derive(Default)]
struct Made {
    head: Vec<u8>,
    body: Vec<Item>,
}

impl Made {
    fn of(head: impl Into<Vec<u8>>) -> Made {
        Made { head: head.into(), body: Vec::new() }
    }

    /// Its head, and the items of its body.
    fn whole(self) -> impl Iterator<Item = Item> {
        [Item::Data(self.head)].into_iter().chain(self.body)
    }

    /// Puts the head and body of `inner` behind the body.
    fn hold(&mut self, inner: Made) {
        self.body.extend(inner.whole());
    }

    /// Puts a value beside this one.
    fn beside(&mut self, next: Made) {
        self.head.extend(next.head);
        self.body.extend(next.body);
    }

    fn long(&mut self, length: usize) {
        match u8::try_from(length) {
            Ok(short) if short < 255 => self.head.push(short),
            _ => {
                self.head.push(255);
                self.body.push(Item::Data((length as u64).to_le_bytes().to_vec()));
            }
        }
    }
}

/// What a type is written by behind a trait, or as what a value's rebuilder takes.
#[derive(Debug, Clone, PartialEq)]
pub struct Implementor {
    /// The name of the trait, or of the type whose values choose their rebuilder.
    pub of: String,
    /// The name that is stored.
    pub name: String,
    /// Its schema.
    pub schema: Vec<u8>,
}

/// A schema whose values are made: the root's, or that of a type that the stream defines.
struct Scope {
    model: Rc<Model>,
    /// Where it is met first: a lower scope, and the Dynamic there.
    met: (usize, Ref),
    name: String,
    schema: Vec<u8>,
}

/// A schema of its own.
type Shape = Rc<Vec<u8>>;

/// A pointer, and the scope of the type behind it where it is one to a trait.
#[derive(Clone, Copy, PartialEq)]
struct Class {
    scope: usize,
    pointer: Ref,
    behind: Option<usize>,
}

/// The value of an object, or of the root.
struct Record {
    made: Made,
    deferred: Vec<Deferred>,
    noted: Noted,
}

/// What a cell holds that is filled later.
struct Deferred {
    ordinal: u32,
    made: Made,
    noted: Noted,
}

/// What must be there when something is read.
#[derive(Default)]
struct Noted {
    /// All objects that it refers to, but for those that may be open.
    built: Vec<u32>,
    /// Those that its keys refer to.
    keyed: Vec<u32>,
    /// Those that may be open.
    open: Vec<u32>,
}

struct Maker<'p, 'u, 'b> {
    /// The types that may stand behind a trait.
    pool: &'p [Implementor],
    u: &'u mut Unstructured<'b>,
    /// That of the root, then those of the types that are defined.
    scopes: Vec<Scope>,
    classes: Vec<Class>,
    /// The class of each object, by its number.
    objects: Vec<usize>,
    /// The object that is made; the root is before all.
    current: Option<usize>,
    /// Whether what stands behind a trait may be any type.
    is_odd: bool,
    /// Whether objects may refer to those of lower numbers.
    is_cyclic: bool,
    /// Keys that what is made is in.
    keys: usize,
    /// Whether it is in a cell that is filled later.
    is_deferred: bool,
    /// The scopes whose types are defined before the items so far.
    defined: usize,
    /// Cells of the record so far, but for those in deferred ones.
    cells: u32,
    deferred: Vec<Deferred>,
    noted: Noted,
    /// What has been asked for of types that pointers are to.
    shapes: RefCell<HashMap<(usize, Ref), Shape>>,
}

const MOST_OBJECTS: usize = 48;
const MOST_TYPES: usize = 16;
const DEEPEST: usize = 48;
const NONE: u32 = u32::MAX;

/// A stream of the schema with a value of it; its blocks end where `u` says so.
///
/// # Errors
/// Where `u` leads to a value that never ends, or to objects that can't be put in order.
pub fn stream(model: &Model, pool: &[Implementor], u: &mut Unstructured<'_>) -> Result<Stream> {
    let root = Scope { model: Rc::new(model.clone()), met: (0, 0), name: String::new(), schema: model.encode() };
    let (is_cyclic, is_odd) = (u.arbitrary()?, u.ratio(1, 4)?);
    let mut maker = Maker {
        pool,
        u,
        scopes: vec![root],
        classes: Vec::new(),
        objects: Vec::new(),
        current: None,
        is_odd,
        is_cyclic,
        keys: 0,
        is_deferred: false,
        defined: 1,
        cells: 0,
        deferred: Vec::new(),
        noted: Noted::default(),
        shapes: RefCell::default(),
    };
    let root = maker.record(0, model.root)?;
    let mut records = Vec::new();
    while records.len() < maker.objects.len() {
        maker.current = Some(records.len());
        let (scope, content) = maker.content(maker.classes[maker.objects[records.len()]])?;
        records.push(maker.record(scope, content)?);
    }

    let mut items = Vec::new();
    let has_objects = !records.is_empty();
    let is_late = !has_objects && maker.u.arbitrary()?;
    if !is_late {
        items.push(Item::Types(1, maker.scopes.len()));
    }
    if has_objects {
        items.extend(maker.tables());
        maker.order(records, &mut items)?;
        items.push(Item::Data(vec![6]));
    }
    items.extend(root.made.whole());
    if !is_late {
        let mut is_first = true;
        items.retain(|item| !matches!(item, Item::Types(..)) || std::mem::take(&mut is_first));
    }
    let mut flags = if has_objects { OBJECTS } else { 0 };
    if maker.u.ratio(1, 8)? {
        flags |= CHECKSUM;
    }
    let blocks = maker.blocks(items)?;
    Ok(Stream { flags, schema: Some(model.encode()), blocks, ..Stream::default() })
}

fn four(n: usize) -> Item {
    Item::Data((n as u32).to_le_bytes().to_vec())
}

impl Maker<'_, '_, '_> {
    /// The value of the root or an object, with what it asks for.
    fn record(&mut self, scope: usize, content: Ref) -> Result<Record> {
        self.cells = 0;
        let made = self.make(scope, content, 0)?;
        Ok(Record { made, deferred: std::mem::take(&mut self.deferred), noted: std::mem::take(&mut self.noted) })
    }

    /// The type of a class's objects, and its scope.
    fn content(&self, class: Class) -> Result<(usize, Ref)> {
        match class.behind {
            Some(scope) => Ok((scope, self.scopes[scope].model.root)),
            None => Ok((class.scope, self.target(class.scope, class.pointer)?)),
        }
    }

    /// What a Shared is to.
    fn target(&self, scope: usize, pointer: Ref) -> Result<Ref> {
        match self.scopes[scope].model.node(pointer) {
            Some(Node::Of(code::SHARED, target)) => Ok(*target),
            _ => Err(Error::IncorrectFormat),
        }
    }

    /// The tables of scopes, classes and objects.
    fn tables(&self) -> Vec<Item> {
        let mut items = vec![four(self.scopes.len() - 1)];
        for (number, scope) in self.scopes[1..].iter().enumerate() {
            items.extend([four(scope.met.0), four((scope.met.1 - TYPE) as usize), four(number)]);
        }
        items.push(four(self.classes.len()));
        for class in &self.classes {
            // The types of the stream are numbered from 0, the scopes from 1 in the same order.
            items.extend([four(class.scope), four((class.pointer - TYPE) as usize), four(class.behind.unwrap_or(0))]);
        }
        items.push(four(self.objects.len()));
        items
    }

    /// The records, the last object first; what they refer to comes before them, or is open, or is in a cell that is
    /// filled later.
    fn order(&mut self, records: Vec<Record>, items: &mut Vec<Item>) -> Result<()> {
        let opened = openings(&records);
        let entry = |kind: u8, class: usize, id: usize| {
            let mut entry = vec![kind, class as u8];
            entry.extend((id as u32).to_le_bytes());
            Item::Data(entry)
        };
        let mut waiting: Vec<Deferred> = Vec::new();
        // All objects from this number on are built, and no cell in them waits.
        let mut complete = records.len();
        let mut is_open = 0;
        for (id, record) in records.into_iter().enumerate().rev() {
            let can_fill = waiting.iter().flat_map(|cell| &cell.noted.built).all(|built| *built as usize > id);
            if can_fill && !waiting.is_empty() && (!record.noted.keyed.is_empty() || self.u.arbitrary()?) {
                fill(&mut waiting, complete, items)?;
            }
            for (owner, _) in opened.iter().filter(|(_, at)| *at == id) {
                if is_open == 0 && waiting.is_empty() {
                    complete = id + 1;
                }
                items.push(entry(2, self.objects[*owner], *owner));
                is_open += 1;
            }
            if is_open == 0 && waiting.is_empty() {
                complete = id + 1;
            }
            if record.noted.keyed.iter().any(|key| (*key as usize) < complete) {
                return Err(Error::IncorrectFormat);
            }
            let waits = u8::from(!record.deferred.is_empty());
            if opened.iter().any(|(owner, _)| *owner == id) {
                items.push(Item::Data(vec![3 + waits]));
                is_open -= 1;
            } else {
                items.push(entry(waits, self.objects[id], id));
            }
            if waits > 0 {
                items.push(four(record.deferred.len()));
                items.extend(record.deferred.iter().map(|cell| four(cell.ordinal as usize)));
            }
            items.extend(record.made.whole());
            waiting.extend(record.deferred);
        }
        if waiting.is_empty() { Ok(()) } else { fill(&mut waiting, complete, items) }
    }

    /// Lays items into blocks.
    fn blocks(&mut self, items: Vec<Item>) -> Result<Vec<Block>> {
        let (mut blocks, mut block) = (Vec::new(), Block::default());
        let split = self.u.ratio(1, 2)?;
        for item in items {
            if item.is_empty() {
                continue;
            }
            let ends = matches!(item, Item::Types(..)) || split && self.u.ratio(1, 6)?;
            if ends && !block.is_empty() {
                blocks.push(std::mem::take(&mut block));
            }
            match item {
                Item::Data(bytes) => block.data.extend(bytes),
                // The first string of a block stands last.
                Item::Text(text) => drop(block.text.splice(..0, text.into_bytes())),
                Item::Types(first, end) => {
                    let mut defined = Block { types: true, ..Block::default() };
                    for scope in &self.scopes[first..end] {
                        varint(scope.name.len() as u128, &mut defined.data);
                        defined.data.extend(scope.name.as_bytes());
                        defined.data.extend(fingerprint(&scope.schema));
                        varint(scope.schema.len() as u128, &mut defined.data);
                        defined.data.extend(&scope.schema);
                    }
                    blocks.push(defined);
                }
            }
        }
        blocks.push(block);
        Ok(blocks)
    }
}

/// Fills all cells that wait.
fn fill(waiting: &mut Vec<Deferred>, complete: usize, items: &mut Vec<Item>) -> Result<()> {
    items.push(Item::Data(vec![5]));
    for cell in waiting.drain(..) {
        if cell.noted.keyed.iter().any(|key| (*key as usize) < complete) {
            return Err(Error::IncorrectFormat);
        }
        items.extend(cell.made.whole());
    }
    Ok(())
}

/// The objects that are open while others are built, in ascending order; and before which record each is opened: that of
/// the first object that refers to it, or of an earlier one, because the last that is opened is the first to be closed.
fn openings(records: &[Record]) -> Vec<(usize, usize)> {
    let mut at: BTreeMap<usize, usize> = BTreeMap::new();
    for (id, record) in records.iter().enumerate() {
        for owner in record.noted.open.iter().map(|owner| *owner as usize).filter(|owner| *owner <= id) {
            at.insert(owner, id);
        }
    }
    let owners: Vec<usize> = at.keys().copied().collect();
    for owner in owners.iter().rev() {
        while let Some(earlier) = at.range(owner..=&at[owner]).map(|(_, at)| *at).find(|earlier| *earlier > at[owner]) {
            at.insert(*owner, earlier);
        }
    }
    at.into_iter().collect()
}

impl Maker<'_, '_, '_> {
    fn make(&mut self, scope: usize, part: Ref, depth: usize) -> Result<Made> {
        if depth > DEEPEST {
            return Err(Error::NotEnoughData);
        }
        let model = self.scopes[scope].model.clone();
        let Some(node) = model.node(part) else { return self.primitive(part) };
        let short = depth > DEEPEST / 3 || self.u.is_empty() || self.is_full();
        let mut made = Made::default();
        match node {
            Node::Of(code::OPTION, inner) => {
                let some = !short && self.u.arbitrary()?;
                made.head.push(u8::from(some));
                if some {
                    let inner = self.make(scope, *inner, depth + 1)?;
                    made.hold(inner);
                }
            }
            Node::Of(code::SEQUENCE, element) => {
                let length = if short { 0 } else { self.length(&model, *element)? };
                made.long(length);
                for _ in 0..length {
                    let element = self.make(scope, *element, depth + 1)?;
                    made.hold(element);
                }
            }
            Node::Of(code::SET, key) => {
                let keys = if short { vec![] } else { self.keys(scope, *key, depth)? };
                made.long(keys.len());
                keys.into_iter().for_each(|key| made.hold(key));
            }
            Node::Map(key, value) => {
                let keys = if short { vec![] } else { self.keys(scope, *key, depth)? };
                made.long(keys.len());
                for mut entry in keys {
                    let value = self.make(scope, *value, depth + 1)?;
                    entry.beside(value);
                    made.hold(entry);
                }
            }
            Node::Of(code::NON_ZERO, integer) => {
                made = self.primitive(*integer)?;
                if made.head.iter().all(|byte| *byte == 0) {
                    made.head[0] = 1;
                }
            }
            Node::Of(code::COMPACT, integer) => {
                let mut bytes = [0; 16];
                let width = model.head(*integer, 0).unwrap_or(1);
                self.fill(&mut bytes[..width])?;
                // A signed number is zigzagged, which keeps it within its width.
                let mut item = Vec::new();
                varint(u128::from_le_bytes(bytes), &mut item);
                made.body.push(Item::Data(item));
            }
            Node::Of(code::SHARED, _) => {
                let id = self.strong(scope, part)?;
                made.body.push(Item::Data(id.to_le_bytes().to_vec()));
            }
            Node::Of(code::WEAK, shared) => {
                let id = self.weak(scope, *shared)?;
                made.body.push(Item::Data(id.to_le_bytes().to_vec()));
            }
            Node::Of(code::CELL, inner) => {
                let ordinal = self.cells;
                if !self.is_deferred {
                    self.cells += 1;
                }
                let can_wait = self.is_cyclic && self.current.is_some() && !self.is_deferred && self.keys == 0;
                if can_wait && !short && model.has_vacant(*inner, 0) && self.u.ratio(3, 4)? {
                    self.is_deferred = true;
                    let noted = std::mem::take(&mut self.noted);
                    let made = self.make(scope, *inner, depth + 1)?;
                    let noted = std::mem::replace(&mut self.noted, noted);
                    self.is_deferred = false;
                    self.deferred.push(Deferred { ordinal, made, noted });
                } else {
                    let inner = self.make(scope, *inner, depth + 1)?;
                    made.hold(inner);
                }
            }
            // A Box.
            Node::Of(_, inner) => {
                let inner = self.make(scope, *inner, depth + 1)?;
                made.hold(inner);
            }
            Node::Array(element, length) => {
                for _ in 0..*length {
                    let element = self.make(scope, *element, depth + 1)?;
                    made.beside(element);
                }
            }
            Node::Tuple(parts) => {
                for part in parts {
                    let part = self.make(scope, *part, depth + 1)?;
                    made.beside(part);
                }
            }
            Node::Struct(_, fields) => {
                for (_, part) in &fields.fields {
                    let part = self.make(scope, *part, depth + 1)?;
                    made.beside(part);
                }
            }
            Node::Enum(_, variants) => {
                if variants.is_empty() {
                    return Err(Error::IncorrectFormat);
                }
                let number = if short { 0 } else { self.u.choose_index(variants.len())? };
                made.head.extend(&(number as u16).to_le_bytes()[..if variants.len() > 256 { 2 } else { 1 }]);
                let mut fields = Made::default();
                for (_, part) in &variants[number].1.fields {
                    let part = self.make(scope, *part, depth + 1)?;
                    fields.beside(part);
                }
                made.hold(fields);
            }
            Node::Versioned(version, inner) => {
                made.head.push(*version);
                let inner = self.make(scope, *inner, depth + 1)?;
                made.hold(inner);
            }
            Node::Dynamic(of) => {
                let behind = self.implementor(scope, part, of)?;
                if behind + 1 == self.scopes.len() {
                    // Where it is not the first use, the block is left out as empty.
                    made.body.push(Item::Types(self.defined, behind + 1));
                    self.defined = behind + 1;
                }
                made.body.push(Item::Data(vec![behind as u8 - 1]));
                let inner = self.make(behind, self.scopes[behind].model.root, depth + 1)?;
                made.hold(inner);
            }
        }
        Ok(made)
    }

    fn fill(&mut self, bytes: &mut [u8]) -> Result<()> {
        self.u.fill_buffer(bytes)
    }

    fn primitive(&mut self, part: Ref) -> Result<Made> {
        let width = Model { root: part, types: vec![] }.head(part, 0).unwrap_or_default();
        let mut bytes = vec![0; width];
        match part {
            1 => bytes[0] = u8::from(self.u.arbitrary::<bool>()?),
            2 => bytes = u32::from(self.u.arbitrary::<char>()?).to_le_bytes().to_vec(),
            19 => bytes = self.u.int_in_range(0..=999_999_999u32)?.to_le_bytes().to_vec(),
            STRING | FUNCTION => {
                let text: String = match part {
                    STRING if self.u.ratio(1, 16)? => "long é ".repeat(self.u.int_in_range(30..=60)?),
                    STRING => self.u.arbitrary::<&str>()?.chars().take(40).collect(),
                    _ => (*self.u.choose(&["fuzz_half", "fuzz_square", "nobody"])?).to_owned(),
                };
                let mut made = Made::default();
                made.long(text.len());
                made.body.push(Item::Text(text));
                return Ok(made);
            }
            _ => self.fill(&mut bytes)?,
        }
        Ok(Made::of(bytes))
    }

    fn length(&mut self, model: &Model, element: Ref) -> Result<usize> {
        let is_small = model.node(element).is_none();
        Ok(if is_small && self.u.ratio(1, 16)? {
            self.u.int_in_range(250..=300)?
        } else {
            self.u.int_in_range(0..=4)?
        })
    }

    /// Keys that differ, whatever compares them: several only of what has one pattern a value.
    fn keys(&mut self, scope: usize, key: Ref, depth: usize) -> Result<Vec<Made>> {
        let plain = (1..=14).contains(&key);
        let most = match (plain, self.is_cyclic) {
            (true, _) => 4,
            (_, false) => 1,
            // What keys refer to must be complete, which in a cycle little is.
            (_, true) => u8::from(self.u.ratio(1, 4)?),
        };
        let count = self.u.int_in_range(0..=most)?;
        let mut keys: Vec<Made> = Vec::new();
        for _ in 0..count {
            self.keys += 1;
            let key = self.make(scope, key, depth + 1)?;
            self.keys -= 1;
            if !plain || keys.iter().all(|other| other.head != key.head) {
                keys.push(key);
            }
        }
        Ok(keys)
    }

    /// The scope of a type behind a trait.
    fn implementor(&mut self, scope: usize, dynamic: Ref, of: &str) -> Result<usize> {
        let pool = self.pool;
        let fit: Vec<&Implementor> = pool.iter().filter(|found| found.of == of).collect();
        // Behind a trait that nobody has there is whatever there is.
        let found = if fit.is_empty() || self.is_odd && self.u.ratio(1, 16)? {
            self.u.choose(pool)?
        } else {
            *self.u.choose(&fit)?
        };
        let (mut name, mut schema) = (found.name.clone(), found.schema.clone());
        if self.is_odd && self.u.ratio(1, 6)? {
            let mut model = Model::decode(&schema).ok_or(Error::IncorrectFormat)?;
            model.change(self.u)?;
            let model = model.canonical();
            if model.is_sound() {
                schema = model.encode();
            }
        }
        if self.is_odd && self.u.ratio(1, 32)? {
            name.push('x');
        }
        if let Some(known) = self.scopes[1..].iter().position(|known| known.name == name && known.schema == schema) {
            return Ok(known + 1);
        }
        if self.scopes.len() > MOST_TYPES {
            return Err(Error::NotEnoughData);
        }
        let model = Rc::new(Model::decode(&schema).ok_or(Error::IncorrectFormat)?);
        self.scopes.push(Scope { model, met: (scope, dynamic), name, schema });
        Ok(self.scopes.len() - 1)
    }

    /// The objects that a pointer may be to, from the one with this number on.
    fn known(&self, scope: usize, pointer: Ref, first: usize) -> Result<Vec<u32>> {
        let mut known = Vec::new();
        for id in first..self.objects.len() {
            if self.fits(scope, pointer, self.classes[self.objects[id]])? {
                known.push(id as u32);
            }
        }
        Ok(known)
    }

    /// Whether objects of a class can be had through a pointer.
    fn fits(&self, scope: usize, pointer: Ref, class: Class) -> Result<bool> {
        if (class.scope, class.pointer) == (scope, pointer) {
            return Ok(true);
        }
        let target = self.target(scope, pointer)?;
        let (behind, content) = self.content(class)?;
        if let Some(Node::Dynamic(of)) = self.scopes[scope].model.node(target) {
            let schema = self.shape(behind, content);
            return Ok(self.pool.iter().any(|found| found.of == *of && found.schema == *schema));
        }
        // Two pointers of one schema are to one object only where they are one type.
        let can_be = class.behind.is_some() || class.scope != scope;
        Ok(can_be && self.shape(scope, target) == self.shape(behind, content))
    }

    /// The schema of a type in a scope as a root of its own.
    fn shape(&self, scope: usize, root: Ref) -> Shape {
        let mut shapes = self.shapes.borrow_mut();
        let shape = shapes.entry((scope, root)).or_insert_with(|| {
            let types = self.scopes[scope].model.types.clone();
            Rc::new(Model { root, types }.canonical().encode())
        });
        shape.clone()
    }

    /// The first object that has a higher number than the one that is made.
    fn next(&self) -> usize {
        self.current.map_or(0, |current| current + 1)
    }

    /// What a shared pointer is to: an object that is there, or a new one.
    fn strong(&mut self, scope: usize, pointer: Ref) -> Result<u32> {
        let known = self.known(scope, pointer, if self.is_deferred && self.keys == 0 { 0 } else { self.next() })?;
        let id = if !known.is_empty() && (self.u.is_empty() || self.is_full() || self.u.arbitrary()?) {
            *self.u.choose(&known)?
        } else {
            self.object(scope, pointer)?
        };
        self.note(id);
        Ok(id)
    }

    /// What a weak pointer is to, or nothing.
    fn weak(&mut self, scope: usize, shared: Ref) -> Result<u32> {
        let first = if self.is_cyclic && self.keys == 0 { 0 } else { self.next() };
        let known = self.known(scope, shared, first)?;
        if known.is_empty() || self.u.arbitrary()? {
            return Ok(NONE);
        }
        let id = *self.u.choose(&known)?;
        if self.is_deferred || self.keys > 0 {
            self.note(id)
        } else {
            self.noted.open.push(id)
        }
        Ok(id)
    }

    /// Whether there are so many objects that no more should come.
    fn is_full(&self) -> bool {
        self.objects.len() > MOST_OBJECTS / 2
    }

    fn note(&mut self, id: u32) {
        self.noted.built.push(id);
        if self.keys > 0 {
            self.noted.keyed.push(id);
        }
    }

    /// A new object.
    fn object(&mut self, scope: usize, pointer: Ref) -> Result<u32> {
        if self.objects.len() == MOST_OBJECTS {
            return Err(Error::NotEnoughData);
        }
        let target = self.target(scope, pointer)?;
        let behind = match self.scopes[scope].model.clone().node(target) {
            Some(Node::Dynamic(of)) => Some(self.implementor(scope, target, of)?),
            _ => None,
        };
        let class = Class { scope, pointer, behind };
        let known = self.classes.iter().position(|known| *known == class);
        self.objects.push(known.unwrap_or(self.classes.len()));
        if known.is_none() {
            self.classes.push(class);
        }
        Ok(self.objects.len() as u32 - 1)
    }
}
