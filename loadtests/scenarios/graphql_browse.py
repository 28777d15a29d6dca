"""Browsing: people look at their rooms, who is in them, and what was said there, page by page."""

from __future__ import annotations

from locust import between, task

from loadtests.player.person import Person

PAGE = 50


class Browser(Person):
    scenario = "graphql_browse"
    wait_time = between(0.5, 3)

    @task(2)
    def look_at_my_rooms(self) -> None:
        self.ask("MyRooms", after=None)

    @task(3)
    def open_a_room(self) -> None:
        room = self.place(self.classroom)
        address = {"hostSlug": room.host, "roomSlug": room.slug}
        self.ask("RoomByAddress", **address)
        self.ask("RoomPeople", **address, after=None)
        self.ask("RoomHistory", roomId=room.id, last=PAGE)

    @task(3)
    def page_back_in_the_hall(self) -> None:
        hall = self.place(self.hall)
        for before in range(hall.number, max(hall.number - 4 * PAGE, 1), -PAGE):
            self.ask("RoomHistory", roomId=hall.id, last=PAGE, before=before)

    @task(1)
    def look_around(self) -> None:
        self.ask("MyCourses", archived=False, after=None)
        self.ask("MyDirectRooms", after=None)
