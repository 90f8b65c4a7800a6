"""Uploads of large files to S3 in parts, which go on where an earlier attempt was broken off.

S3 keeps the parts of an unfinished upload. A part counts as uploaded when its size and its MD5, which S3 gives as ETag,
are those of the local file, so that parts of another file are never mixed in; with an encryption key of one's own the
ETag is another, and every part is sent again. Source: Amazon S3 user guide, "Uploading and copying objects using
multipart upload".
"""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

PART_BYTES = 16 << 20
"""Of every part but the last; S3 takes at most 10,000 parts of at least 5 MiB."""
MAX_PARTS = 10_000

Sent = Callable[[int], None]
"""Gets the bytes that are there, from the first part on."""


def upload(client: Any, bucket: str, key: str, path: Path, sent: Sent, part_bytes: int = PART_BYTES) -> None:
    """Upload a file in parts; what sent() raises ends it, and the next call goes on from there."""
    size = path.stat().st_size
    part_bytes = max(part_bytes, -(-size // MAX_PARTS))
    target = {"Bucket": bucket, "Key": key}
    upload_id = _unfinished(client, bucket, key) or client.create_multipart_upload(**target)["UploadId"]
    there = _parts(client, target, upload_id)
    finished, done = [], 0
    with path.open("rb") as file:
        number = 0
        while content := file.read(part_bytes):
            number += 1
            etag = hashlib.md5(content, usedforsecurity=False).hexdigest()
            if there.get(number) != (len(content), etag):
                answer = client.upload_part(**target, UploadId=upload_id, PartNumber=number, Body=content)
                etag = answer["ETag"].strip('"')
            finished.append({"PartNumber": number, "ETag": f'"{etag}"'})
            done += len(content)
            sent(done)
    client.complete_multipart_upload(**target, UploadId=upload_id, MultipartUpload={"Parts": finished})


def _unfinished(client: Any, bucket: str, key: str) -> str | None:
    """Return the newest upload of a key that was begun and not completed, or None."""
    begun = [
        entry
        for page in client.get_paginator("list_multipart_uploads").paginate(Bucket=bucket, Prefix=key)
        for entry in page.get("Uploads", [])
        if entry["Key"] == key
    ]
    return max(begun, key=lambda entry: entry["Initiated"])["UploadId"] if begun else None


def _parts(client: Any, target: dict[str, str], upload_id: str) -> dict[int, tuple[int, str]]:
    """Return (size, ETag) of each part that is there."""
    pages = client.get_paginator("list_parts").paginate(**target, UploadId=upload_id)
    return {
        part["PartNumber"]: (part["Size"], part["ETag"].strip('"')) for page in pages for part in page.get("Parts", [])
    }
