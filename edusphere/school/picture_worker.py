"""Run as a program of its own, never imported: one picture in on stdin, safe pictures out on stdout.

Decoders of pictures are the likeliest place for a hostile file to do harm, so they run in a process that may
use little memory and time, knows no keys and is thrown away. What comes out is drawn anew: upright, in sRGB, without
metadata and trailing bytes. Exit 3: this is no picture we take; the reason is on stderr.

`avatar KIND PIXELS` answers with a square WebP. `photo KIND PIXELS` answers with a line of JSON (`mime`, `width`,
`height`, `thumbnail`: its bytes), then the thumbnail, a WebP of one frame, then the whole picture.
"""

from __future__ import annotations

import io
import json
import resource
import sys
import warnings

from PIL import Image, ImageCms, ImageFile, ImageOps, ImageSequence, UnidentifiedImageError

FORMATS = {"image/png": "PNG", "image/jpeg": "JPEG", "image/webp": "WEBP", "image/gif": "GIF"}
# A GIF of one frame has few colours and often letters: PNG draws them as they are.
STILL = {"PNG": "PNG", "JPEG": "JPEG", "WEBP": "WEBP", "GIF": "PNG"}
HOW: dict[str, dict[str, object]] = {
    "PNG": {"compress_level": 3},
    "JPEG": {"quality": 88, "progressive": True},
    "WEBP": {"quality": 85, "method": 2},
}
AVATAR = (512, 512)
THUMBNAIL = (640, 480)
"""Pixels, at most; the slot it is shown in has half of each, for screens that have two for one."""
REFUSED = 3
MEMORY = 1024 * 1024 * 1024
CPU_SECONDS = 30
SRGB = ImageCms.createProfile("sRGB")
UNREADABLE = (
    UnidentifiedImageError,
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    Image.DecompressionBombError,
    MemoryError,
)
DAMAGED = "This picture is damaged, or not what it seems. Please use another PNG, JPEG, WebP or GIF."


class Refused(Exception):
    """This is no picture that we take; says why."""


def opened(data: bytes, kind: str, pixels: int) -> ImageFile.ImageFile:
    """Return the picture, its size known and nothing unpacked yet.

    Raises:
        Refused: unpacked it has more than `pixels` pixels.
    """
    picture = Image.open(io.BytesIO(data), formats=(FORMATS[kind],))
    if picture.width * picture.height > pixels:
        raise Refused(
            f"The picture has more than {pixels / 1_000_000:g} megapixels. Please make it smaller and send it again."
        )
    return picture


def upright(picture: Image.Image) -> Image.Image:
    """Return the picture as it is meant to be seen, with nothing about it but its pixels."""
    profile = picture.info.get("icc_profile")
    picture = ImageOps.exif_transpose(picture)
    if picture.mode.startswith("I"):  # 16 bits of grey
        picture = picture.point(lambda value: value / 256).convert("L")
    alpha = picture.convert("RGBA").getchannel("A") if picture.has_transparency_data else None
    if profile and picture.mode in ("RGB", "RGBA", "CMYK", "L"):
        picture = in_srgb(picture.convert("RGB") if picture.mode == "RGBA" else picture, profile)
    picture = picture if picture.mode in ("L", "RGB") else picture.convert("RGB")
    if alpha is not None:
        picture = picture.convert("RGB")
        picture.putalpha(alpha)
    picture.info.clear()
    return picture


def in_srgb(picture: Image.Image, profile: bytes) -> Image.Image:
    """Return the picture in the colours that every screen takes for granted; as it is where its profile is no good."""
    try:
        own = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        return ImageCms.profileToProfile(picture, own, SRGB, outputMode="RGB") or picture
    except (ImageCms.PyCMSError, OSError, ValueError):
        return picture


def fitted(picture: Image.Image, box: tuple[int, int]) -> bytes:
    """Return a WebP that fills the box, cut at its edges where it must; never larger than the picture."""
    size = (min(box[0], picture.width), min(box[1], picture.height))
    return encoded(ImageOps.fit(picture, size, method=Image.Resampling.LANCZOS), "WEBP", quality=78, method=4)


def encoded(picture: Image.Image, form: str, **more: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, form, **(HOW[form] | more))
    return out.getvalue()


def avatar(picture: ImageFile.ImageFile) -> bytes:
    picture.draft("RGB", AVATAR)
    drawn = upright(picture)
    side = min(*drawn.size, *AVATAR)
    return fitted(drawn, (side, side))


def photo(picture: ImageFile.ImageFile, pixels: int) -> bytes:
    assert picture.format is not None  # noqa: S101 (it was opened as one)
    frames, durations = film(picture, pixels) if picture.format in ("GIF", "WEBP") else ([], [])
    if len(frames) > 1:
        first, form = frames[0], "WEBP"
        more = {"save_all": True, "append_images": frames[1:], "duration": durations, "loop": 0, "method": 1}
    else:
        picture.seek(0)
        first, form, more = upright(picture), STILL[picture.format], {}
        if form == "JPEG" and first.mode == "RGBA":
            first = first.convert("RGB")
    whole, thumbnail = encoded(first, form, **more), fitted(first, THUMBNAIL)
    head = {"mime": Image.MIME[form], "width": first.width, "height": first.height, "thumbnail": len(thumbnail)}
    return json.dumps(head).encode() + b"\n" + thumbnail + whole


def film(picture: ImageFile.ImageFile, pixels: int) -> tuple[list[Image.Image], list[int]]:
    """Return the frames and how long each is seen, in milliseconds; nothing when they are too many to unpack."""
    frames: list[Image.Image] = []
    durations: list[int] = []
    for frame in ImageSequence.Iterator(picture):
        if (len(frames) + 1) * picture.width * picture.height > pixels:
            return [], []
        frames.append(frame.convert("RGBA"))
        frames[-1].info.clear()
        durations.append(max(20, int(frame.info.get("duration") or 100)))
    return frames, durations


def main() -> int:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_NOFILE, (16, 16))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    warnings.simplefilter("ignore")
    purpose, kind, pixels = sys.argv[1], sys.argv[2], int(sys.argv[3])
    try:
        picture = opened(sys.stdin.buffer.read(), kind, pixels)
        drawn = avatar(picture) if purpose == "avatar" else photo(picture, pixels)
    except Refused as refusal:
        return refused(str(refusal))
    except UNREADABLE:
        return refused(DAMAGED)
    sys.stdout.buffer.write(drawn)
    return 0


def refused(why: str) -> int:
    sys.stderr.write(why)
    return REFUSED


if __name__ == "__main__":
    sys.exit(main())
