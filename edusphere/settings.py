"""Every knob of a school's server: its name in the environment, default, unit and one sentence.

The only reader of the environment (of `.env`, and of secrets that are handed in as files). `edusphere settings` prints
this page.
"""

from __future__ import annotations

import difflib
import os
from pathlib import Path
from typing import Any, Literal
from urllib.parse import SplitResult, urlsplit

from dotenv import dotenv_values
from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

SECONDS = 1
MINUTES = 60 * SECONDS
HOURS = 60 * MINUTES
DAYS = 24 * HOURS
BYTES = 1
KIBIBYTES = 1024 * BYTES
MEBIBYTES = 1024 * KIBIBYTES
PREFIX = "EDUSPHERE_"
SECRETS = Path("/run/secrets")
"""Where containers are handed secrets, each a file named like its setting. The environment goes before."""


class BadSettings(Exception):
    """The environment cannot be understood; its text is a sentence for the person who wrote it."""


def knob(environment: str, default: Any, unit: str, meaning: str, **checks: Any) -> Any:
    """Declare one setting: `environment` is its full name, `unit` is empty where there is none."""
    return Field(
        default,
        validation_alias=environment,
        description=meaning,
        json_schema_extra={"unit": unit},
        **checks,
    )


class Settings(BaseSettings):
    """One school's settings, read once at the start and never changed."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", populate_by_name=True, env_file=".env")

    # -- the database
    db_name: str | None = knob(
        "DB_NAME", None, "", "The Postgres database to use; no DB_ name set: the embedded Postgres."
    )
    db_user: str | None = knob("DB_USER", None, "", "The database's user.")
    db_password: SecretStr | None = knob("DB_PASSWORD", None, "", "The database user's password.")
    db_host: str | None = knob("DB_HOST", None, "", "Where the database is; `localhost` when another DB_ name is set.")
    db_port: int | None = knob("DB_PORT", None, "", "Its port; 5432 when another DB_ name is set.", ge=1, le=65535)
    db_connections: int = knob(
        "EDUSPHERE_DB_CONNECTIONS", 10, "connections", "At most so many per process.", ge=2, le=200
    )

    # -- the broker
    redis_url: str | None = knob(
        "REDIS_URL",
        None,
        "",
        "The school's own Redis, its broker (redis://, rediss:// or unix://); unset: memory, for one process.",
    )
    redis_host: str | None = knob("REDIS_HOST", None, "", "Another way to name the Redis broker.")
    redis_port: int | None = knob("REDIS_PORT", None, "", "Its port, 6379 unless said.", ge=1, le=65535)

    # -- keys
    secret_key: SecretStr | None = knob(
        "SECRET_KEY", None, "", "Signs tokens, at least 32 bytes; unset: made once and kept in the data folder."
    )
    secret_key_previous: SecretStr | None = knob(
        "SECRET_KEY_PREVIOUS", None, "", "Still verifies what it signed, after a change of SECRET_KEY."
    )

    # -- the school and its address
    data: Path = knob("EDUSPHERE_DATA", Path("data"), "", "The data folder: embedded Postgres, media, backups.")
    public_url: str = knob(
        "EDUSPHERE_PUBLIC_URL",
        "http://localhost:8000",
        "",
        "Where people reach the school.",
        pattern=r"^https?://[^/]+/?$",
    )
    allowed_hosts: str = knob(
        "EDUSPHERE_ALLOWED_HOSTS", "", "", "Further host names that the server answers to, comma separated."
    )
    cors_origins: str = knob(
        "EDUSPHERE_CORS_ORIGINS", "", "", "Further origins whose pages may use the API, comma separated."
    )
    trusted_proxies: str = knob(
        "EDUSPHERE_TRUSTED_PROXIES",
        "",
        "",
        "Addresses or networks whose X-Forwarded headers are believed, comma separated; `unix` for a Unix socket.",
    )
    smtp_url: SecretStr | None = knob(
        "EDUSPHERE_SMTP_URL",
        None,
        "",
        "How to send mail (smtp:// or smtps://); unset: mails are kept for the administrator to see.",
    )
    mail_from: str = knob(
        "EDUSPHERE_MAIL_FROM", "", "", "The sender of mails; unset: edusphere@ the public URL's host.", max_length=254
    )
    mail_kept: int = knob(
        "EDUSPHERE_MAIL_KEPT", 30 * DAYS, "seconds", "How long a mail that was not sent is kept.", ge=60
    )
    verify_email: bool = knob(
        "EDUSPHERE_VERIFY_EMAIL",
        False,
        "",
        "Whoever registers proves their e-mail address by a link before signing in; the school can decide otherwise.",
    )
    registration: Literal["open", "invited", "closed"] = knob(
        "EDUSPHERE_REGISTRATION",
        "open",
        "",
        "Who may make an account: open, invited or closed; the setup page can change it.",
    )
    room_makers: Literal["everyone", "staff"] = knob(
        "EDUSPHERE_ROOM_MAKERS", "everyone", "", "Who may make open rooms: everyone or staff."
    )

    # -- how it runs
    host: str = knob("EDUSPHERE_HOST", "127.0.0.1", "", "The address to listen on, or unix:/path of a socket.")
    port: int = knob("EDUSPHERE_PORT", 8000, "", "The port to listen on.", ge=1, le=65535)
    tls_certificate: Path | None = knob(
        "EDUSPHERE_TLS_CERTIFICATE",
        None,
        "",
        "A certificate and its chain (PEM): the school is then served over https without a proxy.",
    )
    tls_key: Path | None = knob(
        "EDUSPHERE_TLS_KEY", None, "", "The certificate's private key (PEM); unset: it is in the certificate's file."
    )
    workers: int = knob("EDUSPHERE_WORKERS", 1, "processes", "App processes; more than one needs Redis.", ge=1, le=64)
    worker_opening: float = knob(
        "EDUSPHERE_WORKER_OPENING",
        60 * SECONDS,
        "seconds",
        "With several processes: how long one that joins them may take until it serves.",
        ge=10,
    )
    worker_silence: float = knob(
        "EDUSPHERE_WORKER_SILENCE",
        30 * SECONDS,
        "seconds",
        "With several processes: one that stands still for so long is ended and replaced.",
        ge=5,
    )
    metrics_token: SecretStr | None = knob(
        "EDUSPHERE_METRICS_TOKEN",
        None,
        "",
        "Who sends it as a bearer may read /metrics (Prometheus); unset: nobody.",
        min_length=16,
    )
    log_format: Literal["text", "json"] = knob(
        "EDUSPHERE_LOG_FORMAT", "text", "", "How the log is written: text, or one JSON object a line."
    )
    log_requests: bool = knob(
        "EDUSPHERE_LOG_REQUESTS", False, "", "A line in the log for every request: its door, status and time."
    )
    debug: bool = knob("EDUSPHERE_DEBUG", False, "", "GraphiQL, introspection and tracebacks in the log.")
    limits: Literal["on", "off"] = knob(
        "EDUSPHERE_LIMITS",
        "on",
        "",
        "`off` lifts limits of rate and count for load tests; only while bound to loopback.",
    )
    drain: float = knob(
        "EDUSPHERE_DRAIN",
        2 * SECONDS,
        "seconds",
        "At a stop, over how long sockets are asked to come back (a few go at once); then the rest is cut.",
        ge=0,
        le=60,
    )

    backups_kept: int = knob(
        "EDUSPHERE_BACKUPS_KEPT",
        7,
        "nights",
        "Backups kept in the data folder, and of each of four weeks before the first; 0: none is made.",
        ge=0,
        le=366,
    )
    backup_hour: int = knob(
        "EDUSPHERE_BACKUP_HOUR", 3, "o'clock", "When the night's backup is made, by this machine's clock.", ge=0, le=23
    )
    backup_recipient: str = knob(
        "EDUSPHERE_BACKUP_RECIPIENT",
        "",
        "",
        "The public key (age1…) for which backups are encrypted; unset: they are not.",
        pattern=r"^(age1[0-9a-z]+)?$",
    )

    # -- sign-ins
    access_lifetime: int = knob(
        "EDUSPHERE_ACCESS_LIFETIME", 10 * MINUTES, "seconds", "How long an access token is good.", ge=5
    )
    session_idle: int = knob("EDUSPHERE_SESSION_IDLE", 7 * DAYS, "seconds", "A session unused for so long ends.", ge=60)
    session_lifetime: int = knob(
        "EDUSPHERE_SESSION_LIFETIME", 30 * DAYS, "seconds", "A session ends after so long in any case.", ge=60
    )
    refresh_grace: float = knob(
        "EDUSPHERE_REFRESH_GRACE",
        20 * SECONDS,
        "seconds",
        "A refresh token used again within this gets the same successor (two tabs).",
        ge=0,
    )
    session_check: float = knob(
        "EDUSPHERE_SESSION_CHECK",
        0.9 * SECONDS,
        "seconds",
        "How often, at least, each process looks whether the sessions of its sockets have ended.",
        gt=0,
    )
    password_hashers: int = knob(
        "EDUSPHERE_PASSWORD_HASHERS", 2, "threads", "Passwords checked at the same time.", ge=1, le=64
    )
    sign_ins_waiting: int = knob(
        "EDUSPHERE_SIGN_INS_WAITING",
        500,
        "sign-ins",
        "Passwords that wait to be checked; more are asked to come again in a moment.",
        ge=1,
    )
    password_strength: int = knob(
        "EDUSPHERE_PASSWORD_STRENGTH",
        3,
        "of 4",
        "How hard a new password must be to guess: zxcvbn's score; 3 is beyond 100 million guesses.",
        ge=0,
        le=4,
    )
    sign_ins_per_account: int = knob(
        "EDUSPHERE_SIGN_INS_PER_ACCOUNT", 10, "per 5 minutes", "Failed sign-ins per account before a pause.", ge=1
    )
    sign_ins_per_address: int = knob(
        "EDUSPHERE_SIGN_INS_PER_ADDRESS",
        300,
        "per 5 minutes",
        "Failed sign-ins per address before a pause; a whole school can be one address.",
        ge=1,
    )
    registrations_per_address: int = knob(
        "EDUSPHERE_REGISTRATIONS_PER_ADDRESS",
        200,
        "per hour",
        "New accounts per address; forms with mistakes may be ten times as many.",
        ge=1,
    )
    mails_per_recipient: int = knob(
        "EDUSPHERE_MAILS_PER_RECIPIENT",
        5,
        "per hour",
        "Mails with a link that can be asked for one e-mail address.",
        ge=1,
    )
    mails_per_address: int = knob(
        "EDUSPHERE_MAILS_PER_ADDRESS",
        200,
        "per hour",
        "Mails with a link that can be asked for from one address.",
        ge=1,
    )
    wrong_links_per_address: int = knob(
        "EDUSPHERE_WRONG_LINKS_PER_ADDRESS", 100, "per 5 minutes", "One-time links that are no good, per address.", ge=1
    )
    reset_lifetime: int = knob(
        "EDUSPHERE_RESET_LIFETIME", 1 * HOURS, "seconds", "How long a link for a new password is good.", ge=60
    )
    verification_lifetime: int = knob(
        "EDUSPHERE_VERIFICATION_LIFETIME", 1 * DAYS, "seconds", "How long a link that proves an address is good.", ge=60
    )
    api_tokens_per_person: int = knob("EDUSPHERE_API_TOKENS_PER_PERSON", 50, "tokens", "Of programs.", ge=1)

    # -- sizes and counts
    message_length: int = knob("EDUSPHERE_MESSAGE_LENGTH", 4_000, "characters", "The longest message.", ge=1, le=16_000)
    head_limit: int = knob(
        "EDUSPHERE_HEAD_LIMIT", 16 * KIBIBYTES, "bytes", "The largest head of a request, cookies included.", ge=2048
    )
    body_limit: int = knob(
        "EDUSPHERE_BODY_LIMIT", 100 * KIBIBYTES, "bytes", "The largest GraphQL request without files.", ge=1 * KIBIBYTES
    )
    avatar_limit: int = knob(
        "EDUSPHERE_AVATAR_LIMIT", 5 * MEBIBYTES, "bytes", "The largest picture of a person.", ge=1 * KIBIBYTES
    )
    image_pixels: int = knob("EDUSPHERE_IMAGE_PIXELS", 25_000_000, "pixels", "The largest picture, unpacked.", ge=1)
    pictures_at_once: int = knob(
        "EDUSPHERE_PICTURES_AT_ONCE", 2, "pictures", "Drawn anew at the same time, per process.", ge=1
    )
    file_limit: int = knob(
        "EDUSPHERE_FILE_LIMIT",
        25 * MEBIBYTES,
        "bytes",
        "The largest file in a message.",
        ge=1 * KIBIBYTES,
        le=2**31 - 1,
    )
    files_per_message: int = knob(
        "EDUSPHERE_FILES_PER_MESSAGE", 10, "files", "The most files in one message.", ge=1, le=100
    )
    waiting_files_limit: int = knob(
        "EDUSPHERE_WAITING_FILES_LIMIT",
        250 * MEBIBYTES,
        "bytes",
        "What one person may have uploaded and not sent yet.",
        ge=1 * KIBIBYTES,
    )
    files_limit: int = knob(
        "EDUSPHERE_FILES_LIMIT", 4096 * MEBIBYTES, "bytes", "What one person's files may take in all.", ge=1 * KIBIBYTES
    )
    waiting_files_lifetime: int = knob(
        "EDUSPHERE_WAITING_FILES_LIFETIME",
        1 * DAYS,
        "seconds",
        "A file uploaded and not sent for so long is swept away.",
        ge=1 * HOURS,
    )
    uploads_per_minute: int = knob("EDUSPHERE_UPLOADS_PER_MINUTE", 40, "uploads", "Per person.", ge=1)
    uploads_at_once: int = knob("EDUSPHERE_UPLOADS_AT_ONCE", 6, "uploads", "Per person.", ge=1)
    upload_patience: float = knob(
        "EDUSPHERE_UPLOAD_PATIENCE",
        30 * SECONDS,
        "seconds",
        "An upload of which nothing arrives for so long is given up.",
        gt=0,
    )
    accel: str = knob(
        "EDUSPHERE_ACCEL",
        "",
        "",
        "The internal location under which nginx has the media folder, like /protected-media/: "
        "it then sends the files; unset: EduSphere does.",
        pattern=r"^(/[-\w/]*/)?$",
    )
    graphql_tokens: int = knob("EDUSPHERE_GRAPHQL_TOKENS", 1_000, "tokens", "The longest GraphQL document.", ge=10)
    graphql_depth: int = knob("EDUSPHERE_GRAPHQL_DEPTH", 10, "levels", "The deepest GraphQL document.", ge=1)
    graphql_aliases: int = knob(
        "EDUSPHERE_GRAPHQL_ALIASES", 15, "aliases", "The most aliases in a GraphQL document.", ge=0
    )
    graphql_cost: int = knob(
        "EDUSPHERE_GRAPHQL_COST",
        25_000,
        "words",
        "What a GraphQL document may ask for at most, its lists as long as they may be.",
        ge=1_000,
    )

    requests_per_10_seconds: int = knob(
        "EDUSPHERE_REQUESTS_PER_10_SECONDS", 200, "requests", "To GraphQL, and to open sockets, per person.", ge=1
    )
    strangers_per_10_seconds: int = knob(
        "EDUSPHERE_STRANGERS_PER_10_SECONDS",
        3_000,
        "requests",
        "The same per address, of people not signed in; a whole school can be one address.",
        ge=1,
    )
    downloads_per_10_seconds: int = knob(
        "EDUSPHERE_DOWNLOADS_PER_10_SECONDS", 500, "files", "Pictures and files that are opened, per person.", ge=1
    )
    visits_per_10_seconds: int = knob(
        "EDUSPHERE_VISITS_PER_10_SECONDS",
        10_000,
        "requests",
        "Of any kind, pages and their parts included, per address; a whole school can be one address.",
        ge=1,
    )
    changes_per_minute: int = knob(
        "EDUSPHERE_CHANGES_PER_MINUTE", 120, "changes", "By GraphQL, beside messages; per person.", ge=1
    )

    # -- the socket
    heartbeat: float = knob(
        "EDUSPHERE_HEARTBEAT", 25 * SECONDS, "seconds", "Between the server's heartbeats on a socket.", gt=0
    )
    silence: float = knob(
        "EDUSPHERE_SILENCE",
        45 * SECONDS,
        "seconds",
        "A socket silent for so long is closed by then, and others know that nobody is there.",
        gt=0,
    )
    frame_limit: int = knob(
        "EDUSPHERE_FRAME_LIMIT", 64 * KIBIBYTES, "bytes", "The largest frame from a browser.", ge=1 * KIBIBYTES
    )
    inbox_limit: int = knob(
        "EDUSPHERE_INBOX_LIMIT",
        512 * KIBIBYTES,
        "characters",
        "What one socket may have said that is not answered yet.",
        ge=64 * KIBIBYTES,
    )
    outbox_limit: int = knob(
        "EDUSPHERE_OUTBOX_LIMIT",
        1 * MEBIBYTES,
        "bytes",
        "What may wait for one slow reader before it is let go.",
        ge=64 * KIBIBYTES,
    )
    outbox_patience: float = knob(
        "EDUSPHERE_OUTBOX_PATIENCE",
        10 * SECONDS,
        "seconds",
        "How long one frame may wait for a slow reader before it is let go.",
        gt=0,
    )
    replay_limit: int = knob(
        "EDUSPHERE_REPLAY_LIMIT",
        500,
        "changes",
        "More missed changes than this are not replayed: the room is fetched anew.",
        ge=1,
    )
    posts_per_10_seconds: int = knob("EDUSPHERE_POSTS_PER_10_SECONDS", 10, "posts", "Per person.", ge=1)
    posts_per_minute: int = knob("EDUSPHERE_POSTS_PER_MINUTE", 60, "posts", "Per person.", ge=1)
    reports_per_hour: int = knob("EDUSPHERE_REPORTS_PER_HOUR", 20, "reports", "Per person.", ge=1)
    join_requests_per_hour: int = knob("EDUSPHERE_JOIN_REQUESTS_PER_HOUR", 30, "requests", "Per person.", ge=1)
    invitations_per_hour: int = knob(
        "EDUSPHERE_INVITATIONS_PER_HOUR", 300, "invitations", "Into courses, per person who invites.", ge=1
    )
    commands_per_10_seconds: int = knob("EDUSPHERE_COMMANDS_PER_10_SECONDS", 60, "commands", "Per socket.", ge=1)
    bad_frames: int = knob(
        "EDUSPHERE_BAD_FRAMES", 3, "frames", "So many that nobody can understand close a socket.", ge=1
    )
    rooms_per_socket: int = knob("EDUSPHERE_ROOMS_PER_SOCKET", 200, "rooms", "Subscribed at once.", ge=1)
    sockets_per_person: int = knob("EDUSPHERE_SOCKETS_PER_PERSON", 8, "sockets", "The oldest gives way.", ge=1)
    typing_lifetime: float = knob(
        "EDUSPHERE_TYPING_LIFETIME", 5 * SECONDS, "seconds", "How long `typing.started` holds.", gt=0
    )
    presence_interval: float = knob(
        "EDUSPHERE_PRESENCE_INTERVAL", 1 * SECONDS, "seconds", "A room's presence is told at most this often.", gt=0
    )
    presence_names: int = knob(
        "EDUSPHERE_PRESENCE_NAMES", 100, "people", "In a room with more people here, only their number is told.", ge=0
    )
    presence_lifetime: float = knob(
        "EDUSPHERE_PRESENCE_LIFETIME",
        45 * SECONDS,
        "seconds",
        "With several processes: the people of one that says no more are forgotten after so long.",
        gt=0,
    )
    position_check: float = knob(
        "EDUSPHERE_POSITION_CHECK",
        3 * SECONDS,
        "seconds",
        "How often each process compares its rooms with the database for what the broker lost.",
        gt=0,
    )

    @field_validator("smtp_url")
    @classmethod
    def _names_a_mail_server(cls, url: SecretStr | None) -> SecretStr | None:
        if url is not None:
            parts = urlsplit(url.get_secret_value())
            if parts.scheme not in ("smtp", "smtps") or not parts.hostname or not _has_a_port_or_none(parts):
                raise ValueError("write it like smtp://user:password@mail.school.example:587, or smtps://…")
        return url

    @property
    def embedded_database(self) -> bool:
        return not any((self.db_name, self.db_user, self.db_password, self.db_host, self.db_port))

    @property
    def broker_url(self) -> str | None:
        """The Redis to use, or None for memory."""
        if self.redis_url:
            return self.redis_url
        if self.redis_host or self.redis_port:
            return f"redis://{self.redis_host or 'localhost'}:{self.redis_port or 6379}/0"
        return None

    @property
    def unix_socket(self) -> Path | None:
        """The Unix socket to listen on, where it is one."""
        return Path(self.host.removeprefix("unix:")) if self.host.startswith("unix:") else None

    @property
    def secure(self) -> bool:
        """Whether people come over https: cookies are then secure."""
        return self.public_url.startswith("https://")


def _has_a_port_or_none(parts: SplitResult) -> bool:
    try:
        return parts.port is None or parts.port > 0
    except ValueError:
        return False


def words(value: str) -> tuple[str, ...]:
    """Split a comma separated setting."""
    return tuple(word.strip() for word in value.split(",") if word.strip())


def read_settings(**overrides: Any) -> Settings:
    """Read the environment, `.env` and SECRETS; `overrides` are fields given on the command line.

    Raises:
        BadSettings: a value that cannot be, or an unknown EDUSPHERE_ name (with the nearest known one).
    """
    given = {name: value for name, value in overrides.items() if value is not None}
    _refuse_unknown_names()
    try:
        return Settings(**given, _secrets_dir=SECRETS if SECRETS.is_dir() else None)  # type: ignore[call-arg]
    except ValidationError as error:
        problems = "; ".join(
            f"{'.'.join(str(part) for part in problem['loc'])}: {problem['msg']}" for problem in error.errors()
        )
        raise BadSettings(f"A setting cannot be understood: {problems}.") from error


def _refuse_unknown_names() -> None:
    known = {str(field.validation_alias) for field in Settings.model_fields.values()}
    for name in (*os.environ, *dotenv_values(".env")):
        if name.upper().startswith(PREFIX) and name.upper() not in known:
            nearest = difflib.get_close_matches(name.upper(), known, n=1, cutoff=0.0)
            raise BadSettings(
                f"There is no setting {name}. Did you mean {nearest[0]}? `edusphere settings` lists them all."
            )
