#!/usr/bin/env python3
"""Reads streams of Pickle for Rust and prints them as JSON. Written from FORMAT.md, and nothing else.

    reader.py [--schemas FILE]... FILE
    reader.py [--schemas FILE]... --each FILE...

`--schemas` names a file of streams that embed their schemas: those are then known to a stream that does not. What is
not as FORMAT.md says is refused with one line on stderr, and exit code 1. `--each` prints a line for each file instead:
"a value", or "refused: " and why.

How values look in JSON, where that is not plain from their type:

    ()                  []                      u8 sequence     {"bytes": hex}, long ones cut, with length and SHA-256
    None, Some(x)       null, {"some": x}       map, set        {"map": [[key, value], ...]}, {"set": [...]}
    struct S            {"type": "S", "fields": object or list; none for a unit struct}
    variant V of E      {"type": "E", "variant": "V", "fields": as above}
    Cell                {"cell": x}             Versioned       {"version": n, "value": x}
    Dynamic             {"dyn": trait, "type": stored name, "value": x}
    Shared, Weak        {"object": number}, {"weak": number or null}
    Function            {"function": name}      NaN, infinity   {"float": name, "bits": hex}
"""

import hashlib
import json
import struct
import sys
import threading
import zlib

UNIT, BOOL, CHAR, U8, STRING, FUNCTION, NANOS = 0, 1, 2, 3, 17, 18, 19
SIZES = {UNIT: 0, BOOL: 1, CHAR: 4, 3: 1, 4: 2, 5: 4, 6: 8, 7: 16, 8: 8, 9: 1, 10: 2, 11: 4, 12: 8, 13: 16, 14: 8,
         15: 4, 16: 8, STRING: 1, FUNCTION: 1, NANOS: 4}
FLOATS = {15: "<f", 16: "<d"}
INTEGERS = range(3, 15)
NAMES = ["()", "bool", "char", "u8", "u16", "u32", "u64", "u128", "usize", "i8", "i16", "i32", "i64", "i128", "isize",
         "f32", "f64", "String", "Function", "Nanos"]
FIRST_TYPE = 32

(OPTION, SEQUENCE, SET, MAP, ARRAY, TUPLE, PIECE, NONZERO, COMPACT, STRUCT, ENUM, DYNAMIC, SHARED, WEAK, CELL,
 VERSIONED) = range(16)
KINDS = ["Option", "Sequence", "Set", "Map", "Array", "Tuple", "Piece", "NonZero", "Compact", "Struct", "Enum",
         "Dynamic", "Shared", "Weak", "Cell", "Versioned"]
# The types whose head is the heads of their parts; that of all others has a length of its own.
INLINE = (ARRAY, TUPLE, STRUCT, NONZERO)
HEADS = {OPTION: 1, SEQUENCE: 1, SET: 1, MAP: 1, VERSIONED: 1}

NOWHERE = 0xFFFF_FFFF
SHOWN_BYTES = 1024
# A value nested deeper is refused: the format leaves that to the reader.
DEPTH = 2000


class Refused(Exception):
    """What is read is not a stream of this format, or not one that this reader can read."""


def need(condition, why):
    if not condition:
        raise Refused(why)


class Bytes:
    """Bytes that are read from their start to their end."""

    def __init__(self, data):
        self.data, self.at = data, 0

    def left(self):
        return len(self.data) - self.at

    def take(self, length):
        need(length <= self.left(), "the bytes end within a value")
        self.at += length
        return self.data[self.at - length:self.at]

    def number(self, length):
        return int.from_bytes(self.take(length), "little")

    def varint(self, bits=64):
        value, shift = 0, 0
        while True:
            byte = self.number(1)
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                need(byte or shift == 7, "a number has more bytes than it needs")
                need(value < 1 << bits, "a number is too large")
                return value
            need(shift < bits, "a number is too large")

    def name(self):
        length = self.varint()
        need(length <= 256, "a name is too long")
        return text(self.take(length))


def text(data):
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        raise Refused("text is not UTF-8") from None


def fingerprint(data):
    return hashlib.sha256(data).digest()[:8]


class Type:
    """A type of a schema: `refs` are the references of its parts in order; `shape` is what else it says."""

    def __init__(self, kind, refs, *shape, name=None, variants=()):
        self.kind, self.refs, self.name, self.variants = kind, refs, name, variants
        self.shape = (kind, name, *shape)


