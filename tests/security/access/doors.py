"""What is tried at each door, by everybody alike: good requests, so that only who asks decides.

A row is named after its door; after the dot, what it is about where one try does not say all. `$…` stands for
something of the place.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from edusphere.school.roster_plan import Plan, fingerprint
from tests.samples import PDF

NEW = "a battery of correct horses"
"""A good new password."""
ACCOUNT = f'username: "paula", name: "Paula", email: "paula@school.example", password1: "{NEW}", password2: "{NEW}"'


@dataclass(frozen=True, slots=True)
class Question:
    """A GraphQL document of one field; what it tells counts only if `tells` is in it."""

    document: str
    tells: str = ""
    kind: str = "query"
    file: bytes = b""
    """What `$file` of the document stands for."""


@dataclass(frozen=True, slots=True)
class Said:
    """A command on `/ws/`."""

    fields: dict[str, Any]


@dataclass(frozen=True, slots=True)
class SaidOfOld:
    """A frame on the earlier EduSphere's socket, and the action that the room hears."""

    frame: dict[str, str]
    action: str


@dataclass(frozen=True, slots=True)
class Request:
    method: str
    path: str
    body: bytes = b""
    content_type: str = ""


@dataclass(frozen=True, slots=True)
class Handshake:
    path: str


Door = Question | Said | SaidOfOld | Request | Handshake


def _questions(**documents: str) -> dict[str, Door]:
    return {name: Question(document) for name, document in documents.items()}


def _course(fields: str) -> str:
    return f'course(slug: "bio-7b") {{ {fields} }}'


