"""Which column is the price: by name, by what its cells hold and by its size; said with the others, refused when no rule decides."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from gramlib.errors import DataContractError, ParameterError
from gramlib.params.suggest import did_you_mean
from gramlib.sources.files.bars import last_price_of
from gramlib.sources.files.calendar_days import Days
from gramlib.sources.files.column_names import currency_of, plain, price_rank, unit_named, why_no_price
from gramlib.sources.files.decimal_mark import decide_mark
from gramlib.sources.files.layout import Table
from gramlib.sources.files.number_column import NumberColumn, read_numbers
from gramlib.sources.files.vocabulary import BAR_EDGES
from gramlib.sources.price_unit import is_gold, spread_around_history
from gramlib.sources.raw import Decision


@dataclass(frozen=True)
class Chosen:
    """The price column: its name, the numbers in it, the unit its name speaks of ("" for none) and what was decided."""

    name: str
    numbers: NumberColumn
    unit_named: str
    decisions: tuple[Decision, ...]


@dataclass(frozen=True)
class _Candidate:
    place: int
    name: str
    above: str
    numbers: NumberColumn
    rank: int | None
    unit: str

    @property
    def edge(self) -> bool:
        """Whether it is a side of a daily bar that is not its last price."""
        return self.rank is None and bool(BAR_EDGES.search(plain(self.name)))


class PriceColumns:
    """The columns of `table` that may be prices, read once; `mark` is the decimal mark asked for (auto, point, comma)."""

    def __init__(self, table: Table, mark: str = "auto") -> None:
        self.table = table
        self.mark = mark
        self.left_out: dict[str, str] = {}
        self.candidates: list[_Candidate] = []
        for place, name in enumerate(table.names):
            if place in (table.dates, table.times):
                continue
            numbers = read_numbers(table.columns[place], mark)
            reason = self._why_not(name, table.above[place], numbers)
            if reason:
                self.left_out[name] = reason
            else:
                self.candidates.append(
                    _Candidate(
                        place, name, table.above[place], numbers, price_rank(name), unit_named(table.above[place])
                    )
                )
        marks = {
            item.numbers.mark
            for item in self.candidates
            if item.numbers.other is None and item.numbers.marks_seen != "decimal point"
        }
        if mark == "auto" and marks == {"comma"}:  # the file's other columns say how it writes numbers
            self.candidates = [self._as_comma(item) for item in self.candidates]

    def level(self, days: Days) -> float:
        """Spread of the most telling column around the monthly history under these dates; NaN without one."""
        spreads = [spread_around_history(days, values) for item in self.candidates for values in _both(item.numbers)]
        known = [spread for spread in spreads if np.isfinite(spread)]
        return min(known) if known else float("nan")

    def choose(self, days: Days, wanted: str, unit: str) -> Chosen:
        """The column named `wanted`, or the one the rules choose for `unit` (auto, oz, g, kg, tola) when it is empty.

        Rules: never another currency, metal or quantity; never a name that says another weight than the unit asked
        for; names that state the weight asked for (ounces where none was) before others; the most telling name of
        vocabulary.PRICE_RANKS whose size is that of gold; without names, the last price of a bar, or the only column whose
        size is that of gold. Raises ParameterError for a column that is not there, DataContractError when no rule
        decides or the column is in another currency.
        """
        if wanted:
            return self._named(days, wanted, unit)
        able = [item for item in self.candidates if unit == "auto" or item.unit in ("", unit)]
        stated = [item for item in able if item.unit in (("", "oz") if unit == "auto" else (unit,))]
        for group in (stated, [item for item in able if item not in stated]):
            picked = self._best(group, days)
            if picked is not None:
                return self._chosen(picked[0], days, picked[1], able, unit)
        raise self._undecided(able, unit)

    def _why_not(self, name: str, above: str, numbers: NumberColumn) -> str:
        currency = currency_of(above)
        if numbers.percent:
            return "percent"
        if numbers.readable == 0 or not numbers.numeric:
            return "no numbers"
        if currency != "USD" or numbers.currency not in ("", "USD"):
            return f"in {currency if currency != 'USD' else numbers.currency}"
        return why_no_price(name)

    def _as_comma(self, item: _Candidate) -> _Candidate:
        comma = read_numbers(self.table.columns[item.place], "comma")
        return replace(item, numbers=comma) if comma.readable == item.numbers.readable else item

    def _best(self, group: list[_Candidate], days: Days) -> tuple[_Candidate, str] | None:
        sized = [item for item in group if any(is_gold(days, values) for values in _both(item.numbers))]
        named = sorted((item for item in group if item.rank is not None), key=lambda item: (item.rank, item.place))
        for item in named:
            if item in sized:
                return self._twin_free(item, group), "by its name and its size"
        sides = last_price_of([(item.name, item.numbers.values) for item in group], days)
        if sides is not None:
            item = group[sides[0]]
            if not sized or item in sized:
                return item, sides[1]
        inner = [item for item in sized if not item.edge] or sized
        if len(inner) == 1:
            return inner[0], "the only column of the size of gold" if len(group) > 1 else "the only column of numbers"
        if named:
            return self._twin_free(named[0], group), "by its name"
        return (group[0], "the only column of numbers") if len(group) == 1 else None

    def _twin_free(self, item: _Candidate, group: list[_Candidate]) -> _Candidate:
        for other in group:
            if (
                other.place != item.place
                and other.name == item.name
                and not np.array_equal(other.numbers.values, item.numbers.values, equal_nan=True)
            ):
                raise DataContractError(
                    f"two columns are called {item.name!r} and differ",
                    expected="each column with its own name",
                    origin=self.table.origin,
                    remedy="give each column its own name",
                )
        return item

    def _named(self, days: Days, wanted: str, unit: str) -> Chosen:
        names = self.table.names
        folded = {plain(name): name for name in reversed(names)}
        exact = wanted if wanted in names else folded.get(plain(wanted), "")
        if not exact or self.table.place(exact) == self.table.dates:
            raise ParameterError(
                f"the price file has no price column {wanted!r}{did_you_mean(wanted, names)}",
                expected=f"one of {', '.join(name for name in names if self.table.place(name) != self.table.dates)}",
                origin=f"data.column, {self.table.origin}",
                remedy="mend data.column, or leave it empty to let the rules choose",
            )
        place = self.table.place(exact)
        above = self.table.above[place]
        numbers = read_numbers(self.table.columns[place], self.mark)
        currency = currency_of(above) if currency_of(above) != "USD" else numbers.currency or "USD"
        if currency != "USD":
            raise DataContractError(
                f"column {exact!r} is in {currency}",
                expected="a price in USD (no conversion is built)",
                origin=self.table.origin,
                remedy="name a column in USD",
            )
        if not numbers.numeric:
            raise DataContractError(
                f"column {exact!r} holds {'percentages' if numbers.percent else 'no numbers'}, such as {self.table.columns[place][0]!r}",
                expected="prices in USD",
                origin=self.table.origin,
                remedy="name the price column, or leave data.column empty",
            )
        item = _Candidate(place, exact, above, numbers, price_rank(exact), unit_named(above))
        return self._chosen(item, days, "named in data.column", self.candidates, unit)

    def _chosen(self, item: _Candidate, days: Days, why: str, able: list[_Candidate], unit: str) -> Chosen:
        numbers, mark = decide_mark(item.numbers, days, self.mark, unit if unit != "auto" else item.unit)
        beside = [other for other in able if other.place != item.place]
        others = [other.name for other in beside if is_gold(days, other.numbers.values)]
        left = [f"{other.name} (not of the size of gold)" for other in beside if other.name not in others]
        left += [f"{name} ({reason})" for name, reason in self.left_out.items()]
        seen = "; ".join(
            part
            for part in (
                f"other prices: {', '.join(others)}" if others else "",
                f"no prices: {', '.join(left[:8])}" if left else "",
            )
            if part
        )
        column = Decision("column", "note" if others and why != "named in data.column" else "ok", f"price in {item.name!r}" + (f"; {seen}" if seen else ""),
                          "one price column in USD", f"taken, {why}")  # fmt: skip
        decisions = [column, mark]
        if numbers.unknown_words:
            decisions.append(Decision("words", "warning", f"{numbers.unknown_words:,} cell(s) hold words: {', '.join(repr(w) for w in numbers.words[:4])}",
                                      "numbers, or words that mean missing", "taken as missing"))  # fmt: skip
        elif numbers.words:
            decisions.append(
                Decision(
                    "words",
                    "note",
                    f"cells hold {', '.join(repr(w) for w in numbers.words[:4])}",
                    "numbers",
                    "taken as missing",
                )
            )
        return Chosen(item.name, numbers, item.unit, tuple(decisions))

    def _undecided(self, able: list[_Candidate], unit: str) -> DataContractError:
        if self.candidates and not able:
            what = "; ".join(f"{item.name!r} is per {item.unit}, not per {unit}" for item in self.candidates)
        elif able:
            what = f"{len(able)} could be it: {', '.join(item.name for item in able)}"
        elif self.left_out:
            what = ", ".join(
                f"{name!r} is no price in USD ({reason})" for name, reason in list(self.left_out.items())[:6]
            )
        else:
            what = f"{self.table.names[self.table.dates]!r} is the only column"
        return DataContractError(
            f"no price column can be told: {what}",
            expected="a column of gold prices in USD, called gold_usd_per_oz, usd_pm, price, close …",
            origin=self.table.origin,
            remedy="name it in data.column (gram ingest --column), or give prices in USD",
        )


def _both(numbers: NumberColumn) -> list[NDArray[np.float64]]:
    return [numbers.values] if numbers.other is None else [numbers.values, numbers.other]