class Schema:
    def __init__(self, data):
        need(len(data) <= 1 << 20, "a schema is too large")
        source = Bytes(data)
        self.root = source.varint()
        count = source.varint()
        need(count <= 4096, "a schema has too many types")
        self.types = [self.read_type(source) for _ in range(count)]
        need(source.left() == 0, "bytes follow a schema")
        parts = sum(len(type.refs) + (len(type.variants) if type.kind == ENUM else 0) for type in self.types)
        need(parts <= 65536, "a schema has too many parts")
        self.check_references()
        self.check_form()
        self.sizes = {}
        for number in range(count):
            self.size(FIRST_TYPE + number)

    def read_type(self, source):
        kind = source.number(1)
        if kind in (STRUCT, ENUM):
            name = source.name()
            count = self.count(source) if kind == ENUM else None
            variants = [(source.name() if kind == ENUM else None, *self.fields(source))
                        for _ in range(1 if count is None else count)]
            shape = [(variant, style, names) for variant, style, names, _ in variants]
            return Type(kind, [ref for *_, refs in variants for ref in refs], str(shape), name=name, variants=variants)
        if kind == DYNAMIC:
            return Type(kind, [], name=source.name())
        if kind == MAP:
            return Type(kind, [source.varint(), source.varint()])
        if kind == ARRAY:
            ref = source.varint()
            return Type(kind, [ref], source.varint())
        if kind == TUPLE:
            return Type(kind, [source.varint() for _ in range(self.count(source))])
        if kind == VERSIONED:
            version = source.number(1)
            return Type(kind, [source.varint()], version)
        need(kind <= VERSIONED, "a type has an unknown tag")
        return Type(kind, [source.varint()])

    def count(self, source):
        count = source.varint()
        need(count <= 1024, "a type has too many parts")
        return count

    def fields(self, source):
        style = source.number(1)
        need(style <= 2, "fields have an unknown style")
        count = self.count(source)
        need(style or not count, "a unit has fields")
        fields = [(source.name() if style == 2 else None, source.varint()) for _ in range(count)]
        return style, [name for name, _ in fields], [ref for _, ref in fields]

    def kind(self, ref):
        return self.types[ref - FIRST_TYPE].kind if 0 <= ref - FIRST_TYPE < len(self.types) else None

    def check_references(self):
        for ref in [self.root] + [ref for type in self.types for ref in type.refs]:
            need(ref <= NANOS or FIRST_TYPE <= ref < FIRST_TYPE + len(self.types), "a schema refers to no type")
        for type in self.types:
            if type.kind in (NONZERO, COMPACT):
                need(type.refs[0] in INTEGERS, "a NonZero or Compact is of no integer")
            if type.kind == WEAK:
                need(self.kind(type.refs[0]) == SHARED, "a Weak is of no Shared")
            if type.kind == VERSIONED:
                need(self.kind(type.refs[0]) in (STRUCT, ENUM), "a Versioned is of no Struct or Enum")

    def check_form(self):
        """Types are numbered as a walk meets them, and no two are the same."""
        stack, met = [self.root], 0
        while stack:
            ref = stack.pop()
            if ref >= FIRST_TYPE + met:
                need(ref == FIRST_TYPE + met, "types are not numbered in the order of a walk")
                met += 1
                stack.extend(reversed(self.types[ref - FIRST_TYPE].refs))
        need(met == len(self.types), "a type is not reached")
        own = [(type.shape, number if type.kind in (SHARED, DYNAMIC) else None)
               for number, type in enumerate(self.types)]
        # What tells types apart is refined until nothing new does (Moore's algorithm).
        classes, count = [0] * len(self.types), 0
        while True:
            seen = {}
            refined = []
            for number, type in enumerate(self.types):
                parts = [ref if ref < FIRST_TYPE else FIRST_TYPE + classes[ref - FIRST_TYPE] for ref in type.refs]
                refined.append(seen.setdefault((own[number], *parts), len(seen)))
            classes = refined
            if len(seen) == count:
                break
            count = len(seen)
        need(count == len(self.types), "two types of a schema are the same")

    def size(self, ref, within=()):
        """How long the head of a type is."""
        if ref < FIRST_TYPE:
            return SIZES[ref]
        if ref not in self.sizes:
            need(ref not in within, "a type holds itself")
            type = self.types[ref - FIRST_TYPE]
            if type.kind in INLINE:
                sizes = [self.size(part, (*within, ref)) for part in type.refs]
                size = sizes[0] * type.shape[2] if type.kind == ARRAY else sum(sizes)
            elif type.kind == ENUM:
                size = 2 if len(type.variants) > 256 else 1
            else:
                size = HEADS.get(type.kind, 0)
            self.sizes[ref] = size
        return self.sizes[ref]

    def describe(self, ref):
        if ref < FIRST_TYPE:
            return NAMES[ref]
        type = self.types[ref - FIRST_TYPE]
        return type.name if type.name is not None else f"{KINDS[type.kind]} #{ref - FIRST_TYPE}"