QUERIES: dict[str, Door] = {
    **_questions(
        me="me { id }",
        authStatus="authStatus { user { id } }",
        school="school { name }",
        rooms='rooms(search: "Biology") { id }',
        roomsParticipatedByUser='roomsParticipatedByUser(userSlug: "anna") { id }',
        roomsNotParticipatedByUser='roomsNotParticipatedByUser(userSlug: "zoe") { id }',
        room='room(hostSlug: "anna", roomSlug: "biology") { id }',
        roomsToJoin='roomsToJoin(search: "Biology") { nodes { id } }',
        myRooms="myRooms { nodes { id } }",
        viewerMayCreateRoom="viewerMayCreateRoom",
        topics='topics(search: "Science") { id }',
        messages='messages(hostSlug: "anna", roomSlug: "biology") { id }',
        messagesByUser='messagesByUser(userSlug: "ben") { id }',
        roomHistory='roomHistory(roomId: "$room") { nodes { id } }',
        users='users(search: "anna") { id }',
        user='user(userSlug: "anna") { id }',
        people='people(search: "anna") { nodes { id } }',
        mySessions="mySessions { id }",
        myApiTokens="myApiTokens { id }",
        keptMails="keptMails { nodes { id } }",
        resetLinkIsGood='resetLinkIsGood(token: "$reset")',
        invitationOfLink='invitationOfLink(token: "$invite") { email }',
        setupTokenIsGood='setupTokenIsGood(token: "x")',
        course='course(slug: "bio-7b") { id }',
        myCourses="myCourses { nodes { id } }",
        courses='courses(search: "BIO-7B") { nodes { id } }',
        viewerMayOpenCourse="viewerMayOpenCourse",
        joinCodes='joinCodes(courseId: "$course") { id }',
        joinRequests='joinRequests(courseId: "$course") { id }',
        courseInvitations='courseInvitations(courseId: "$course") { id }',
        waitingInvitations="waitingInvitations { id }",
        joinOffer='joinOffer(code: "$code") { courseTitle }',
        terms="terms { id }",
        roleTables="roleTables { place }",
        directRules="directRules { rule }",
        myDirectRooms="myDirectRooms { nodes { id } }",
        directRoom='directRoom(roomId: "$direct_room") { id }',
        reports="reports { nodes { id } }",
        accounts='accounts(search: "ben") { nodes { email } }',
        account='account(userId: "$lea") { email }',
        auditEntries="auditEntries { nodes { number } }",
        allRooms='allRooms(search: "Biology") { nodes { id } }',
        anyRoom='anyRoom(roomId: "$general_room") { id }',
        roomPeople='roomPeople(roomId: "$general_room") { nodes { user { username } } }',
        hiddenRooms="hiddenRooms { privateRooms }",
        allTopics='allTopics(search: "Science") { nodes { rooms } }',
        allMessages='allMessages(roomId: "$room") { nodes { message { body } } }',
        anyMessage='anyMessage(messageId: "$message") { message { body } }',
        rosterColumns="rosterColumns { name }",
    ),
    "rooms · a private one": Question('rooms(search: "Chess") { id }'),
    "roomsParticipatedByUser · a private one": Question('roomsParticipatedByUser(userSlug: "anna") { name }', "Chess"),
    "roomsNotParticipatedByUser · a private one": Question(
        'roomsNotParticipatedByUser(userSlug: "zoe") { name }', "Chess"
    ),
    "room · a private one": Question('room(hostSlug: "anna", roomSlug: "chess") { id }'),
    "roomsToJoin · a private one": Question('roomsToJoin(search: "Chess") { nodes { id } }'),
    "topics · of a private room": Question('topics(search: "Secrets") { id }'),
    "messages · of a private room": Question('messages(hostSlug: "anna", roomSlug: "chess") { id }'),
    "messagesByUser · in a private room": Question('messagesByUser(userSlug: "max") { id }'),
    "roomHistory · of a private room": Question('roomHistory(roomId: "$private") { nodes { id } }'),
    "users · a pupil": Question('users(search: "ben") { username }', "ben"),
    "user · a pupil": Question('user(userSlug: "ben") { id }'),
    "people · a pupil": Question('people(search: "ben") { nodes { username } }', "ben"),
    "course · a draft": Question('course(slug: "eco-7b") { id }'),
    "course · one that is over": Question('course(slug: "zoo-7b") { id }'),
    "allRooms · a private one": Question('allRooms(search: "Chess") { nodes { id } }'),
    "anyRoom · a private one": Question('anyRoom(roomId: "$private") { id }'),
    "anyRoom · a direct one": Question('anyRoom(roomId: "$direct_room") { id }'),
    "roomPeople · of a private room": Question('roomPeople(roomId: "$private") { nodes { role } }'),
    "allTopics · of a private room": Question('allTopics(search: "Secrets") { nodes { rooms } }'),
    "allMessages · of a private room": Question('allMessages(roomId: "$private") { nodes { message { body } } }'),
    "anyMessage · of a private room": Question('anyMessage(messageId: "$private_message") { message { body } }'),
    "user · a disabled account": Question('user(userSlug: "nils") { id }'),
}

