"""Run as a program of its own, never imported: one picture in on stdin, one safe picture out on stdout.

Decoders of pictures are the likeliest place for a hostile file to do harm, so they run in a process that may
use little memory and time, knows no keys and is thrown away. What comes out is drawn anew: no metadata, no
trailing bytes, one frame. Exit 3: this is no picture we take; the reason is on stderr.
"""

from __future__ import annotations

import io
import resource
import sys
import warnings

from PIL import Image, ImageOps, UnidentifiedImageError

FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
REFUSED = 3
MEMORY = 1024 * 1024 * 1024
CPU_SECONDS = 10


def redraw(data: bytes, side: int, pixels: int) -> bytes:
    """Return the picture as a square WebP of at most `side` pixels.

    Raises:
        ValueError: it is no picture of the kinds we take, or unpacked it has more than `pixels` pixels.
    """
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as picture:
            if picture.width * picture.height > pixels:
                raise ValueError(f"The picture has more than {pixels // 1_000_000} megapixels.")
            picture.draft("RGB", (side, side))
            upright = ImageOps.exif_transpose(picture)
            transparent = upright.has_transparency_data
            drawn = upright.convert("RGBA" if transparent else "RGB")
    except (UnidentifiedImageError, OSError, SyntaxError, Image.DecompressionBombError, EOFError) as error:
        raise ValueError("This is not a picture we can read. Please use PNG, JPEG, WebP or GIF.") from error
    side = min(side, *drawn.size)
    square = ImageOps.fit(drawn, (side, side), method=Image.Resampling.LANCZOS)
    out = io.BytesIO()
    square.save(out, "WEBP", quality=88, method=4)
    return out.getvalue()


def main() -> int:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_NOFILE, (16, 16))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    warnings.simplefilter("ignore", Image.DecompressionBombWarning)
    side, pixels = int(sys.argv[1]), int(sys.argv[2])
    try:
        sys.stdout.buffer.write(redraw(sys.stdin.buffer.read(), side, pixels))
    except (ValueError, MemoryError) as error:
        sys.stderr.write(str(error) or "The picture is too large.")
        return REFUSED
    return 0


if __name__ == "__main__":
    sys.exit(main())
