"""What a course's people read and watch: in order, for those who take part, and new only once."""

from __future__ import annotations

import asyncio
from uuid import UUID

import pytest

from edusphere.database import Database
from edusphere.errors import Conflict, Forbidden, Invalid, NotFound
from edusphere.school import School
from edusphere.school.enrolments import Enrolments
from edusphere.school.materials import Materials
from edusphere.school.me import Me
from edusphere.school.models import Course, CourseRole, Material, MaterialKind, Unit
from edusphere.school.models.ids import new_id
from tests.people import Cast
from tests.samples import PDF, arriving


@pytest.fixture
def materials(school: School) -> Materials:
    return school.materials


async def titles(materials: Materials, course: Course) -> dict[str, list[str]]:
    units = (await materials.units_of([course.id])).get(course.id, [])
    inside = await materials.materials_of([unit.id for unit in units])
    return {unit.title: [material.title for material in inside.get(unit.id, [])] for unit in units}


async def page(materials: Materials, me: Me, unit: Unit, title: str) -> Material:
    return await materials.add(me, unit.id, MaterialKind.PAGE, title, "Words")


async def test_a_teacher_puts_a_course_in_order(materials: Materials, cast: Cast, genetics: Course) -> None:
    peas, flies, dna = [await materials.add_unit(cast.anna, genetics.id, name) for name in ("Peas", "Flies", "DNA")]
    mendel, tables = [await page(materials, cast.anna, peas, name) for name in ("Mendel", "Tables")]
    await materials.move_unit(cast.anna, dna.id, 1)
    await materials.move(cast.anna, tables.id, peas.id, 1)
    assert await titles(materials, genetics) == {"DNA": [], "Peas": ["Tables", "Mendel"], "Flies": []}
    await materials.move(cast.anna, mendel.id, flies.id, 99)
    await materials.move_unit(cast.anna, peas.id, 99)
    assert await titles(materials, genetics) == {"DNA": [], "Flies": ["Mendel"], "Peas": ["Tables"]}
    await materials.remove_unit(cast.anna, flies.id)
    await materials.rename_unit(cast.anna, peas.id, "Beans")
    assert await titles(materials, genetics) == {"DNA": [], "Beans": ["Tables"]}


async def test_two_who_drag_at_once_leave_one_order(
    materials: Materials, cast: Cast, genetics: Course, database: Database
) -> None:
    units = [await materials.add_unit(cast.anna, genetics.id, f"Unit {number}") for number in range(6)]
    await asyncio.gather(*(materials.move_unit(cast.anna, unit.id, 1) for unit in units))
    rows = await database.rows("SELECT place FROM units WHERE course_id = $1 ORDER BY place", genetics.id)
    assert [row["place"] for row in rows] == [1, 2, 3, 4, 5, 6]


async def test_what_was_removed_meanwhile_is_moved_nowhere(materials: Materials, cast: Cast, genetics: Course) -> None:
    peas, flies = [await materials.add_unit(cast.anna, genetics.id, name) for name in ("Peas", "Flies")]
    mendel = await page(materials, cast.anna, peas, "Mendel")
    await materials.remove_unit(cast.anna, flies.id)
    with pytest.raises(NotFound, match="not there any more"):
        await materials.move_unit(cast.anna, flies.id, 1)
    with pytest.raises(NotFound, match="not there any more"):
        await materials.move(cast.anna, mendel.id, flies.id, 1)
    assert await titles(materials, genetics) == {"Peas": ["Mendel"]}
    await materials.remove(cast.anna, mendel.id)
    await materials.remove_unit(cast.anna, peas.id)
    for gone in (
        materials.move(cast.anna, mendel.id, peas.id, 1),
        materials.change(cast.anna, mendel.id, "Gregor", None, None),
        page(materials, cast.anna, peas, "Late"),
    ):
        with pytest.raises(NotFound):
            await gone


async def test_it_stays_in_its_own_course(school: School, materials: Materials, cast: Cast, genetics: Course) -> None:
    ecology = await school.courses.open(cast.anna, "ECO", "Ecology")
    elsewhere = await materials.add_unit(cast.anna, ecology.id, "Ponds")
    mendel = await page(materials, cast.anna, await materials.add_unit(cast.anna, genetics.id, "Peas"), "Mendel")
    with pytest.raises(NotFound):
        await materials.move(cast.anna, mendel.id, elsewhere.id, 1)


async def test_pupils_read_and_assistants_write(
    materials: Materials, enrolments: Enrolments, cast: Cast, genetics: Course
) -> None:
    await enrolments.enrol(cast.anna, genetics.id, [cast.ben.id])
    await enrolments.enrol(cast.anna, genetics.id, [cast.mia.id], CourseRole.ASSISTANT)
    peas = await materials.add_unit(cast.mia, genetics.id, "Peas")
    mendel = await page(materials, cast.mia, peas, "Mendel")
    for act in (
        materials.add_unit(cast.ben, genetics.id, "Jokes"),
        materials.rename_unit(cast.ben, peas.id, "Jokes"),
        materials.remove_unit(cast.ben, peas.id),
        page(materials, cast.ben, peas, "Joke"),
        materials.remove(cast.ben, mendel.id),
    ):
        with pytest.raises(Forbidden):
            await act
    with pytest.raises(NotFound):
        await materials.add_unit(cast.zoe, genetics.id, "Whose course is this?")
    assert await titles(materials, genetics) == {"Peas": ["Mendel"]}