HIDING: dict[str, Door] = {
    "User.email · the administrator’s": Question('user(userSlug: "olga") { email }'),
    "Room.participants · a pupil": Question(
        'room(hostSlug: "anna", roomSlug: "biology") { participants { username } }', "ben"
    ),
    "Room.members · a pupil": Question(
        'room(hostSlug: "anna", roomSlug: "biology") { members { nodes { user { username } } } }', "ben"
    ),
    "Membership.readNumber · the host’s": Question(
        'room(hostSlug: "anna", roomSlug: "biology") { members { nodes { role readNumber } } }',
        '"HOST","readNumber":0',
    ),
    "Membership.unread · the host’s": Question(
        'room(hostSlug: "anna", roomSlug: "biology") { members { nodes { role unread } } }', '"HOST","unread":2'
    ),
    "Course.people · another pupil": Question(_course("people { nodes { user { username } } }"), "lea"),
    "Course.people · who teaches": Question(_course("people { nodes { user { username } } }"), "uma"),
    "Course.people · a guardian": Question(_course("people { nodes { user { username } } }"), "gita"),
    "Course.rooms": Question(_course("rooms { name }"), "General"),
    "Course.units": Question(_course("units { title }")),
    "Unit.materials": Question(_course("units { materials { title } }"), "Mendel"),
    "Material.file": Question(_course("units { materials { file { name } } }"), "peas.pdf"),
    "Course.newMaterials": Question(_course("newMaterials")),
    "Enrolment.visited": Question(_course("people { nodes { visited } }")),
    "Course.viewerEnrolment": Question(_course("viewerEnrolment { role }")),
    **{
        f"Course.viewerMay · {deed}": Question(_course(f"viewerMay {{ {deed} }}"))
        for deed in ("change", "enrol", "giveAnyRole", "copy", "changeMaterials", "handOver")
    },
    "User.children": Question('user(userSlug: "gita") { children { username } }'),
    "Room.viewerMembership": Question('room(hostSlug: "anna", roomSlug: "biology") { viewerMembership { role } }'),
    **{
        f"Room.viewerMay · {deed}": Question(
            f'room(hostSlug: "anna", roomSlug: "biology") {{ viewerMay {{ {deed} }} }}'
        )
        for deed in ("join", "leave", "read", "post", "update", "delete", "moderate")
    },
}
HIDES_NOTHING = {
    "AuditEntry.details",
    "ApiToken.lastUsed",
    "Course.owner",
    "Course.sections",
    "Course.studentCount",
    "Course.term",
    "CourseInvitation.role",
    "CourseInvitation.section",
    "CourseInvitation.state",
    "Enrolment.section",
    "Enrolment.user",
    "Invitation.course",
    "JoinCode.link",
    "JoinCode.section",
    "JoinRequest.user",
    "Material.author",
    "Membership.user",
    "Message.room",
    "Report.person",
    "Report.reporter",
    "Report.snapshot",
    "Room.course",
    "Room.host",
    "Room.participantCount",
    "Room.topic",
    "Session.browser",
    "Session.current",
    "Session.lastSeen",
    "Session.system",
    "Term.canBeUndone",
    "User.bio",
    "User.created",
    "User.role",
}
"""Fields with a resolver that tell everybody the same of what they may see."""


def _changes(**documents: str) -> dict[str, Door]:
    return {name: Question(document, kind="mutation") for name, document in documents.items()}


ROSTER = b"email,course\nlea@school.example,bio-7b\nben@school.example,bio-7b\n"
"""What it says is so already: nobody is changed by it."""
NOTHING_NEW = fingerprint(Plan())


def _with_roster(document: str) -> Question:
    return Question(document, kind="mutation", file=ROSTER)


