"""Decides names and percentages (JSON on standard input) by the rule of section 13, once as a Python service
would write it and once with exact fractions."""

import hashlib
import json
import sys
from fractions import Fraction


def is_within_percent(repository, percent):
    position = int.from_bytes(hashlib.sha256(repository.encode("utf-8")).digest()[:4], "big")
    return position * 100 < percent * 2**32


def is_within_exactly(repository, percent):
    position = int(hashlib.sha256(repository.encode("utf-8")).hexdigest()[:8], 16)
    return Fraction(position, 2**32) < Fraction(percent) / 100


questions = json.load(sys.stdin)
json.dump([[is_within_percent(*question), is_within_exactly(*question)] for question in questions], sys.stdout)
