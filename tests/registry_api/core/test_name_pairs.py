"""Searching by pairs of characters: what is forgiven, and that it finds what is meant."""

import random
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

import demo_city
from registry_api.core.organization.name_pairs import name_pairs, needed, pairs_within, plain

LETTERS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20)
IDEOGRAPHS = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF), max_size=12)


def test_width_case_spaces_and_punctuation_make_no_difference() -> None:
    assert plain("（ＡＢＣ）·罗湖 医院！") == "abc罗湖医院"
    assert name_pairs("ＡＢＣ医院") == name_pairs("abc 医院")


@given(LETTERS)
def test_pairs_are_sorted_distinct_and_fit_postgresqls_integer(name: str) -> None:
    pairs = name_pairs(name)
    assert pairs == sorted(set(pairs))
    assert all(-(2**31) <= pair < 2**31 for pair in pairs)
    assert bool(pairs) == (len(plain(name)) >= 2)


@given(LETTERS, IDEOGRAPHS, LETTERS)
def test_a_name_has_the_pairs_of_each_of_its_parts(before: str, part: str, after: str) -> None:
    assert set(pairs_within(part)) <= set(name_pairs(before + part + after))


@given(IDEOGRAPHS.filter(lambda text: len(set(text)) == len(text) >= 4), st.data())
def test_one_wrong_character_among_four_or_more_leaves_enough_pairs(
    name: str, data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(name) - 1))
    asked = name_pairs(name[:place] + "〇" + name[place + 1 :])
    assert len(set(asked) & set(name_pairs(name))) >= needed(len(asked))


def _wrong(text: str, kind: str, chance: random.Random, letters: str) -> str:
    place = chance.randrange(len(text) - 1)
    spoilt = {
        "another": text[:place] + chance.choice(letters) + text[place + 1 :],
        "missing": text[:place] + text[place + 1 :],
        "extra": text[:place] + chance.choice(letters) + text[place:],
        "swapped": text[:place] + text[place + 1] + text[place] + text[place + 2 :],
    }
    return spoilt[kind]


def _misspelt(names: list[str], length: int, kind: str) -> Iterator[tuple[str, str]]:
    chance = random.Random(length)  # noqa: S311 - the same errors every time
    letters = "".join(sorted({letter for name in names for letter in name}))
    for name in chance.sample(names, 60):
        start = chance.randrange(len(name) - length + 1)
        yield name, _wrong(name[start : start + length], kind, chance, letters)


@pytest.mark.parametrize("length", [4, 5, 6])
@pytest.mark.parametrize("kind", ["another", "missing", "extra", "swapped"])
def test_a_misspelt_part_of_a_name_finds_it_among_the_whole_city(length: int, kind: str) -> None:
    names = [state["name"].removeprefix("深圳市") for state in demo_city.organizations()]
    names = [name for name in names if len(name) >= length]
    sets = [frozenset(name_pairs(name)) for name in names]
    found = 0
    for meant, query in _misspelt(names, length, kind):
        asked = frozenset(name_pairs(query))
        shared = len(asked & frozenset(name_pairs(meant)))
        closer = sum(len(asked & other) > shared for other in sets)
        found += shared >= needed(len(asked)) and closer < 10
    assert found >= 54, f"{found} of 60"
