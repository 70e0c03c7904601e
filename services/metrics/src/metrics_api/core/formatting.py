"""How figures and dates are written in Chinese and in English."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from fractions import Fraction
from typing import Literal

from metrics_api.core.definitions.indicators import Tally
from servicekit.errors import Text

Language = Literal["zh", "en"]

NOTHING = "–"
"""Stands for a rate of nobody."""

_MONTHS = "January February March April May June July August September October November December"
_CHINA = timezone(timedelta(hours=8))


@dataclass(frozen=True, slots=True)
class Formatter:
    """One language: its words by name, and its way to write figures."""

    language: Language
    words: Mapping[str, Text]

    def __call__(self, name: str, /, **facts: object) -> str:
        """The words called `name`, their `{places}` filled from `facts`."""
        return self.say(self.words[name]).format_map(facts)

    def say(self, wording: Text) -> str:
        """A wording in this language."""
        return wording.en if self.language == "en" else wording.zh

    def within(self, wording: Text) -> str:
        """A title inside a sentence: English ones lose their capital, "5A" and the like keep it."""
        title = self.say(wording)
        return title[:1].lower() + title[1:] if title[1:2].islower() else title

    @property
    def tag(self) -> str:
        """The language tag of BCP 47."""
        return "en" if self.language == "en" else "zh-CN"

    def count(self, number: int) -> str:
        """A whole number, its thousands set apart."""
        return f"{number:,}"

    def rate(self, tally: Tally) -> str:
        """A share in percent, one decimal; a ratio of sums with two decimals.

        It is never all or nobody where some are left.
        """
        if not tally.denominator:
            return NOTHING
        if not tally.is_share:
            return f"{tally.rate:,.2f}"
        permille = (tally.numerator * 2000 + tally.denominator) // (tally.denominator * 2)
        if permille == 1000 and tally.numerator < tally.denominator:
            return ">99.9%"
        if permille == 0 and tally.numerator:
            return "<0.1%"
        return f"{permille // 10}.{permille % 10}%"

    def share(self, share: Fraction) -> str:
        """A goal in percent, its decimals only where it has some."""
        percent = share * 100
        return f"{percent.numerator}%" if percent.denominator == 1 else f"{float(percent):.1f}%"

    def ratio(self, tally: Tally) -> str:
        """How many of how many."""
        above, below = (
            self.amount(Fraction(figure, by))
            for figure, by in zip((tally.numerator, tally.denominator), tally.divisors, strict=True)
        )
        return f"{above} / {below}"

    def amount(self, amount: Fraction) -> str:
        """A number that need not be whole, one decimal where it is not."""
        return self.count(int(amount)) if amount.denominator == 1 else f"{float(amount):,.1f}"

    def day(self, day: date) -> str:
        """A civil date in words."""
        if self.language == "en":
            return f"{day.day} {_MONTHS.split()[day.month - 1]} {day.year}"
        return f"{day.year}年{day.month}月{day.day}日"

    def moment(self, at: datetime) -> str:
        """A moment in China's time, to the minute."""
        local = at.replace(tzinfo=at.tzinfo or UTC).astimezone(_CHINA)
        return f"{self.day(local.date())} {local:%H:%M}"

    def list(self, items: tuple[str, ...]) -> str:
        """Items one after the other."""
        return (", " if self.language == "en" else "、").join(items)
