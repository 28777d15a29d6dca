"""What is made of measurements."""

from __future__ import annotations

from xml.etree import ElementTree

import msgspec
import pytest

from edusphere.contract.events import MessagePosted
from loadtests.bench.assembly import event
from loadtests.bench.line import between
from loadtests.bench.page import Page
from loadtests.bench.plot import chart
from loadtests.bench.table import Goal, Table, figure, goals
from loadtests.bench.watching import shares


def test_a_line_tells_what_a_post_costs_once_and_what_each_delivery_adds() -> None:
    line = between({1_000: 99_999, 100: 1_000 + 100 * 10, 10_000: 1_000 + 10_000 * 10})
    assert line.once == pytest.approx(1_000)
    assert line.each == pytest.approx(10)


def test_a_line_through_one_point_is_flat() -> None:
    assert between({1_000: 5.0}).each == 0


@pytest.mark.parametrize(
    ("goal", "met"),
    [
        (Goal.most("ratio", [1.0, 1.24, 9.0], 1.25), True),
        (Goal.most("ratio", [1.0, 1.26, 1.3], 1.25), False),
        (Goal.least("times", [44.0, 46.0], 45.0), True),
        (Goal.least("times", [0.9, 0.8], 1.0), False),
        (Goal.most("tasks", [0.0], 0.0), True),
    ],
)
def test_a_goal_is_met_by_the_median(goal: Goal, met: bool) -> None:
    assert goal.met is met


def test_goals_say_plainly_which_is_missed() -> None:
    table = goals([Goal.most("one", [1.0], 2.0), Goal.most("two", [3.0], 2.0)])
    assert [row[-1] for row in table.rows] == ["yes", "**no**"]
    assert "| two | ≤ 2 | 3.00 | **no** |" in str(table)


def test_a_figure_is_a_median_with_its_range() -> None:
    assert figure([3.0, 1.0, 2.0]) == "2.0 (1.0–3.0)"
    assert figure([2.0, 2.0]) == "2.0"


def test_a_picture_holds_every_series_and_is_well_formed() -> None:
    svg = chart("A & B", "sockets", "µs", {"ours": {100: [10.0, 12.0], 1_000: [9.0]}, "C": {100: [8.0], 1_000: [7.0]}})
    root = ElementTree.fromstring(svg)  # noqa: S314 (made here)
    texts = [element.text for element in root.iter("{http://www.w3.org/2000/svg}text")]
    assert {"A & B", "● ours", "● C", "1,000"} <= set(texts)
    assert len(list(root.iter("{http://www.w3.org/2000/svg}circle"))) == 4


def test_a_page_is_kept_with_its_pictures(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("results")
    page = Page("Posts", "What it costs.", [Table("Goals", ["", "goal"])], {"cost.svg": "<svg/>"})
    file = page.keep(folder, "posts")
    assert file.read_text().startswith("# Posts\n\nWhat it costs. ")
    assert "![cost](cost.svg)" in file.read_text()
    assert (folder / "cost.svg").read_text() == "<svg/>"


def test_other_servers_are_given_a_frame_like_our_own() -> None:
    frame = event().encode()
    posted = msgspec.json.decode(frame, type=MessagePosted)
    assert len(msgspec.json.encode(posted)) == len(frame)


def test_a_profile_tells_our_functions_apart_and_packages_as_wholes() -> None:
    told = shares(
        {
            "/home/a/edusphere/realtime/direct.py:DirectConnection._put": 6,
            "/home/a/.venv/lib/python3.11/site-packages/h11/_util.py:validate": 1,
            "/home/a/.venv/lib/python3.11/site-packages/h11/_events.py:Request.__init__": 1,
            "/usr/lib/python3.11/asyncio/runners.py:Runner.run": 1,
            "/usr/lib/python3.11/asyncio/tasks.py:wait": 1,
        }
    )
    assert told == {
        "DirectConnection._put (`edusphere/realtime/direct.py`)": pytest.approx(0.6),
        "*h11*": pytest.approx(0.2),
        "*the loop*": pytest.approx(0.1),
        "`asyncio/tasks.py`": pytest.approx(0.1),
    }