async def test_what_came_since_the_last_visit_is_new_once(
    materials: Materials, enrolments: Enrolments, cast: Cast, genetics: Course
) -> None:
    await enrolments.enrol(cast.anna, genetics.id, [cast.ben.id])
    peas = await materials.add_unit(cast.anna, genetics.id, "Peas")
    mendel = await page(materials, cast.anna, peas, "Mendel")
    assert await materials.new_in(cast.ben, [genetics.id]) == {genetics.id: 1}
    assert await materials.new_in(cast.anna, [genetics.id]) == {}
    await materials.visit(cast.ben, genetics.id)
    assert await materials.new_in(cast.ben, [genetics.id]) == {}
    await materials.change(cast.anna, mendel.id, None, "He counted peas.", None)
    assert await materials.new_in(cast.ben, [genetics.id]) == {genetics.id: 1}


@pytest.mark.parametrize(
    "elsewhere", ["javascript:alert(1)", "ftp://a.example/", "https://", "peas", "http://[", "https://a b.example/"]
)
async def test_a_link_leads_to_a_page_and_nowhere_else(
    materials: Materials, cast: Cast, genetics: Course, elsewhere: str
) -> None:
    peas = await materials.add_unit(cast.anna, genetics.id, "Peas")
    with pytest.raises(Invalid) as wrong:
        await materials.add(cast.anna, peas.id, MaterialKind.LINK, "More", address=elsewhere)
    assert wrong.value.errors.keys() == {"address"}
    link = await materials.add(cast.anna, peas.id, MaterialKind.LINK, "More", address=" https://a.example/x?y=1 ")
    assert link.address == "https://a.example/x?y=1"


async def test_a_form_is_told_all_that_is_wrong_with_it(materials: Materials, cast: Cast, genetics: Course) -> None:
    with pytest.raises(Invalid):
        await materials.add_unit(cast.anna, genetics.id, "long" * 2_500)
    peas = await materials.add_unit(cast.anna, genetics.id, "Peas")
    with pytest.raises(Invalid) as wrong:
        await materials.add(cast.anna, peas.id, MaterialKind.FILE, " ", "x" * 20_001)
    assert wrong.value.errors.keys() == {"title", "body", "fileId"}


async def test_a_file_is_for_those_who_see_the_course(
    school: School, materials: Materials, enrolments: Enrolments, cast: Cast, genetics: Course
) -> None:
    await enrolments.enrol(cast.anna, genetics.id, [cast.ben.id])
    peas = await materials.add_unit(cast.anna, genetics.id, "Peas")
    file_id = (await school.files.keep(cast.anna, "peas.pdf", arriving(PDF))).id
    others = (await school.files.keep(cast.ben, "mine.pdf", arriving(PDF))).id
    for not_hers in (others, new_id()):
        with pytest.raises(Invalid):
            await materials.add(cast.anna, peas.id, MaterialKind.FILE, "Tables", file_id=not_hers)
    with pytest.raises(NotFound):
        await school.files.reach(cast.ben, file_id)
    tables = await materials.add(cast.anna, peas.id, MaterialKind.FILE, "Tables", file_id=file_id)
    for me in (cast.anna, cast.ben, cast.olga):
        assert (await school.files.reach(me, file_id)).name == "peas.pdf"
    with pytest.raises(NotFound):
        await school.files.reach(cast.zoe, file_id)
    with pytest.raises(NotFound):
        await school.files.take_back(cast.anna, file_id)
    await materials.remove(cast.anna, tables.id)
    with pytest.raises(NotFound):
        await school.files.reach(cast.ben, file_id)


async def test_the_sweeper_keeps_what_a_course_needs(
    school: School, materials: Materials, cast: Cast, genetics: Course, database: Database
) -> None:
    peas = await materials.add_unit(cast.anna, genetics.id, "Peas")
    files: list[UUID] = [(await school.files.keep(cast.anna, "peas.pdf", arriving(PDF))).id for _ in range(2)]
    await materials.add(cast.anna, peas.id, MaterialKind.FILE, "Tables", file_id=files[0])
    await database.rows("UPDATE files SET created = now() - interval '30 days'")
    assert (await school.sweeper.sweep()).waiting == 1
    assert await school.files.load(files) == {files[0]: await school.files.reach(cast.anna, files[0])}


async def test_a_copied_course_has_its_materials(
    school: School, materials: Materials, cast: Cast, genetics: Course
) -> None:
    peas = await materials.add_unit(cast.anna, genetics.id, "Peas")
    await page(materials, cast.anna, peas, "Mendel")
    file_id = (await school.files.keep(cast.anna, "peas.pdf", arriving(PDF))).id
    await materials.add(cast.anna, peas.id, MaterialKind.FILE, "Tables", file_id=file_id)
    copy = await school.courses.copy(cast.anna, genetics.id)
    assert await titles(materials, copy) == {"Peas": ["Mendel", "Tables"]}
    assert copy.copied_from_id == genetics.id


async def test_in_a_course_that_is_over_nothing_is_changed(
    school: School, materials: Materials, cast: Cast, genetics: Course
) -> None:
    peas = await materials.add_unit(cast.anna, genetics.id, "Peas")
    await school.courses.archive(cast.anna, genetics.id)
    with pytest.raises(Conflict):
        await page(materials, cast.anna, peas, "Late")
