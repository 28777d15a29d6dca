"""The tables, one module per noun. Rows only: what may be done with them is the verbs' business.

Ids are UUIDv7, made in Python, so that every Postgres we support will do.
"""

from edusphere.school.models.audit import AuditEntry
from edusphere.school.models.courses import (
    Course,
    CourseColour,
    CourseRole,
    CourseState,
    Enrolment,
    Guardianship,
    JoinCode,
    JoinRequest,
    Section,
    Term,
)
from edusphere.school.models.files import File
from edusphere.school.models.links import Invitation, PasswordReset, PendingRegistration
from edusphere.school.models.mails import Mail
from edusphere.school.models.materials import Material, MaterialKind, Unit
from edusphere.school.models.messages import Change, ChangeKind, Message
from edusphere.school.models.people import Person, Role
from edusphere.school.models.reports import Report
from edusphere.school.models.rooms import Membership, Posting, Room, RoomKind, RoomRole
from edusphere.school.models.sessions import ApiToken, RefreshToken, Session, TokenScope
from edusphere.school.models.settings import SchoolSetting
from edusphere.school.models.topics import Topic

__all__ = [
    "ApiToken",
    "AuditEntry",
    "Change",
    "ChangeKind",
    "Course",
    "CourseColour",
    "CourseRole",
    "CourseState",
    "Enrolment",
    "File",
    "Guardianship",
    "Invitation",
    "JoinCode",
    "JoinRequest",
    "Mail",
    "Material",
    "MaterialKind",
    "Membership",
    "Message",
    "PasswordReset",
    "PendingRegistration",
    "Person",
    "Posting",
    "RefreshToken",
    "Report",
    "Role",
    "Room",
    "RoomKind",
    "RoomRole",
    "SchoolSetting",
    "Section",
    "Session",
    "Term",
    "TokenScope",
    "Topic",
    "Unit",
]
