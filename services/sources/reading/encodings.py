"""Finds how the letters of a text file are written, and writes them anew as UTF-8 with one kind of line end.

Whole files are decided on, never their first line: a header is plain ASCII where the rows are not. Without a byte
order mark, NUL bytes at every other place mean UTF-16; bytes that are not UTF-8 are a Windows code page. Among these,
Latin ones differ in a few letters, and others (Cyrillic, Greek, East Asian) write whole words with high bytes.
"""

import codecs
import re

from charset_normalizer import from_bytes

_MARKS = (
    (codecs.BOM_UTF8, "utf-8", "UTF-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le", "UTF-32"),
    (codecs.BOM_UTF32_BE, "utf-32-be", "UTF-32"),
    (codecs.BOM_UTF16_LE, "utf-16-le", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16-be", "UTF-16"),
)
_SAMPLE_BYTES = 1 << 20
_MAX_BROKEN_SHARE = 0.01
"""Of the characters beyond ASCII: a UTF-8 file with fewer broken ones is UTF-8 that was damaged."""
_LETTERS = {
    "cp1252": "äöüßéèêëàâçîïôûùœæáíóúñåøõãìòÄÖÜÉÀÈÇÅØÆÑÓÍÁÚ€’‘“”„–—…«»°®™²³½",
    "cp1250": "ąćęłńśźżĄĆĘŁŃŚŹŻčďěňřšťůžČĎĚŇŘŠŤŮŽőűŐŰăşţäöüßéáíóúýôçëâîÄÖÜÉÁÓ€’“”„–—…",
    "cp1254": "ğışİĞŞçöüâîûÇÖÜäßéèêàô€’“”–—…",
}
_WORDS = {
    "cp1252": "Windows-1252",
    "cp1250": "Windows-1250",
    "cp1251": "Windows-1251",
    "cp1253": "Windows-1253",
    "cp1254": "Windows-1254",
    "latin-1": "Latin-1",
    "shift_jis": "Shift JIS",
    "gb18030": "GB 18030",
    "euc_kr": "EUC-KR",
    "big5": "Big5",
}
_NOT_LATIN = ("cp1251", "cp1253", "shift_jis", "gb18030", "euc_kr", "big5")


def to_utf8(content: bytes) -> tuple[bytes, str]:
    """Return a text file as UTF-8 without a mark, its lines ended by line feeds; and the name of its encoding."""
    encoding, words, start = _found(content)
    if start:
        content = content[start:]
    if encoding != "utf-8":
        content = content.decode(encoding, "replace").encode("utf-8", "replace")
    elif words != "UTF-8":
        content = content.decode("utf-8", "replace").encode()
    if b"\r" in content:
        content = content.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return content, words


def _found(content: bytes) -> tuple[str, str, int]:
    """Return Python's name of the encoding, its name for people, and the length of the byte order mark."""
    for mark, encoding, words in _MARKS:
        if content.startswith(mark):
            return encoding, words, len(mark)
    head = content[:_SAMPLE_BYTES]
    if len(head) >= 8 and head.count(b"\0") >= len(head) * 0.2:
        odd, even = head[1::2].count(b"\0"), head[::2].count(b"\0")
        if max(odd, even) >= len(head) * 0.3:
            return ("utf-16-le" if odd > even else "utf-16-be"), "UTF-16", 0
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        pass
    else:
        return "utf-8", "UTF-8", 0
    text = content.decode("utf-8", "replace")
    n_broken, n_beyond = text.count("\ufffd"), sum(len(run) for run in re.findall(r"[^\x00-\x7f]+", text))
    if n_broken <= n_beyond * _MAX_BROKEN_SHARE:
        return "utf-8", "UTF-8 with damaged letters", 0
    encoding = _code_page(content)
    return encoding, _WORDS[encoding], 0


def _code_page(content: bytes) -> str:
    """Return the code page whose letters the bytes beyond ASCII most probably are."""
    lines = b"\n".join(re.findall(rb"[^\r\n]*[\x80-\xff][^\r\n]*", content)[:20_000])[:_SAMPLE_BYTES]
    high = re.findall(rb"[\x80-\xff]+", lines)
    n_high = sum(map(len, high))
    if sum(len(run) for run in high if len(run) >= 3) > n_high / 2:
        best = from_bytes(lines[:100_000], cp_isolation=list(_NOT_LATIN)).best()
        if best is not None:
            return best.encoding
    scores = {encoding: _score(lines, encoding, letters) for encoding, letters in _LETTERS.items()}
    best_latin = max(scores, key=lambda encoding: scores[encoding])
    if scores["cp1252"] >= scores[best_latin] * 0.98:
        best_latin = "cp1252"
    try:
        content.decode(best_latin)
    except UnicodeDecodeError:
        return "latin-1"
    return best_latin


def _score(lines: bytes, encoding: str, letters: str) -> float:
    """Return the share of characters beyond ASCII that are usual letters and signs of the code page's languages."""
    beyond = re.findall(r"[^\x00-\x7f]", lines.decode(encoding, "replace"))
    return sum(letter in letters for letter in beyond) / max(1, len(beyond))
