"""Translates the patterns of botocore's models from Java's regular expressions to Python's.

Differences in the models of Amazon Personalize: Unicode classes (\\p{L}, \\p{Z}, \\p{N}, \\p{ASCII}), which Python's
re lacks; \\d, which is ASCII in Java; and AWS matches the complete value.
"""

import re
import sys
import unicodedata
from functools import cache

_CLASS = re.compile(r"\\p\{(\w+)\}")


@cache
def compiled(pattern: str) -> re.Pattern[str]:
    """Return the pattern for use with fullmatch(). Raises re.error for one that cannot be translated."""
    if all(part in pattern for part in (r"\p{L}", r"\p{N}", "_")):
        # Python's \w is exactly the letters, the numbers and "_"; listing 140,000 characters would need megabytes.
        return re.compile(_translate(pattern.replace(r"\p{L}", r"\w").replace(r"\p{N}", "")))
    return re.compile(_translate(pattern), re.ASCII)


def _translate(pattern: str) -> str:
    return _CLASS.sub(lambda match: _members(match.group(1)), pattern)


@cache
def _members(name: str) -> str:
    """Return the members of a Unicode category for use within brackets; ASCII has brackets of its own."""
    if name == "ASCII":
        return r"[\x00-\x7f]"
    members = [chr(code) for code in range(sys.maxunicode + 1) if unicodedata.category(chr(code)).startswith(name)]
    if not members:
        raise re.error(f"unknown class \\p{{{name}}}")
    return "".join(re.escape(member) for member in members)
