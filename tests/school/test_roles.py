"""The table of roles is what the rules answer: it can neither forget one nor say something else."""

from __future__ import annotations

import ast
import inspect
import re
from pathlib import Path

from edusphere.school import policy, roles
from edusphere.school.roles import Permission, in_markdown, role_tables

STRANGERS_RULES = {"may_register"}
"""About those who have no role yet."""
CHECKOUT = Path(__file__).parents[2]
DOCS = CHECKOUT / "docs/roles.md"
APP = CHECKOUT / "frontend/src/domains/admin/i18n/en.ts"


def test_every_permission_stands_in_one_table() -> None:
    assert [name for table in role_tables() for name in table.permissions] == list(Permission)


def test_every_rule_is_asked() -> None:
    asked = {node.attr for node in ast.walk(ast.parse(inspect.getsource(roles))) if isinstance(node, ast.Attribute)}
    rules = {name for name, _ in inspect.getmembers(policy, inspect.isfunction) if name.startswith("may_")}
    assert rules - asked == STRANGERS_RULES


def test_nobody_but_administrators_has_what_all_the_school_hangs_on() -> None:
    (school, course, room) = role_tables()
    for permission in (Permission.DECIDE, Permission.READ_AUDIT, Permission.MAKE_ACCOUNTS, Permission.READ_REPORTS):
        assert school.permissions[permission] == ("ADMIN",)
    assert course.permissions[Permission.GIVE_ANY_ROLE] == ("INSTRUCTOR", "ADMIN")
    assert "READER" not in room.permissions[Permission.POST]


def test_the_page_in_the_docs_is_what_the_rules_say() -> None:
    assert DOCS.read_text("utf-8") == in_markdown(), "Print it anew: edusphere roles > docs/roles.md"


def test_the_app_says_each_permission_in_the_same_words() -> None:
    said = dict(re.findall(r"^      ([A-Z_]+):\s+'(.*)',$", APP.read_text("utf-8"), re.MULTILINE))
    assert {name.name: said.get(name.name) for name in Permission} == {name.name: name.value for name in Permission}