def alike(schema, ref, other_schema, other_ref):
    """Whether two types, of two schemas, have one shape."""
    pairs, seen = [(ref, other_ref)], set()
    while pairs:
        pair = ref, other = pairs.pop()
        if pair not in seen:
            seen.add(pair)
            if ref < FIRST_TYPE or other < FIRST_TYPE:
                if ref != other:
                    return False
                continue
            type, other_type = schema.types[ref - FIRST_TYPE], other_schema.types[other - FIRST_TYPE]
            if type.shape != other_type.shape or len(type.refs) != len(other_type.refs):
                return False
            pairs += zip(type.refs, other_type.refs)
    return True


class Stream:
    """Reads one stream from where `source` stands."""

    def __init__(self, source, known):
        self.source, self.known = source, known
        self.data, self.text, self.last = Bytes(b""), b"", False
        self.types, self.used = [], set()
        self.scopes, self.objects = {}, []
        # The objects whose records have come, with rank and class; those that are open; how many are complete.
        self.done, self.open, self.complete = {}, {}, 0
        # The cells of the record that is read, those of them that are deferred, within how many keys it is at.
        self.cells, self.deferred, self.fixed = None, (), 0
        self.pending = []
        self.depth, self.budget = 0, 100_000 + 8 * len(source.data)

    def read(self):
        start = self.source.at
        need(self.source.take(4) == b"\x89PKL", "this is no stream")
        version, flags = self.source.take(2)
        need(version == 1, "the version is unknown")
        need(flags < 8, "a flag is unknown")
        self.embedded, checked, self.sharing = flags & 1, flags & 2, flags & 4
        mark = self.source.take(8)
        self.schema = self.find_schema(mark, self.source.take(self.source.number(4)) if self.embedded else b"")
        root = self.graph() if self.sharing else self.value(self.schema, self.schema.root, 0)
        self.finish()
        if checked:
            crc = zlib.crc32(self.source.data[start:self.source.at])
            need(self.source.number(4) == crc, "the checksum is another")
        result = {"version": version, "flags": flags, "fingerprint": mark.hex(), "types": [n for n, _, _ in self.types]}
        if self.sharing:
            result["objects"] = self.objects
        return dict(result, root=root)

    def find_schema(self, mark, data):
        need(bool(data) == bool(self.embedded), "a schema is there where none should be, or the reverse")
        if self.embedded:
            need(fingerprint(data) == mark, "a schema has another fingerprint")
            if mark not in self.known:
                self.known[mark] = Schema(data)
        need(mark in self.known, f"the schema {mark.hex()} is not known")
        return self.known[mark]

    # Blocks.

    def next_block(self):
        need(not self.last, "values go on after the last block")
        source = self.source
        data, gap, flags, texts = struct.unpack("<IHHI", source.take(12))
        need(flags <= 2, "the flags of a block are unknown")
        need(gap <= 256 and not (gap and flags), "a block has a gap that it may not have")
        need(data or texts or flags == 1, "a block is empty")
        self.data = Bytes(source.take(data))
        need(not any(source.take(gap)), "a gap is not zero")
        self.text = source.take(texts)
        text(self.text)
        self.last = flags == 1
        if flags == 2:
            need(not texts, "a block of types has text")
            self.define()
            self.next_block()

    def define(self):
        while self.data.left():
            name, mark, length = self.data.name(), self.data.take(8), self.data.varint()
            schema = self.find_schema(mark, self.data.take(length))
            self.types.append((name, mark, schema))
            need(len(self.types) <= 4096, "there are too many types")

    def block(self):
        if not self.data.left() and not self.text:
            self.next_block()

    def item(self, length=0):
        """The data lane, for an item of that length."""
        self.block()
        need(length <= self.data.left(), "an item does not end in its block")
        return self.data

    def take(self, length):
        return self.item(length).take(length) if length else b""

    def number(self, length):
        return int.from_bytes(self.take(length), "little")

    def long(self):
        number = self.number(8)
        need(number >= 255, "a long number is below 255")
        return number

    def cut(self, length):
        if not length:
            return ""
        self.block()
        need(length <= len(self.text), "a string does not end in its block")
        self.text, string = self.text[:-length], self.text[-length:]
        return text(string)

    def finish(self):
        if not self.last:
            self.next_block()
        need(self.last and not self.data.left() and not self.text, "bytes are left over")
        need(len(self.used) == len(self.types), "a type is not used")

    # Values. `scope` is the number of the scope whose schema is `schema`, or None where it has no number.

    def value(self, schema, ref, scope):
        return self.body(schema, ref, scope, self.head(schema, ref, Bytes(self.take(schema.size(ref)))))

    def head(self, schema, ref, source):
        """Heads, side by side: a number, or a list of the heads of the parts."""
        self.budget -= 1
        need(self.budget > 0, "there are more values than bytes")
        if ref < FIRST_TYPE:
            return source.take(SIZES[ref])
        type = schema.types[ref - FIRST_TYPE]
        if type.kind == ARRAY:
            return [self.head(schema, type.refs[0], source) for _ in range(type.shape[2])]
        if type.kind in INLINE:
            return [self.head(schema, part, source) for part in type.refs]
        return source.number(schema.size(ref))

    def body(self, schema, ref, scope, head):
        self.depth += 1
        need(self.depth <= DEPTH, "a value is nested too deep for this reader")
        value = self.primitive(ref, head) if ref < FIRST_TYPE else self.composite(schema, ref, scope, head)
        self.depth -= 1
        return value

    def composite(self, schema, ref, scope, head):
        type = schema.types[ref - FIRST_TYPE]
        kind, refs = type.kind, type.refs
        if kind == OPTION:
            need(head <= 1, "an Option is neither 0 nor 1")
            return {"some": self.value(schema, refs[0], scope)} if head else None
        if kind in (SEQUENCE, SET, MAP):
            length = self.long() if head == 255 else head
            if kind == SEQUENCE:
                return self.sequence(schema, refs[0], scope, length)
            return self.keyed(schema, refs, scope, length)
        if kind in (ARRAY, TUPLE):
            refs = refs * len(head) if kind == ARRAY else refs
            return [self.body(schema, part, scope, one) for part, one in zip(refs, head)]
        if kind == PIECE:
            return self.value(schema, refs[0], scope)
        if kind == NONZERO:
            number = self.primitive(refs[0], head[0])
            need(number, "a NonZero is zero")
            return number
        if kind == COMPACT:
            return self.compact(refs[0])
        if kind == STRUCT:
            return {"type": type.name, **self.fields(schema, type.variants[0], scope, head)}
        if kind == ENUM:
            need(head < len(type.variants), "an enum has no such variant")
            variant = type.variants[head]
            source = Bytes(self.take(sum(schema.size(part) for part in variant[3])))
            heads = [self.head(schema, part, source) for part in variant[3]]
            return {"type": type.name, "variant": variant[0], **self.fields(schema, variant, scope, heads)}
        if kind == DYNAMIC:
            number = self.number(1)
            number = self.long() if number == 255 else number
            name, inner = self.use(number)
            inner_scope = self.scope(number)
            return {"dyn": type.name, "type": name, "value": self.value(inner, inner.root, inner_scope)}
        if kind == SHARED:
            number = self.number(4)
            self.refer(number, schema, refs[0])
            return Shared(object=number)
        if kind == WEAK:
            number = self.number(4)
            if number == NOWHERE:
                return {"weak": None}
            self.refer(number, schema, schema.types[refs[0] - FIRST_TYPE].refs[0], weak=True)
            return {"weak": number}
        if kind == CELL:
            return self.cell(schema, refs[0], scope)
        need(head == type.shape[2], "a version is not that of the schema")
        return {"version": head, "value": self.value(schema, refs[0], scope)}

    def primitive(self, ref, head):
        number = int.from_bytes(head, "little", signed=ref >= 9)
        if ref == UNIT:
            return []
        if ref == BOOL:
            need(number <= 1, "a bool is neither 0 nor 1")
            return number == 1
        if ref == CHAR:
            need(number < 0xD800 or 0xE000 <= number <= 0x10FFFF, "a char is none")
            return chr(number)
        if ref in FLOATS:
            number, = struct.unpack(FLOATS[ref], head)
            finite = number - number == 0
            return number if finite else {"float": repr(number), "bits": head[::-1].hex()}
        if ref in (STRING, FUNCTION):
            string = self.cut(self.long() if head[0] == 255 else head[0])
            return {"function": string} if ref == FUNCTION else string
        if ref == NANOS:
            number = int.from_bytes(head, "little")
            need(number < 1_000_000_000, "there are more nanoseconds than a second has")
        return number

    def compact(self, ref):
        number = self.item().varint(8 * SIZES[ref])
        return number >> 1 ^ -(number & 1) if ref >= 9 else number

    def sequence(self, schema, ref, scope, length):
        if ref != U8:
            return [self.value(schema, ref, scope) for _ in range(length)]
        run = bytearray()
        while len(run) < length:
            run += self.take(min(length - len(run), self.item().left() or 1))
        if length <= SHOWN_BYTES:
            return {"bytes": run.hex()}
        return {"bytes": run[:16].hex() + "...", "length": length, "sha256": hashlib.sha256(run).hexdigest()}

    def keyed(self, schema, refs, scope, length):
        entries, seen = [], set()
        for _ in range(length):
            source = Bytes(self.take(sum(schema.size(ref) for ref in refs)))
            heads = [self.head(schema, ref, source) for ref in refs]
            self.fixed += 1
            key = self.body(schema, refs[0], scope, heads[0])
            self.fixed -= 1
            canonical = json.dumps(key)
            need(canonical not in seen, "a key comes twice")
            seen.add(canonical)
            entries.append([key, self.body(schema, refs[1], scope, heads[1])] if len(refs) == 2 else key)
        return {"map" if len(refs) == 2 else "set": entries}

    def fields(self, schema, variant, scope, heads):
        _, style, names, refs = variant
        values = [self.body(schema, ref, scope, head) for ref, head in zip(refs, heads)]
        named = style == 2 and len(set(names)) == len(names)
        return {"fields": dict(zip(names, values)) if named else values} if style else {}

    def use(self, number):
        need(number < len(self.types), "a type is not defined")
        need(self.sharing or number <= len(self.used), "types are not numbered in the order of their use")
        self.used.add(number)
        name, _, schema = self.types[number]
        return name, schema

    # Shared objects.

    def scope(self, number):
        """The scope of the type of this number behind a Dynamic."""
        found = self.scopes.get(number)
        need(found or not self.sharing, "a type behind a Dynamic has no scope")
        return found

    def refer(self, number, schema, ref, weak=False):
        """Checks a reference to an object by a pointer to `ref`."""
        if number in self.done:
            rank, (_, its_schema, its_ref, _) = self.done[number]
            need(not self.fixed or rank < self.complete, "a key refers to an object that is not complete")
        else:
            need(weak and not self.fixed and number in self.open, "a reference to an object that is not there")
            _, its_schema, its_ref, _ = self.open[number]
        need(schema.kind(ref) == DYNAMIC or alike(schema, ref, its_schema, its_ref), "an object is of another type")

    def note_complete(self):
        if not self.open and not self.pending:
            self.complete = len(self.done)

    def cell(self, schema, ref, scope):
        cell = {"cell": None}
        if self.cells is not None:
            self.cells += 1
            if self.cells - 1 in self.deferred:
                need(not self.fixed, "a cell in a key is deferred")
                self.pending.append((cell, schema, ref, scope))
                return cell
        cell["cell"] = self.value(schema, ref, scope)
        return cell

    def graph(self):
        schemas = [self.schema]
        for scope in range(1, 1 + self.number(4)):
            parent, dynamic, number = self.number(4), self.number(4), self.number(4)
            need(parent < scope, "a scope is found in none before it")
            need(schemas[parent].kind(FIRST_TYPE + dynamic) == DYNAMIC, "a scope is of no Dynamic")
            need(number not in self.scopes, "a scope comes twice")
            self.scopes[number] = scope
            schemas.append(self.use(number)[1])
        classes = [self.read_class(schemas) for _ in range(self.number(4))]
        count = self.number(4)
        need(0 < count, "there is no object")
        records = {}
        while True:
            entry = self.number(1)
            need(entry <= 6, "an entry is unknown")
            if entry == 6:
                break
            if entry == 5:
                need(self.pending, "there is nothing to fill")
                pending, self.pending = self.pending, []
                for cell, schema, ref, scope in pending:
                    cell["cell"] = self.value(schema, ref, scope)
                continue
            if entry in (0, 1, 2):
                short, number = self.number(1), self.number(4)
                chosen = self.long() if short == 255 else short
                need(chosen < len(classes), "an object is of no class")
                need(number < count, "an object has a number beyond them all")
                need(number not in self.done and number not in self.open, "an object comes twice")
                self.note_complete()
                if entry == 2:
                    self.open[number] = classes[chosen]
                    continue
                of = classes[chosen]
            else:
                need(self.open, "nothing is open")
                number, of = list(self.open.items())[-1]
            records[number] = self.record(of, entry in (1, 4))
            self.open.pop(number, None)
            self.done[number] = len(self.done), of
        need(len(self.done) == count and not self.open and not self.pending, "an object is not complete")
        self.note_complete()
        self.objects = [records[number] for number in range(count)]
        root = self.value(self.schema, self.schema.root, 0)
        self.check_order(root)
        return root

    def read_class(self, schemas):
        scope, shared, number = self.number(4), self.number(4), self.number(4)
        need(scope < len(schemas), "a class is of no scope")
        schema = schemas[scope]
        need(schema.kind(FIRST_TYPE + shared) == SHARED, "a class is of no Shared")
        ref = schema.types[shared].refs[0]
        need((schema.kind(ref) == DYNAMIC) == (number > 0), "a class has a type where it needs none, or the reverse")
        if not number:
            return schema.describe(ref), schema, ref, scope
        name, inner = self.use(number - 1)
        return name, inner, inner.root, self.scope(number - 1)

    def record(self, chosen, deferring):
        name, schema, ref, scope = chosen
        self.cells, self.deferred = 0, ()
        if deferring:
            ordinals = []
            for _ in range(self.number(4)):
                ordinals.append(self.number(4))
                need(ordinals[-2:] == sorted(set(ordinals[-2:])), "deferred cells are not in order")
            need(ordinals, "no cell is deferred")
            self.deferred = set(ordinals)
        value = self.value(schema, ref, scope)
        need(all(ordinal < self.cells for ordinal in self.deferred), "a deferred cell is not there")
        self.cells, self.deferred = None, ()
        return {"type": name, "value": value}

    def check_order(self, root):
        """Objects are numbered as a walk from the root, and then from each object in turn, meets them."""
        met = 0
        for start in [root] + [one["value"] for one in self.objects]:
            stack = [start]
            while stack:
                value = stack.pop()
                if isinstance(value, Shared):
                    need(value["object"] <= met, "objects are not numbered in the order in which they are met")
                    met += value["object"] == met
                elif isinstance(value, dict):
                    stack.extend(reversed(value.values()))
                elif isinstance(value, list):
                    stack.extend(reversed(value))
        need(met == len(self.objects), "nothing refers to an object")


