"""What a school does: its nouns, joined by their constructors. Knows no HTTP, no GraphQL and no socket.

No globals: two schools fit in one process.
"""

from __future__ import annotations

from edusphere.database import Database
from edusphere.realtime import Realtime
from edusphere.school.files import Files
from edusphere.school.keys import Keys
from edusphere.school.messages import Messages
from edusphere.school.passwords import Passwords
from edusphere.school.people import People
from edusphere.school.pictures import Pictures
from edusphere.school.rooms import Rooms
from edusphere.school.sessions import Sessions
from edusphere.school.settings import SchoolSettings
from edusphere.school.setup import Setup
from edusphere.school.storage import FolderStorage, Storage
from edusphere.school.sweep import Sweeper
from edusphere.school.topics import Topics
from edusphere.settings import Settings


class School:
    """`school.messages.post(me, room_id, draft)`: a noun, a verb, and who asks."""

    def __init__(
        self,
        database: Database,
        realtime: Realtime,
        settings: Settings,
        keys: Keys,
        storage: Storage | None = None,
    ) -> None:
        passwords = Passwords(settings.password_hashers)
        self.storage = storage or FolderStorage(settings.data / "media")
        self.settings = SchoolSettings(database, settings)
        self.people = People(database, realtime, settings, self.settings, passwords)
        self.sessions = Sessions(database, realtime, settings, keys, passwords)
        self.setup = Setup(database, passwords, self.sessions)
        self.topics = Topics(database)
        self.rooms = Rooms(database, realtime, settings, self.settings)
        self.messages = Messages(database, realtime, settings, self.rooms)
        self.pictures = Pictures(settings, self.storage)
        self.files = Files(database, settings, self.storage, self.pictures, self.rooms)
        self.sweeper = Sweeper(database, settings, self.storage)
