"""When a school talks: before the first lesson, in the breaks, after school; little at weekends, not at night."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from random import Random

WEEKS = 8

# From, to, and how much of the day's talk begins in between.
SCHOOL_DAY = [
    (time(7, 45), time(8, 30), 6),
    (time(8, 30), time(12, 0), 3),
    (time(12, 0), time(12, 50), 4),
    (time(12, 50), time(15, 0), 3),
    (time(15, 0), time(17, 30), 8),
    (time(17, 30), time(19, 45), 6),
]
DAY_OFF = [(time(10, 0), time(18, 30), 1)]
DAY_OFF_TALK = 0.1
"""How much is said on a Saturday or Sunday, compared with a school day."""


def beginning(now: datetime) -> datetime:
    return now - timedelta(weeks=WEEKS)


def draw_times(now: datetime, count: int, rng: Random) -> list[datetime]:
    """Return when so many conversations begin in the weeks before `now`, in order."""
    times: list[datetime] = []
    while len(times) < count:
        at = _on(now - timedelta(days=rng.randint(0, 7 * WEEKS)), rng)
        if beginning(now) < at < now and (is_school_day(at) or rng.random() < DAY_OFF_TALK):
            times.append(at)
    return sorted(times)


def is_school_day(at: datetime) -> bool:
    return at.weekday() < 5


def parts_of_the_week(at: datetime) -> set[str]:
    """Return the names of every part of the week that `at` is in, as scenes name them."""
    parts = set()
    if not is_school_day(at):
        parts.add("weekend")
    elif at.time() < time(8, 30):
        parts.add("morning")
    elif at.time() < time(15, 0):
        parts.add("day")
    if is_school_day(at) and time(9, 30) < at.time() < time(12, 40):
        parts.add("lunch")
    if at.time() >= time(17, 0) and tomorrow(at) == "tomorrow":
        parts.add("evening")
    if at.weekday() == 4 and at.time() > time(12, 0):
        parts.add("friday")
    return parts


def tomorrow(at: datetime) -> str:
    """Return the next school day, as one says it."""
    return "tomorrow" if is_school_day(at + timedelta(days=1)) else "Monday"


def coming_day(at: datetime, rng: Random) -> str:
    """Return the name of a school day soon after tomorrow."""
    days = (at + timedelta(days=ahead) for ahead in range(2, 7))
    return rng.choice([f"{day:%A}" for day in days if is_school_day(day) and day.weekday() != at.weekday()])


def coming_date(at: datetime, rng: Random) -> str:
    """Return a school day in one to three weeks, as in "14 March"."""
    day = at + timedelta(days=rng.randint(8, 20))
    while not is_school_day(day):
        day += timedelta(days=1)
    return f"{day.day} {day:%B}"


def _on(day: datetime, rng: Random) -> datetime:
    hours = SCHOOL_DAY if is_school_day(day) else DAY_OFF
    (start, end, _), *_ = rng.choices(hours, weights=[weight for *_, weight in hours])
    opens, closes = day.replace(hour=start.hour, minute=start.minute), day.replace(hour=end.hour, minute=end.minute)
    return opens.replace(second=0, microsecond=0) + rng.random() * (closes - opens)
