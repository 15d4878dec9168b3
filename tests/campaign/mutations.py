"""Damage of files and messages, the same for the same random numbers."""

_SPANS = (0, 1, 1, 2, 4, 16, 128, 512)


def mutated(content, random_):
    """Returns bytes with one to four changes: flipped, left out, put in, doubled or cut off."""
    content = bytearray(content)
    for _ in range(random_.choice((1, 1, 1, 2, 4))):
        start = random_.randrange(len(content) + 1)
        end = min(start + random_.choice(_SPANS), len(content))
        kind = random_.randrange(6)
        if kind == 0:
            del content[start:end]
        elif kind == 1:
            content[start:start] = random_.randbytes(random_.choice(_SPANS))
        elif kind == 2:
            content[start:start] = content[start:end]
        elif kind == 3 and random_.random() < 0.3:
            del content[start:]
        elif kind == 4:  # numbers and separators are what texts consist of
            content[start:end] = bytes(
                random_.choices(b"0123456789-.e, \n\t{}[]\"'", k=end - start)
            )
        else:
            content[start:end] = random_.randbytes(end - start)
    return bytes(content)


def cut(path, random_):
    """Keeps the first bytes of a file."""
    size = path.stat().st_size
    with open(path, "r+b") as file:
        file.truncate(random_.randrange(max(size, 1)))


def emptied(path, _):
    """Leaves an empty file."""
    path.write_bytes(b"")


def flipped(path, random_):
    """Changes eight bytes of a file."""
    content = bytearray(path.read_bytes())
    for _ in range(8 if content else 0):
        content[random_.randrange(len(content))] ^= random_.randrange(1, 256)
    path.write_bytes(content)


def removed(path, _):
    """Deletes a file."""
    path.unlink()


DAMAGES = (cut, emptied, flipped, removed)
