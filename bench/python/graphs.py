"""Pickles the graphs of the benchmark with CPython, one sample for each line that is asked for.

Reads a line `NAME SCALE`, a line of the links, and then `dumps`, `loads` or nothing more. Answers `ok SIZE` or
`ok SIZE REASON`, where the reason is why the stack and the recursion limit that a program starts with do not do, or
`error REASON`; and then the nanoseconds of each sample.

The objects are of plain classes, whose attributes are pickled faster than slots. The collector of cycles is off, which
is the faster way for CPython: nothing here is garbage before it is taken apart.
"""

import gc
import pickle
import sys
import threading
import time


class TreeNode:
    def __init__(self, name, size, parent):
        self.name = name
        self.size = size
        self.parent = parent
        self.children = []


class Part:
    def __init__(self, name, weights):
        self.name = name
        self.weights = weights


class Object:
    def __init__(self, number, label, parts):
        self.number = number
        self.label = label
        self.parts = parts


class GraphNode:
    def __init__(self, number):
        self.number = number
        self.edges = []


class ListNode:
    def __init__(self, value, previous):
        self.value = value
        self.next = None
        self.previous = previous


def tree(scale, links):
    nodes = [TreeNode("node 0", 0, None)]
    for number, parent in enumerate(links, 1):
        node = TreeNode(f"node {number}", number * 3, nodes[parent])
        nodes[parent].children.append(node)
        nodes.append(node)
    return nodes[0]


def dag(scale, links):
    parts = [Part(f"part {number}", [number * i / 8.0 for i in range(8)]) for number in range(100)]
    each = len(links) // scale
    return [
        Object(number, f"object {number}", [parts[link] for link in links[number * each : (number + 1) * each]])
        for number in range(scale)
    ]


def random(scale, links):
    nodes = [GraphNode(number) for number in range(scale)]
    for start, end in zip(links[::2], links[1::2]):
        nodes[start].edges.append(nodes[end])
    return nodes


def list_(scale, links):
    first = last = ListNode(0, None)
    for value in range(1, scale):
        last.next = ListNode(value, last)
        last = last.next
    return first


BUILD = {"tree": tree, "dag": dag, "random": random, "list": list_}


def words(root):
    """What two graphs have in common if they are equal: the objects in the order in which they are met."""
    numbers, queue, out = {}, [], []

    def value(content):
        if isinstance(content, list):
            out.append(len(content))
            for element in content:
                value(element)
        elif hasattr(content, "__dict__"):
            if id(content) not in numbers:
                numbers[id(content)] = len(numbers)
                queue.append(content)
            out.append(("object", numbers[id(content)]))
        else:
            out.append(content)

    value(root)
    for found in queue:
        out.append(type(found).__name__)
        for name, content in found.__dict__.items():
            out.append(name)
            value(content)
    return out


def take_apart(root):
    """Leaves no cycle, and no chain of objects that would have to be dropped one within the other."""
    queue = list(root) if isinstance(root, list) else [root]
    met = {id(found) for found in queue}
    for found in queue:
        content = list(found.__dict__.values())
        for element in content + [element for part in content if isinstance(part, list) for element in part]:
            if hasattr(element, "__dict__") and id(element) not in met:
                met.add(id(element))
                queue.append(element)
    for found in queue:
        found.__dict__.clear()


def round_trip(root):
    data = pickle.dumps(root, protocol=5)
    if pickle.dumps(root, protocol=5) != data:
        raise ValueError("a second dump gives other bytes")
    back = pickle.loads(data)
    same = words(back) == words(root)
    take_apart(back)
    if not same:
        raise ValueError("what was loaded is not what was dumped")
    return data


def answer(text):
    print(text, flush=True)


def serve(root, reason):
    try:
        sys.setrecursionlimit(2**31 - 1)
        data = round_trip(root)
    except (RecursionError, ValueError, MemoryError) as error:
        answer(f"error {error}")
        return
    answer(f"ok {len(data)} {reason}".rstrip())
    for line in sys.stdin:
        request, _, collector = line.strip().partition(" ")
        if collector:
            gc.enable()
        start = time.perf_counter_ns()
        made = pickle.dumps(root, protocol=5) if request == "dumps" else pickle.loads(data)
        taken = time.perf_counter_ns() - start
        gc.disable()
        answer(taken)
        if request == "loads":
            take_apart(made)
        del made


def on_deep_stack(work):
    """Runs on the deepest stack that this system gives a thread."""
    for mebibytes in (4000, 1000, 250, 60, 15):
        try:
            threading.stack_size(mebibytes << 20)
            thread = threading.Thread(target=work)
            thread.start()
        except (ValueError, RuntimeError):
            continue
        thread.join()
        return
    work()


def main():
    gc.disable()
    name, scale = sys.stdin.readline().split()
    links = [int(link) for link in sys.stdin.readline().split()]
    root = BUILD[name](int(scale), links)
    reason = ""
    try:
        pickle.dumps(root, protocol=5)
    except RecursionError as error:
        reason = str(error)
    on_deep_stack(lambda: serve(root, reason))


main()
