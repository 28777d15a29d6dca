"""Anna's course, where many stories happen."""

from __future__ import annotations

import pytest
import pytest_asyncio

from edusphere.school import School
from edusphere.school.courses import Courses
from edusphere.school.enrolments import Enrolments
from edusphere.school.models import Course
from tests.news import News
from tests.people import Cast


@pytest.fixture
def courses(school: School) -> Courses:
    return school.courses


@pytest.fixture
def enrolments(school: School) -> Enrolments:
    return school.enrolments


@pytest_asyncio.fixture
async def genetics(courses: Courses, cast: Cast, news: News) -> Course:
    """Anna's course, open, with nobody in it yet. What was told so far is forgotten."""
    course = await courses.open(cast.anna, "BIO-7B", "Genetics", "Peas and flies")
    course = await courses.publish(cast.anna, course.id)
    news.forget()
    return course