MUTATIONS: dict[str, Door] = {
    **_changes(
        tokenAuth='tokenAuth(email: "zoe@school.example", password: "$password") { success }',
        verifyToken="verifyToken { payload }",
        refreshToken="refreshToken { token }",
        deleteToken="deleteToken { __typename }",
        deleteRefreshToken="deleteRefreshToken { __typename }",
        registerUser=f"registerUser({ACCOUNT}) {{ success }}",
        confirmRegistration='confirmRegistration(token: "$verify") { success }',
        requestPasswordReset='requestPasswordReset(email: "ben@school.example") { success }',
        resetPassword=f'resetPassword(token: "$reset", password1: "{NEW}", password2: "{NEW}") {{ success }}',
        setUpSchool=f'setUpSchool(token: "x", schoolName: "x", registration: OPEN, {ACCOUNT}) {{ payload }}',
        changePassword=f'changePassword(current: "$password", password1: "{NEW}", password2: "{NEW}") {{ success }}',
        updateUser='updateUser(name: "Another") { user { id } }',
        endSession='endSession(id: "$own_session") { success }',
        endOtherSessions="endOtherSessions { success }",
        createApiToken='createApiToken(name: "x", scope: WRITE, password: "$password") { token }',
        revokeApiToken='revokeApiToken(id: "$own_token") { success }',
        inviteUser='inviteUser(email: "somebody@school.example") { link }',
        createRoom='createRoom(name: "Maths", topicName: "x", description: "") { room { id } }',
        updateRoom='updateRoom(roomId: "$room", name: "Another") { room { id } }',
        deleteRoom='deleteRoom(roomId: "$room") { success }',
        joinRoom='joinRoom(roomId: "$room") { room { id } }',
        leaveRoom='leaveRoom(roomId: "$room") { room { id } }',
        updateMessage='updateMessage(messageId: "$message", body: "Others") { message { id } }',
        deleteMessage='deleteMessage(messageId: "$message") { success }',
        openCourse='openCourse(code: "ART-1", title: "Drawing") { course { id } }',
        updateCourse='updateCourse(courseId: "$course", title: "Another") { course { id } }',
        publishCourse='publishCourse(courseId: "$draft") { course { id } }',
        archiveCourse='archiveCourse(courseId: "$course") { course { id } }',
        restoreCourse='restoreCourse(courseId: "$over") { course { id } }',
        archiveCourses='archiveCourses(courseIds: ["$course"]) { changed }',
        restoreCourses='restoreCourses(courseIds: ["$over"]) { changed }',
        copyCourse='copyCourse(courseId: "$course") { course { id } }',
        handOverCourse='handOverCourse(courseId: "$course", userId: "$uma") { course { id } }',
        addCourseRoom='addCourseRoom(courseId: "$course", name: "Questions") { room { id } }',
        addSection='addSection(courseId: "$course", name: "A") { section { id } }',
        removeSection='removeSection(sectionId: "$section") { success }',
        enrol='enrol(courseId: "$course", userIds: ["$tom"]) { enrolled }',
        changeEnrolment='changeEnrolment(courseId: "$course", userId: "$lea", role: OBSERVER) { success }',
        withdraw='withdraw(courseId: "$course", userId: "$lea") { success }',
        makeJoinCode='makeJoinCode(courseId: "$course") { joinCode { id } }',
        endJoinCode='endJoinCode(codeId: "$code_id") { success }',
        requestToJoin='requestToJoin(slug: "bio-7b") { success }',
        acceptJoinRequest='acceptJoinRequest(requestId: "$request") { success }',
        declineJoinRequest='declineJoinRequest(requestId: "$request") { success }',
        inviteToCourse='inviteToCourse(courseId: "$course", addresses: "a@x.example") { invitations { email } }',
        cancelInvitation='cancelInvitation(invitationId: "$invitation") { success }',
        resendInvitation='resendInvitation(invitationId: "$invitation") { invitation { id } }',
        acceptInvitation='acceptInvitation(token: "$invite_to_course") { course { id } }',
        declineInvitation='declineInvitation(token: "$invite_to_course") { success }',
        joinCourse='joinCourse(code: "$code") { course { id } }',
        addUnit='addUnit(courseId: "$course", title: "Flies") { unit { id } }',
        renameUnit='renameUnit(unitId: "$unit", title: "Beans") { unit { id } }',
        moveUnit='moveUnit(unitId: "$unit", place: 1) { units { id } }',
        removeUnit='removeUnit(unitId: "$unit") { success }',
        addMaterial="""addMaterial(unitId: "$unit", kind: LINK, title: "More", address: "https://example.org/") {
            material { id }
        }""",
        updateMaterial='updateMaterial(materialId: "$material", body: "He counted peas.") { material { id } }',
        moveMaterial='moveMaterial(materialId: "$material", unitId: "$unit", place: 2) { materials { id } }',
        removeMaterial='removeMaterial(materialId: "$material") { success }',
        visitMaterials='visitMaterials(courseId: "$course") { success }',
        openTerm='openTerm(name: "Summer", starts: "2027-06-01", ends: "2027-08-31") { term { id } }',
        rollOverTerm="""rollOverTerm(termId: "$term", name: "Next", starts: "2027-09-01", ends: "2028-08-31") {
            term { id }
        }""",
        undoRollOver='undoRollOver(termId: "$past_term") { term { id } }',
        nameGuardian='nameGuardian(guardianId: "$gita", childId: "$lea") { success }',
        releaseGuardian='releaseGuardian(guardianId: "$gita", childId: "$ben") { success }',
        openDirectRoom='openDirectRoom(userIds: ["$uma"]) { room { id } }',
        setDirectRule="setDirectRule(one: STUDENT, other: STUDENT, rule: ANYONE) { rules { rule } }",
        reportMessage='reportMessage(messageId: "$max_open_message", words: "This hurts.") { success }',
        reportUser='reportUser(userSlug: "uma", words: "She is unkind.") { success }',
        updateSchool='updateSchool(name: "Riverside") { school { name } }',
        makeAccount='makeAccount(username: "new", name: "New", email: "x@school.example") { user { id } }',
        editAccount='editAccount(userId: "$lea", name: "Lea the Great") { user { id } }',
        closeAccounts='closeAccounts(userIds: ["$lea"]) { closed }',
        openAccounts='openAccounts(userIds: ["$nils"]) { opened }',
        makePasswordLink='makePasswordLink(userId: "$lea") { link }',
        endSessionsOf='endSessionsOf(userIds: ["$lea"]) { __typename }',
        makeRoom='makeRoom(hostId: "$lea", name: "Chess", topicName: "Games", description: "") { room { id } }',
        editRoom='editRoom(roomId: "$general_room", name: "Another") { room { id } }',
        deleteRooms='deleteRooms(roomIds: ["$general_room"]) { deleted }',
        addToRoom='addToRoom(roomId: "$room", userIds: ["$tom"]) { added }',
        removeFromRoom='removeFromRoom(roomId: "$room", userId: "$ben") { success }',
        changeRoomRole='changeRoomRole(roomId: "$room", userId: "$ben", role: MODERATOR) { success }',
        makeTopic='makeTopic(name: "Arts") { topic { id } }',
        renameTopic='renameTopic(topicId: "$topic", name: "Nature") { topic { id } }',
        mergeTopics='mergeTopics(topicId: "$topic", intoId: "$empty_topic") { rooms }',
        deleteTopic='deleteTopic(topicId: "$empty_topic") { success }',
        readRemovedMessages='readRemovedMessages(messageIds: ["$tidied_message"]) { words { body } }',
        removeMessages='removeMessages(messageIds: ["$message"]) { messages { roomId } }',
        restoreMessages='restoreMessages(messageIds: ["$tidied_message"]) { messages { roomId } }',
        closeReport='closeReport(reportId: "$report", outcome: "We talked.") { report { id } }',
    ),
    "previewRoster": _with_roster('previewRoster(file: $$file, courseId: "$course") { roster { fingerprint } }'),
    "previewRoster · of the whole school": _with_roster("previewRoster(file: $$file) { roster { fingerprint } }"),
    "importRoster": _with_roster(
        f'importRoster(file: $$file, courseId: "$course", fingerprint: "{NOTHING_NEW}") {{ roster {{ unchanged }} }}'
    ),
    **{
        f"{name} · {what}": Question(document, kind="mutation")
        for name, what, document in (
            ("endSession", "the host’s", 'endSession(id: "$anna_session") { success }'),
            ("revokeApiToken", "the host’s", 'revokeApiToken(id: "$anna_token") { success }'),
            ("updateRoom", "a private one", 'updateRoom(roomId: "$private", name: "Another") { room { id } }'),
            ("deleteRoom", "a private one", 'deleteRoom(roomId: "$private") { success }'),
            ("joinRoom", "a private one", 'joinRoom(roomId: "$private") { room { id } }'),
            ("leaveRoom", "a private one", 'leaveRoom(roomId: "$private") { room { id } }'),
            (
                "updateMessage",
                "in a private room",
                'updateMessage(messageId: "$private_message", body: "Others") { message { id } }',
            ),
            ("deleteMessage", "in a private room", 'deleteMessage(messageId: "$private_message") { success }'),
            (
                "inviteToCourse",
                "to teach",
                'inviteToCourse(courseId: "$course", addresses: "a@x.example", role: INSTRUCTOR) { __typename }',
            ),
            ("enrol", "who may teach", 'enrol(courseId: "$course", userIds: ["$tom"], role: INSTRUCTOR) { enrolled }'),
            (
                "changeEnrolment",
                "the member’s own, upwards",
                'changeEnrolment(courseId: "$course", userId: "$ben", role: INSTRUCTOR) { success }',
            ),
            ("withdraw", "who teaches", 'withdraw(courseId: "$course", userId: "$uma") { success }'),
            ("openDirectRoom", "to a pupil", 'openDirectRoom(userIds: ["$lea"]) { room { id } }'),
            ("editRoom", "a private one", 'editRoom(roomId: "$private", name: "Another") { room { id } }'),
            ("deleteRooms", "a private one", 'deleteRooms(roomIds: ["$private"]) { deleted }'),
            ("addToRoom", "a private one", 'addToRoom(roomId: "$private", userIds: ["$tom"]) { added }'),
            ("removeFromRoom", "a private one", 'removeFromRoom(roomId: "$private", userId: "$ben") { success }'),
            (
                "changeRoomRole",
                "in a private room",
                'changeRoomRole(roomId: "$private", userId: "$ben", role: MODERATOR) { success }',
            ),
            ("renameTopic", "of a private room", 'renameTopic(topicId: "$private_topic", name: "X") { topic { id } }'),
            (
                "readRemovedMessages",
                "in a private room",
                'readRemovedMessages(messageIds: ["$private_message"]) { words { body } }',
            ),
            (
                "removeMessages",
                "in a private room",
                'removeMessages(messageIds: ["$private_message"]) { messages { roomId } }',
            ),
            (
                "restoreMessages",
                "in a private room",
                'restoreMessages(messageIds: ["$private_message"]) { messages { roomId } }',
            ),
            ("reportMessage", "in a private room", 'reportMessage(messageId: "$max_message") { success }'),
        )
    },
}