class Shared(dict):
    """A reference to an object."""


def read_file(path, known):
    with open(path, "rb") as file:
        source = Bytes(file.read())
    streams = [Stream(source, known).read()]
    while source.left():
        streams.append(Stream(source, known).read())
    return streams


def to_json(path, known):
    try:
        return json.dumps({"streams": read_file(path, known)}, ensure_ascii=False, indent=1) + "\n"
    except RecursionError:
        raise Refused("types are nested too deep for this reader") from None


def judge(path, known):
    try:
        to_json(path, dict(known))
        return "a value"
    except Refused as error:
        return f"refused: {error}"


def main(arguments):
    known = {}
    try:
        while arguments[:1] == ["--schemas"] and len(arguments) > 2:
            read_file(arguments[1], known)
            arguments = arguments[2:]
        if arguments[:1] == ["--each"]:
            output = "".join(judge(path, known) + "\n" for path in arguments[1:])
        else:
            need(len(arguments) == 1, "usage: reader.py [--schemas FILE]... FILE | --each FILE...")
            output = to_json(arguments[0], known)
        sys.stdout.buffer.write(output.encode())
    except (Refused, OSError) as error:
        print(f"reader.py: {error}", file=sys.stderr)
        return 1
    return 0


def run():
    """Runs in a thread, whose stack can be as deep as values nest."""
    codes = []
    sys.setrecursionlimit(10 * DEPTH)
    threading.stack_size(256 << 20)
    thread = threading.Thread(target=lambda: codes.append(main(sys.argv[1:])))
    thread.start()
    thread.join()
    return codes[0] if codes else 2


if __name__ == "__main__":
    sys.exit(run())
