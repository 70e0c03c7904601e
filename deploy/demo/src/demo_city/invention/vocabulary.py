"""Invented names, and what departments are called (``data/vocabulary.toml``)."""

import tomllib
from collections import Counter
from functools import cache
from importlib.resources import files
from typing import Any

from demo_city.invention.chance import Weighted


@cache
def vocabulary() -> dict[str, Any]:
    """The content of ``vocabulary.toml``."""
    text = files("demo_city").joinpath("data/vocabulary.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@cache
def words_for(kind: str, category: str) -> tuple[str, ...]:
    """The last words that a name of this kind and category may have."""
    return tuple(vocabulary()["words"][kind][category])


@cache
def supervising_systems(category: str) -> Weighted[str]:
    """The systems that supervise dual-managed organizations of a category."""
    return Weighted(vocabulary()["supervising"][category])


def department_template(system: str, level: str) -> str:
    """What the department of a system is called at a level, with ``{province}`` … to fill in."""
    template: str = vocabulary()["departments"][system][level]
    return template


class NameBook:
    """Gives out brand + word so that no two organizations of a city share a name.

    The n-th name with a word gets the n-th brand of a fixed shuffle, so uniqueness needs no memory
    of the names given. Over a whole country brands come round again, in other districts mostly.
    """

    def __init__(self) -> None:
        """Starts at the first brand of every word."""
        self._syllables: str = vocabulary()["syllables"]
        self._given: dict[str, int] = {}
        self._turns: Counter[tuple[str, ...]] = Counter()

    def next_word(self, words: tuple[str, ...]) -> str:
        """The words in turn, so that each gets its share."""
        turn = self._turns[words]
        self._turns[words] += 1
        return words[turn % len(words)]

    def name(self, prefix: str, word: str) -> str:
        """A new name, such as 深圳市罗湖区 + 澜岚 + 幼儿园."""
        serial = self._given.setdefault(word, len(self._given) * 97)  # not all words start alike
        self._given[word] = serial + 1
        return prefix + self.brand(serial) + word

    def brand(self, serial: int) -> str:
        """The *serial*-th brand: every third has three syllables, the others two.

        All different for the first 5,600 or so, when the pairs are used up.
        """
        length, turn = (3, serial // 3) if serial % 3 == 2 else (2, serial - serial // 3)
        space = 1
        for taken in range(length):
            space *= len(self._syllables) - taken
        index = turn * 7_919 % space  # 7919 is a prime that divides no such space
        left = self._syllables
        brand = ""
        for _ in range(length):
            index, at = divmod(index, len(left))
            brand += left[at]
            left = left[:at] + left[at + 1 :]
        return brand
