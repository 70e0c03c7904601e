"""Texts of refusals and rules are whole, in both languages, or nothing starts."""

import gc
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.servicekit.sample.app import Gone

from servicekit.errors.messages import (
    Text,
    TextError,
    package_of_texts,
    read_problems,
    read_rules,
    read_texts,
)
from servicekit.errors.refusal import Refusal, Violation, check_refusals, kinds_of_refusals, text_of
from servicekit.errors.standard import NotFound

PACKAGE = "texts_of_a_test"


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The `messages` of a package that is written by the test."""
    (tmp_path / PACKAGE / "messages").mkdir(parents=True)
    (tmp_path / PACKAGE / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, PACKAGE, raising=False)
    for read in (read_texts, read_problems, read_rules, package_of_texts):
        read.cache_clear()
    yield tmp_path / PACKAGE / "messages"
    gc.collect()  # kinds of refusals that a test has defined are gone with it


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("a: {zh: 甲}", "zh and en are expected"),
        ("a: {zh: 甲, en: A, fr: A}", "zh and en are expected"),
        ("a: {zh: 甲, en: 1}", "are texts"),
        ("a: 甲", "zh and en are expected"),
        ("a: {zh: '甲{x}', en: A}", "one language only: .'x'"),
        ("a: {zh: '甲{x}', en: 'A{y}', one_language: [x]}", "one language only: .'x', 'y'"),
        ("a: {zh: '甲{', en: 'A'}", "'{'"),
        ("a: {zh: 甲, en: A}\na: {zh: 乙, en: B}", "there twice: .'a'"),
        ("a: {zh: 甲, zh: 乙, en: A}", "there twice: .'zh'"),
        ("yes: {zh: 是, en: Yes}", "quoted: .True"),
        ("- a", "texts by key"),
        ("a: {", "while parsing"),
    ],
)
def test_a_text_that_is_not_whole_is_an_error(package: Path, text: str, error: str) -> None:
    (package / "rules.yaml").write_text(text, "utf-8")
    with pytest.raises(TextError, match=error):
        read_texts(PACKAGE, "rules")


def test_places_are_those_of_both_languages_unless_they_say_otherwise(package: Path) -> None:
    (package / "rules.yaml").write_text(
        "a: {zh: '甲{x}', en: 'A{x}{y}', one_language: [y]}\nb: {zh: '乙{zh}', en: 'B{en}'}\n",
        "utf-8",
    )
    texts = read_rules(PACKAGE)
    assert texts["a"] == Text("甲{x}", "A{x}{y}")
    assert texts["b"].say("en", {"zh": "乙", "en": "B"}) == "BB"
    assert texts["missing"] == read_rules()["missing"]


def test_a_file_that_is_not_there_is_an_error(package: Path) -> None:
    with pytest.raises(TextError, match="rules"):
        read_texts(PACKAGE, "rules")


def test_a_problem_has_a_title_and_a_detail(package: Path) -> None:
    (package / "problems.yaml").write_text("a: {title: {zh: 甲, en: A}}", "utf-8")
    with pytest.raises(TextError, match="title and detail"):
        read_problems(PACKAGE)


def test_every_refusal_has_texts_and_every_text_a_refusal() -> None:
    kinds = list(kinds_of_refusals())
    assert {Gone, NotFound} <= set(kinds)
    check_refusals(kinds)


def test_a_subclass_without_a_code_is_the_same_kind_of_problem() -> None:
    class ReallyGone(Gone):
        pass

    assert text_of(ReallyGone) == text_of(Gone)
    assert str(ReallyGone(Violation("/a", "missing"), what="x")) == (
        "gone {'what': 'x'} /a: missing (None)"
    )


def test_a_code_without_texts_is_an_error(package: Path) -> None:
    class Unknown(Refusal):
        __module__ = f"{PACKAGE}.core"
        code = "unknown"
        status = 409

    (package / "problems.yaml").write_text("{}", "utf-8")
    with pytest.raises(TextError, match="lacks 'unknown'"):
        check_refusals([Unknown])


def test_texts_without_a_refusal_and_two_of_one_code_are_errors(package: Path) -> None:
    text = "{title: {zh: 甲, en: A}, detail: {zh: 甲, en: A}}"
    (package / "problems.yaml").write_text(f"one: {text}\ntwo: {text}", "utf-8")

    class One(Refusal):
        __module__ = PACKAGE + ".core"
        code = "one"
        status = 409

    class Other(Refusal):
        __module__ = PACKAGE + ".core"
        code = "one"
        status = 409

    with pytest.raises(TextError, match="no refusal has the texts"):
        check_refusals([One])
    with pytest.raises(TextError, match="Other and One are both 'one'"):
        check_refusals([One, Other])


def test_a_refusal_without_status_is_an_error(package: Path) -> None:
    class Vague(Refusal):
        __module__ = PACKAGE + ".core"
        code = "vague"

    (package / "problems.yaml").write_text(
        "vague: {title: {zh: 甲, en: A}, detail: {zh: 甲, en: A}}", "utf-8"
    )
    with pytest.raises(TextError, match="no status"):
        check_refusals([Vague])