COMMANDS: dict[str, Door] = {
    "room.subscribe": Said({"roomId": "$room"}),
    "room.subscribe · a private one": Said({"roomId": "$private"}),
    "room.subscribe · a private one, from its beginning": Said({"roomId": "$private", "after": 0}),
    "room.subscribe · of a course": Said({"roomId": "$general_room"}),
    "room.unsubscribe": Said({"roomId": "$room"}),
    "message.post": Said({"roomId": "$room", "clientId": str(uuid4()), "body": "Hello"}),
    "message.post · in a private room": Said({"roomId": "$private", "clientId": str(uuid4()), "body": "Hello"}),
    "message.post · in a course": Said({"roomId": "$general_room", "clientId": str(uuid4()), "body": "Hello"}),
    "message.post · among announcements": Said(
        {"roomId": "$announcements_room", "clientId": str(uuid4()), "body": "Hello"}
    ),
    "message.post · with the member’s file": Said(
        {"roomId": "$room", "clientId": str(uuid4()), "body": "", "fileIds": ["$waiting_file"]}
    ),
    "message.edit": Said({"messageId": "$message", "body": "Others"}),
    "message.edit · in a private room": Said({"messageId": "$private_message", "body": "Others"}),
    "message.remove": Said({"messageId": "$message"}),
    "message.remove · in a private room": Said({"messageId": "$private_message"}),
    "room.read": Said({"roomId": "$room", "number": 1}),
    "room.read · a private one": Said({"roomId": "$private", "number": 1}),
    "typing.start": Said({"roomId": "$room"}),
    "typing.start · in a course": Said({"roomId": "$general_room"}),
    "typing.start · in a private room": Said({"roomId": "$private"}),
    "heartbeat": Said({}),
}
OF_OLD: dict[str, Door] = {
    "text": SaidOfOld({"message": "Hello"}, "new"),
    "update": SaidOfOld({"messageId": "$message", "message": "Others"}, "update"),
    "delete": SaidOfOld({"messageId": "$message"}, "delete"),
}
ADDRESSES: dict[str, Door] = {
    "WS /ws/": Handshake("/ws/"),
    "WS /ws/chat/<host>/<slug>": Handshake("/ws/chat/anna/biology"),
    "WS /ws/chat/<host>/<slug> · a private room": Handshake("/ws/chat/anna/chess"),
    "GET /": Request("GET", "/"),
    "GET /<path:path>": Request("GET", "/u/anna/chess"),
    "GET /static/<path:name>": Request("GET", "/static/main.js"),
    "GET /admin/": Request("GET", "/admin/"),
    "GET /admin/<path:page>": Request("GET", "/admin/people"),
    "GET /graphql/": Request("GET", "/graphql/"),
    "POST /graphql/": Request("POST", "/graphql/", b'{"query": "{ school { name } }"}', "application/json"),
    "GET /api/csrf/": Request("GET", "/api/csrf/"),
    "GET /api/health/live": Request("GET", "/api/health/live"),
    "GET /api/health/ready": Request("GET", "/api/health/ready"),
    "GET /metrics": Request("GET", "/metrics"),
    "GET /api/openapi.json": Request("GET", "/api/openapi.json"),
    "POST /api/files/": Request("POST", "/api/files/?name=a.pdf", PDF, "application/pdf"),
    "DELETE /api/files/<uuid:file_id>": Request("DELETE", "/api/files/$waiting_file"),
    "DELETE /api/files/<uuid:file_id> · sent already": Request("DELETE", "/api/files/$file"),
    "GET /media/<path:path> · a face": Request("GET", "/media/avatars/anna.webp"),
    "GET /media/<path:path> · anything else": Request("GET", "/media/files/secret.pdf"),
    "GET /media/files/<uuid:file_id>/<name> · in a room": Request("GET", "/media/files/$file/a.pdf"),
    "GET /media/files/<uuid:file_id>/<name> · a picture in a room": Request("GET", "/media/files/$picture/a.png"),
    "GET /media/files/<uuid:file_id>/<name> · its thumbnail": Request("GET", "/media/files/$picture/thumbnail"),
    "GET /media/files/<uuid:file_id>/<name> · in a private room": Request("GET", "/media/files/$private_file/a.pdf"),
    "GET /media/files/<uuid:file_id>/<name> · in a course’s materials": Request(
        "GET", "/media/files/$material_file/peas.pdf"
    ),
    "GET /media/files/<uuid:file_id>/<name> · not sent yet": Request("GET", "/media/files/$waiting_file/a.pdf"),
    "GET /media/files/<uuid:file_id>/<name> · of a removed message": Request("GET", "/media/files/$removed_file/a.pdf"),
}
SECTIONS: dict[str, dict[str, Door]] = {
    "What is told": QUERIES,
    "What is hidden in what is told": HIDING,
    "What is changed": MUTATIONS,
    "What is said on the socket": COMMANDS,
    "What is said on the earlier EduSphere’s socket": OF_OLD,
    "Addresses and files": ADDRESSES,
}
DOORS: dict[str, Door] = {name: door for section in SECTIONS.values() for name, door in section.items()}


def filled(value: Any, fill: Callable[[str], str]) -> Any:
    """Return a value of JSON with its `$…` filled in."""
    return json.loads(fill(json.dumps(value)))
