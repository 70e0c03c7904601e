"""The check of credit codes is python-stdnum's."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from stdnum.cn import uscc

from registry_api.core.organization.credit_code import check_character_holds

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


@given(st.text(ALPHABET, min_size=17, max_size=17))
@example("0" * 17)
@example("Y" * 17)
def test_of_all_check_characters_the_one_of_python_stdnum_holds(body: str) -> None:
    holding = [c for c in ALPHABET if check_character_holds(body + c)]
    assert holding == [uscc.calc_check_digit(body)]


@pytest.mark.parametrize(
    "code", ["", "521101087699048930 ", "52110108769904893", "5211010876990489 3"]
)
def test_what_is_no_code_does_not_hold(code: str) -> None:
    assert not check_character_holds(code)


@given(st.text(min_size=18, max_size=18))
def test_whatever_is_sent_is_answered(code: str) -> None:
    assert not check_character_holds(code) or set(code) <= set(ALPHABET)
