"""What a course's people read and watch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from ariadne import MutationType, ObjectType

from edusphere.school.models import Course, File, Material, MaterialKind, Person, Unit
from edusphere.web.graphql.context import Context, Info, Payload

mutation = MutationType()
course_type, unit_type, material_type = ObjectType("Course"), ObjectType("Unit"), ObjectType("Material")
bindables = [mutation, course_type, unit_type, material_type]


@mutation.field("addUnit")
async def add_unit(_: Any, info: Info, course_id: UUID, title: str) -> Payload:
    context: Context = info.context
    return {"unit": await context.school.materials.add_unit(context.me, course_id, title)}


@mutation.field("renameUnit")
async def rename_unit(_: Any, info: Info, unit_id: UUID, title: str) -> Payload:
    context: Context = info.context
    return {"unit": await context.school.materials.rename_unit(context.me, unit_id, title)}


@mutation.field("moveUnit")
async def move_unit(_: Any, info: Info, unit_id: UUID, place: int) -> Payload:
    context: Context = info.context
    return {"units": await context.school.materials.move_unit(context.me, unit_id, place)}


@mutation.field("removeUnit")
async def remove_unit(_: Any, info: Info, unit_id: UUID) -> Payload:
    context: Context = info.context
    await context.school.materials.remove_unit(context.me, unit_id)
    return {"success": True}


@mutation.field("addMaterial")
async def add_material(
    _: Any,
    info: Info,
    unit_id: UUID,
    kind: str,
    title: str,
    body: str,
    address: str,
    file_id: UUID | None = None,
) -> Payload:
    context: Context = info.context
    added = await context.school.materials.add(context.me, unit_id, MaterialKind(kind), title, body, address, file_id)
    return {"material": added}


@mutation.field("updateMaterial")
async def update_material(
    _: Any,
    info: Info,
    material_id: UUID,
    title: str | None = None,
    body: str | None = None,
    address: str | None = None,
) -> Payload:
    context: Context = info.context
    return {"material": await context.school.materials.change(context.me, material_id, title, body, address)}


@mutation.field("moveMaterial")
async def move_material(_: Any, info: Info, material_id: UUID, unit_id: UUID, place: int) -> Payload:
    context: Context = info.context
    return {"materials": await context.school.materials.move(context.me, material_id, unit_id, place)}


@mutation.field("removeMaterial")
async def remove_material(_: Any, info: Info, material_id: UUID) -> Payload:
    context: Context = info.context
    await context.school.materials.remove(context.me, material_id)
    return {"success": True}


@mutation.field("visitMaterials")
async def visit_materials(_: Any, info: Info, course_id: UUID) -> Payload:
    context: Context = info.context
    await context.school.materials.visit(context.me, course_id)
    return {"success": True}


@course_type.field("units")
async def units(source: Course, info: Info) -> Sequence[Unit]:
    context: Context = info.context
    return await context.loaders.units.load(source.id)


@course_type.field("newMaterials")
async def new_materials(source: Course, info: Info) -> int:
    context: Context = info.context
    return await context.loaders.new_materials.load(source.id)


@unit_type.field("materials")
async def materials(source: Unit, info: Info) -> Sequence[Material]:
    context: Context = info.context
    return await context.loaders.materials.load(source.id)


@material_type.field("file")
async def file(source: Material, info: Info) -> File | None:
    context: Context = info.context
    return None if source.file_id is None else await context.loaders.files.load(source.file_id)


@material_type.field("author")
async def author(source: Material, info: Info) -> Person:
    context: Context = info.context
    return await context.loaders.person(source.author_id)
