"""Decodes text files of any program."""

import codecs


def decode(content):
    """Returns the text of a file, and a list of notes about its encoding.

    Args:
        content: the bytes of the file: UTF-8, UTF-16 with a byte order mark, or Latin-1. NUL bytes
            and Ctrl-Z, which some programs write at the end, are left out.
    """
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16", errors="replace"), []
    content = content.translate(None, b"\0\x1a")
    try:
        return content.decode("utf-8-sig"), []
    except UnicodeDecodeError:
        return content.decode("latin-1"), ["is not in UTF-8 and was read as Latin-1"]
