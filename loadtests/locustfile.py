"""All of a school's day, for Locust's own command line: name the people that shall come, or pick them on its page.

`./dev load SCENARIO` makes the school and the people and does the rest; this is for a school that is there already::

    locust -f loadtests/locustfile.py --people FILE -H http://127.0.0.1:8000 --class-picker
    locust -f loadtests/locustfile.py --people FILE -H http://127.0.0.1:8000 --headless -u 900 -r 45 -t 2m Pupil
"""

from __future__ import annotations

from loadtests.scenarios.assembly import Attendee
from loadtests.scenarios.flaky_wifi import Commuter
from loadtests.scenarios.graphql_browse import Browser
from loadtests.scenarios.lessons import Pupil
from loadtests.scenarios.morning_rush import ReturningPupil

__all__ = ["Attendee", "Browser", "Commuter", "Pupil", "ReturningPupil"]
