"""Reads a `.skeleton` file token by token, independently of the parser under test."""


def read(data):
    """Returns the number of frames and {identity: ([frames], [25 lists of 12 numbers, ...])}."""
    tokens = iter(data.decode("ascii").split())
    length, bodies = int(next(tokens)), {}
    for frame in range(length):
        for _ in range(int(next(tokens))):
            identity = int(next(tokens))
            for _ in range(9):
                float(next(tokens))
            joints = [[float(next(tokens)) for _ in range(12)] for _ in range(int(next(tokens)))]
            frames, blocks = bodies.setdefault(identity, ([], []))
            frames.append(frame)
            blocks.append(joints)
    assert next(tokens, None) is None
    return length, bodies
