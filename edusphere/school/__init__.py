"""What a school does: its nouns, joined by their constructors. Knows no HTTP, no GraphQL and no socket.

No globals: two schools fit in one process.
"""

from __future__ import annotations

from edusphere.database import Database
from edusphere.realtime import Realtime
from edusphere.school.accounts import Accounts
from edusphere.school.all_messages import AllMessages
from edusphere.school.all_rooms import AllRooms
from edusphere.school.all_topics import AllTopics
from edusphere.school.api_tokens import ApiTokens
from edusphere.school.audit import Audit
from edusphere.school.course_invitations import CourseInvitations
from edusphere.school.course_rooms import CourseRooms
from edusphere.school.courses import Courses
from edusphere.school.credentials import Credentials
from edusphere.school.direct import Direct
from edusphere.school.enrolments import Enrolments
from edusphere.school.files import Files
from edusphere.school.guardians import Guardians
from edusphere.school.invitation_replies import InvitationReplies
from edusphere.school.invitations import Invitations
from edusphere.school.join_codes import JoinCodes
from edusphere.school.join_requests import JoinRequests
from edusphere.school.keys import Keys
from edusphere.school.links import Links
from edusphere.school.mails import Mails
from edusphere.school.materials import Materials
from edusphere.school.messages import Messages
from edusphere.school.passwords import Passwords
from edusphere.school.people import People
from edusphere.school.pictures import Pictures
from edusphere.school.postman import Postman
from edusphere.school.registrations import Registrations
from edusphere.school.reports import Reports
from edusphere.school.room_people import RoomPeople
from edusphere.school.rooms import Rooms
from edusphere.school.rosters import Rosters
from edusphere.school.sessions import Sessions
from edusphere.school.settings import SchoolSettings
from edusphere.school.setup import Setup
from edusphere.school.storage import FolderStorage, Storage
from edusphere.school.sweep import Sweeper
from edusphere.school.terms import Terms
from edusphere.school.topics import Topics
from edusphere.school.watch import Watch
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
        passwords = Passwords(
            settings.password_hashers,
            strength=settings.password_strength,
            most_waiting=settings.sign_ins_waiting if settings.limits == "on" else None,
        )
        links = Links(realtime, keys, settings)
        self.storage = storage or FolderStorage(settings.data / "media")
        self.settings = SchoolSettings(database, realtime, settings)
        self.mails = Mails(database, realtime, settings, links)
        self.people = People(database, realtime, self.settings, passwords)
        self.invitations = Invitations(database, self.settings, links, self.mails)
        self.registrations = Registrations(
            database, realtime, settings, self.settings, passwords, links, self.mails, self.invitations
        )
        self.credentials = Credentials(
            database, realtime, settings, self.settings, self.people, passwords, links, self.mails
        )
        self.accounts = Accounts(database, realtime, self.credentials)
        self.sessions = Sessions(database, realtime, settings, keys, passwords)
        self.api_tokens = ApiTokens(database, realtime, settings, self.credentials)
        self.setup = Setup(database, passwords, self.sessions)
        self.topics = Topics(database)
        self.rooms = Rooms(database, realtime, settings, self.settings)
        self.messages = Messages(database, realtime, settings, self.rooms)
        self.all_rooms = AllRooms(database, realtime, self.rooms)
        self.room_people = RoomPeople(database, realtime, self.all_rooms)
        self.all_topics = AllTopics(database, realtime)
        self.all_messages = AllMessages(database, realtime)
        self.pictures = Pictures(settings, self.storage)
        self.files = Files(database, settings, self.storage, self.pictures, self.rooms)
        self.sweeper = Sweeper(database, settings, self.storage)
        self.audit = Audit(database)
        self.terms = Terms(database, realtime)
        self.courses = Courses(database, realtime, self.settings)
        self.course_rooms = CourseRooms(database, realtime, self.courses)
        self.enrolments = Enrolments(database, realtime, self.courses)
        self.rosters = Rosters(database, realtime, self.courses)
        self.join_codes = JoinCodes(database, realtime, settings, self.courses)
        self.materials = Materials(database, self.courses)
        self.course_invitations = CourseInvitations(
            database, realtime, settings, self.settings, links, self.mails, self.courses
        )
        self.invitation_replies = InvitationReplies(database, realtime, links, self.invitations)
        self.join_requests = JoinRequests(database, realtime, settings, self.courses)
        self.guardians = Guardians(database, realtime)
        self.direct = Direct(database, realtime)
        self.reports = Reports(database, settings, self.people, self.messages)
        self._postman = Postman(database, settings, self.mails)
        self._watch = Watch(realtime, self.sessions, settings.session_check)

    def open(self) -> None:
        """Begin what goes on by itself: mails are sent, sessions of live sockets looked at."""
        self._postman.start()
        self._watch.start()

    async def close(self) -> None:
        await self._watch.stop()
        await self._postman.stop()
