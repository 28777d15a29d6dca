"""What mails say, in the languages of the app. Short, and plain text: nothing in them is loaded, nothing is counted."""

from __future__ import annotations

from typing import Literal, NamedTuple

Language = Literal["en", "lv"]

LINK = "[link]"
"""Stands where the one-time link will."""


class Letter(NamedTuple):
    subject: str
    body: str


def language_of(accepted: str) -> Language:
    """Return the first of our languages in an Accept-Language header."""
    for part in accepted.split(","):
        if part.strip().lower().startswith("lv"):
            return "lv"
        if part.strip().lower().startswith("en"):
            break
    return "en"


def new_password(language: Language, school: str, name: str, minutes: int) -> Letter:
    """To somebody who forgot their password."""
    if language == "lv":
        return Letter(
            f"Jauna parole: {school}",
            f"Labdien, {name}!\n\nLai izvēlētos jaunu paroli, atver šo saiti. Tā der vienu reizi; minūtes, cik ilgi: "
            f"{minutes}.\n\n{LINK}\n\nJa to neprasīji, nedari neko: parole paliek, kāda bija.\n\n{school}\n",
        )
    return Letter(
        f"A new password: {school}",
        f"Hello {name},\n\nOpen this link to choose a new password. It is good once, for {minutes} minutes:\n\n"
        f"{LINK}\n\nIf you did not ask for it, do nothing: your password stays as it is.\n\n{school}\n",
    )


def password_changed(language: Language, school: str, name: str) -> Letter:
    """To somebody whose password was changed, by them or not."""
    if language == "lv":
        return Letter(
            f"Parole ir nomainīta: {school}",
            f"Labdien, {name}!\n\nTavam kontam ir jauna parole, un citās ierīcēs tas ir izrakstīts. Ja to nedarīji tu, "
            f"tūlīt pasaki skolas administratoram.\n\n{school}\n",
        )
    return Letter(
        f"Your password was changed: {school}",
        f"Hello {name},\n\nYour account has a new password and was signed out on your other devices. If this was not "
        f"you, tell the school's administrator at once.\n\n{school}\n",
    )


def confirm_address(language: Language, school: str, name: str, hours: int) -> Letter:
    """To somebody who registers."""
    if language == "lv":
        return Letter(
            f"Apstiprini savu adresi: {school}",
            f"Labdien, {name}!\n\nAtver šo saiti, lai pabeigtu reģistrēšanos. Stundas, cik ilgi tā der: {hours}.\n\n"
            f"{LINK}\n\n"
            f"Ja tu nereģistrējies, nedari neko: konts netiks izveidots.\n\n{school}\n",
        )
    return Letter(
        f"Confirm your address: {school}",
        f"Hello {name},\n\nOpen this link to finish your registration. It is good for {hours} hours:\n\n{LINK}\n\n"
        f"If you did not register, do nothing: no account is made.\n\n{school}\n",
    )


def already_here(language: Language, school: str, name: str, username: str) -> Letter:
    """To somebody with an account, whose address was given for another."""
    if language == "lv":
        return Letter(
            f"Tev jau ir konts: {school}",
            f"Labdien, {name}!\n\nKāds reģistrējās ar šo adresi, bet tai jau ir konts: {username}. Ja tas biji tu, "
            f"pieraksties ar to; ja parole aizmirsta, pierakstīšanās lapā vari prasīt jaunu. Ja ne, nedari neko.\n\n"
            f"{school}\n",
        )
    return Letter(
        f"You have an account: {school}",
        f"Hello {name},\n\nSomebody registered with this address, but it has an account already: {username}. If it was "
        f"you, sign in with it; the sign-in page can send you a new password. If not, do nothing.\n\n{school}\n",
    )


def invitation(language: Language, school: str, days: int) -> Letter:
    """To somebody who may make an account."""
    if language == "lv":
        return Letter(
            f"Ielūgums: {school}",
            f"Labdien!\n\n{school} aicina tevi. Atver šo saiti, lai izveidotu savu kontu. Dienas, cik ilgi tā der: "
            f"{days}.\n\n{LINK}\n\n{school}\n",
        )
    return Letter(
        f"You are invited: {school}",
        f"Hello,\n\n{school} invites you. Open this link to make your account. It is good for "
        f"{days} {'day' if days == 1 else 'days'}:\n\n{LINK}\n\n{school}\n",
    )


def course_invitation(language: Language, school: str, teacher: str, course: str, days: int) -> Letter:
    """To somebody who may take part in a course, with an account or not: the same words to both."""
    if language == "lv":
        return Letter(
            f"Ielūgums kursā: {course}",
            f"Labdien!\n\n{teacher} aicina tevi piedalīties kursā “{course}”. Atver šo saiti, lai piekristu vai "
            f"atteiktos; ja tev vēl nav konta, tur vari to izveidot. Dienas, cik ilgi tā der: {days}.\n\n{LINK}\n\n"
            f"{school}\n",
        )
    return Letter(
        f"You are invited to a course: {course}",
        f"Hello,\n\n{teacher} invites you to take part in the course “{course}”. Open this link to accept or to "
        f"decline; if you have no account yet, you can make one there. It is good for "
        f"{days} {'day' if days == 1 else 'days'}:\n\n{LINK}\n\n{school}\n",
    )
