"""What several processes counted is joined, judged and drawn."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from loadtests.bench.plot import bars, over_time
from loadtests.bench.served import Trouble
from loadtests.day import DAY, Scenario
from loadtests.player.book import Book, percentile, sign_of_life, summary
from loadtests.player.people import People, Place, Someone
from loadtests.player.rooms import BY_ALL, HEARD, MILLION
from loadtests.player.tally import Tally
from loadtests.player.verdict import Everybody, Never, Within, judge
from loadtests.stage.locust import LOCUST, Moment, Outcome
from loadtests.stage.report import warnings, write
from loadtests.stage.run import Size

SECOND = 1000 * MILLION


def two_processes() -> Book:
    """One post at second 100, heard in one process after 20 ms and in the other after 50 ms."""
    book = Book()
    for process, took in (("a", 20), ("b", 50)):
        tally = Tally()
        tally.online = 10
        tally.note(HEARD, took)
        tally.count("changes")
        tally.told("hall", 1, 100 * SECOND, 100 * SECOND + took * MILLION)
        book.enter(process, tally.take(100))
    return book


def test_heard_by_all_is_when_the_last_process_has_heard_it() -> None:
    book = two_processes()
    assert book.close(now=101) == []  # another process may say more of it
    assert book.close(now=120) == [50]
    assert book.close() == []
    assert book.times() == {HEARD: {20: 1, 50: 1}, BY_ALL: {50: 1}}
    assert (book.online(), book.counts()) == (20, {"changes": 2})


def test_at_the_end_nobody_is_waited_for() -> None:
    assert two_processes().close() == [50]


def test_a_second_is_handed_over_once() -> None:
    tally = Tally()
    tally.count("gaps")
    assert tally.take(1)["counts"] == {"gaps": 1}
    assert tally.take(2)["counts"] == {}


@pytest.mark.parametrize(("share", "milliseconds"), [(0.5, 50), (0.99, 99), (1.0, 100), (0.001, 1)])
def test_a_percentile_is_the_time_within_which_that_share_was_done(share: float, milliseconds: int) -> None:
    assert percentile(Counter(range(1, 101)), share) == milliseconds
    assert percentile(Counter(), share) == 0


def test_what_must_be_true_is_judged_line_by_line() -> None:
    seen: dict[str, Any] = summary(two_processes()) | {"people": 21}
    seen["counts"]["gaps"] = 2
    bars = (Never("gaps"), Never("doubles"), Within(HEARD, "p50", 20), Within(HEARD, "p99", 49), Everybody())
    assert [line.met for line in judge(seen, bars)] == [False, True, True, False, False]
    (never,) = judge(seen, [Within("resume", "p99", 1)])
    assert (never.measured, never.met) == ("never happened", False)


def test_every_hour_of_the_day_refuses_what_fails_and_most_refuse_gaps_and_doubles() -> None:
    for scenario in DAY.values():
        assert Never("failures") in scenario.bars
    assert all(Never("gaps") in each.bars for each in DAY.values() if each.name != "graphql_browse")


def test_each_process_plays_its_own_people_and_together_they_are_all(tmp_path: Path) -> None:
    everyone = [Someone(number, f"JWT {number}", (0, 1)) for number in range(10)]
    file = People([Place("id", "host", "hall", 7)], everyone, {"MyRooms": "{ }"}).write(tmp_path / "people")
    assert file.stat().st_mode & 0o077 == 0
    shares = [People.read(file, share, 3).everyone for share in range(3)]
    assert sorted(each.number for share in shares for each in share) == list(range(10))
    assert People.read(file).rooms == [Place("id", "host", "hall", 7)]


def test_a_sign_of_life_is_of_the_seconds_that_all_have_told_of() -> None:
    book = two_processes()
    assert sign_of_life(book, began=90, now=102, seconds=5) == ""
    assert sign_of_life(book, began=90, now=106, seconds=5) == "  16 s: 20 online · 0 asked/s · 2 heard/s · p99 50 ms"


# -- what is shown


def an_outcome(locust_cpu: float) -> Outcome:
    moments = [
        Moment(100.0 + at, {"the school": 0.2 * at, "its Postgres": 0.1 * at, LOCUST: locust_cpu * at})
        for at in range(9)
    ]
    book = two_processes()
    book.close()
    told = summary(book) | {"people": 20, "errors": ["3 × <gone>"], "verdict": [["gaps", "none", "2", False]]}
    return Outcome(1, told, moments)


def test_a_report_is_one_page_with_everything_in_it(tmp_path: Path) -> None:
    page = write(tmp_path, "Assembly", "20 people & a head.", an_outcome(0.1), loaders=1).read_text()
    assert "Not all is as it must be." in page
    assert "3 × &lt;gone&gt;" in page
    assert page.count("<svg") == 6
    assert "http://" not in page.replace("http://www.w3.org/2000/svg", "")
    seconds = (tmp_path / "seconds.csv").read_text().splitlines()
    assert seconds[0].startswith("second,online,heard by all count,heard by all p50")
    assert seconds[1].startswith("0,20,1,50,50")


def test_a_report_says_when_locust_itself_had_no_time_left() -> None:
    assert warnings(an_outcome(0.2), loaders=1) == []
    (sentence,) = warnings(an_outcome(0.95), loaders=1)
    assert "95 % of a core in 1 process" in sentence
    assert warnings(an_outcome(0.95), loaders=2) == []


@pytest.mark.parametrize(
    "picture",
    [
        over_time("A & B", "ms", {"ours": [(0, 1.0), (5, 30.0)], "nothing": []}),
        over_time("Empty", "ms", {}),
        bars("CPU", "seconds", {"A & B": [1.0, 2.0, 3.0], "none": [0.0]}),
    ],
)
def test_pictures_are_well_formed(picture: str) -> None:
    assert ElementTree.fromstring(picture).tag.endswith("svg")  # noqa: S314 (made here)


def test_what_it_costs_is_told_of_the_time_when_all_were_there() -> None:
    book = Book()
    for second in range(100, 112):
        tally = Tally()
        for _ in range(5 if second < 104 else 50):  # who comes is not told of much
            tally.note(HEARD, 900 if second < 104 else 7)
        book.enter("", tally.take(second))
    moments = [Moment(100.5 + at, {"the school": 0.2 * at, LOCUST: 0.1 * at}) for at in range(12)]
    outcome = Outcome(0, summary(book, arrival=3), moments)
    steady = outcome.when_all_were_there()
    assert outcome.summary["times when all were there"][HEARD]["p100"] == 7
    assert (steady.seconds, steady.heard) == (5.0, 5 * 50)
    assert steady.spent == pytest.approx({"the school": 1.0, LOCUST: 0.5})


def test_a_run_in_which_nobody_stayed_tells_nothing() -> None:
    with pytest.raises(Trouble, match="too short"):
        Outcome(0, summary(two_processes(), arrival=60), []).when_all_were_there()


@pytest.mark.parametrize("scenario", DAY.values(), ids=DAY)
def test_as_many_as_usual_come_in_the_time_that_the_scenario_says(scenario: Scenario) -> None:
    """Two thousand in fifteen seconds would be another story than a morning."""
    size = Size.of(scenario, None, None)
    assert size.arrival(scenario) == scenario.arrival
    assert size.seconds == pytest.approx(scenario.arrival + 60 * scenario.minutes)
