"""A school that is served for a measurement: its own data folder, its own port, its own process."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from http.client import HTTPConnection
from pathlib import Path
from types import TracebackType
from typing import Any

from edusphere.database.address import Address
from edusphere.database.embedded import running_address
from loadtests.bench import processes
from loadtests.bench.processes import Cost

PATIENCE = 60.0
"""Seconds in which a school must be ready, or stopped."""


class Trouble(Exception):
    """The measurement cannot go on; a sentence for whoever runs it."""


class Served:
    """`edusphere serve` on a data folder, from entering to leaving the block.

    `ready_after` is how many seconds it took to become ready, and `ready_cost` its CPU until then.
    """

    def __init__(self, data: Path, *, program: str = "edusphere", **settings: str) -> None:
        """`program` is a module that does as `edusphere` does, and more."""
        self.data = data
        self._program = program
        self.port = processes.free_port()
        self._settings = {"EDUSPHERE_LIMITS": "off", "EDUSPHERE_PUBLIC_URL": f"http://127.0.0.1:{self.port}"} | settings
        self.ready_after = 0.0
        self.ready_cost = Cost(0.0, 0.0)

    def __enter__(self) -> Served:
        self._log = (self.data.parent / f"{self.data.name}.log").open("ab")
        began = time.perf_counter()
        self._process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-m", self._program, "serve", "--port", str(self.port), "--data", str(self.data)],
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=self._log,
            env=processes.environment(**self._settings),
        )
        try:
            while not self._is_ready():
                if self._process.poll() is not None or time.perf_counter() - began > PATIENCE:
                    said = Path(self._log.name).read_text(errors="replace").strip().splitlines()
                    raise Trouble("\n  ".join(["The school did not become ready. Its last words:", *said[-5:]]))
                time.sleep(0.005)
        except BaseException:
            self._stop()
            raise
        self.ready_after = time.perf_counter() - began
        self.ready_cost = self.cpu()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    @property
    def address(self) -> Address:
        """Where its Postgres is."""
        address = running_address(self.data)
        if address is None:
            raise Trouble("The school has no embedded Postgres running.")
        return address

    @property
    def pid(self) -> int:
        return self._process.pid

    def cpu(self) -> Cost:
        return processes.cpu(self._process.pid)

    def memory(self) -> Cost:
        return processes.memory(self._process.pid)

    def browser(self) -> Browser:
        return Browser(self.port)

    def _is_ready(self) -> bool:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/api/health/ready")
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()

    def _stop(self) -> None:
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._log.close()


class Browser:
    """One kept-alive connection that asks GraphQL as a signed-in page does."""

    def __init__(self, port: int) -> None:
        self._connection = HTTPConnection("127.0.0.1", port, timeout=30)
        self._headers = {"Content-Type": "application/json"}

    def sign_in(self, email: str, password: str) -> None:
        answer = self.ask(
            "mutation SignIn($email: String!, $password: String!) {"
            " tokenAuth(email: $email, password: $password) { token } }",
            {"email": email, "password": password},
        )
        self._headers["Cookie"] = f"JWT={answer['tokenAuth']['token']}"

    def ask(self, document: str, variables: dict[str, Any]) -> dict[str, Any]:
        """Return the data of an answer without errors."""
        body = json.dumps({"query": document, "variables": variables})
        self._connection.request("POST", "/graphql/", body, self._headers)
        answer = json.loads(self._connection.getresponse().read())
        if "errors" in answer:
            raise Trouble(f"GraphQL refused what the bench asked: {answer['errors']}")
        data: dict[str, Any] = answer["data"]
        return data
