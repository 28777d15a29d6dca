"""The tables, one module per noun. Rows only: what may be done with them is the verbs' business.

Ids are UUIDv7, made in Python, so that every Postgres we support will do.
"""

from edusphere.school.models.files import File
from edusphere.school.models.links import Invitation, PasswordReset, PendingRegistration
from edusphere.school.models.mails import Mail
from edusphere.school.models.messages import Change, ChangeKind, Message
from edusphere.school.models.people import Person, Role
from edusphere.school.models.rooms import Membership, Room, RoomKind, RoomRole
from edusphere.school.models.sessions import ApiToken, RefreshToken, Session, TokenScope
from edusphere.school.models.settings import SchoolSetting
from edusphere.school.models.topics import Topic

__all__ = [
    "ApiToken",
    "Change",
    "ChangeKind",
    "File",
    "Invitation",
    "Mail",
    "Membership",
    "Message",
    "PasswordReset",
    "PendingRegistration",
    "Person",
    "RefreshToken",
    "Role",
    "Room",
    "RoomKind",
    "RoomRole",
    "SchoolSetting",
    "Session",
    "TokenScope",
    "Topic",
]
