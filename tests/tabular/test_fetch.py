"""Downloads from a server of this machine: whole, resumed, refused, and without a connection."""

import hashlib
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from nasgoat.errors import ChecksumError, MissingDataError, UnknownNameError
from nasgoat.tabular.catalogue import CATALOGUE, RemoteFile, entry
from nasgoat.tabular.fetch import CHUNK, Fetched, fetch
from nasgoat.tabular.registry import benchmark_names
from nasgoat.tabular.verify import verify

CONTENT = bytes(range(256)) * (3 * CHUNK // 256) + b"the end"
FIRST_BYTE = "bytes=0-0"
DIGEST = hashlib.sha256(CONTENT).hexdigest()


@dataclass
class Server:
    """Serves ``CONTENT``.

    Args:
        ranges: answers requests for a part of it.
        breaks_after: bytes after which it breaks off.
        kind: content type.
        asked: the ranges that were asked for, None for all of it; questions for the first byte,
            which tell the length, do not count.
    """

    url: str = ""
    ranges: bool = True
    breaks_after: int | None = None
    kind: str = "application/octet-stream"
    asked: list[str | None] = field(default_factory=list)


class Handler(BaseHTTPRequestHandler):
    """Answers as ``served`` says."""

    served: Server

    def log_message(self, *_: Any) -> None:
        pass

    def head(self, status: int, length: int, part: str | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(length))
        self.send_header("Content-Type", self.served.kind)
        if part is not None:
            self.send_header("Content-Range", f"bytes {part}/{len(CONTENT)}")
        self.end_headers()

    def do_HEAD(self) -> None:
        self.head(403, 0)

    def do_GET(self) -> None:
        wanted = self.headers.get("Range")
        if self.path != "/file.bin":
            self.head(404, 0)
        elif wanted == FIRST_BYTE:
            self.first_byte()
        else:
            self.served.asked.append(wanted)
            self.rest(int(re.findall(r"\d+", wanted)[0]) if wanted and self.served.ranges else 0)

    def first_byte(self) -> None:
        if not self.served.ranges:
            self.head(200, len(CONTENT))  # and hangs up: nobody reads on
            return
        self.head(206, 1, "0-0")
        self.wfile.write(CONTENT[:1])

    def rest(self, start: int) -> None:
        part = f"{start}-{len(CONTENT) - 1}" if start else None
        self.head(206 if start else 200, len(CONTENT) - start, part)
        stop = start + (self.served.breaks_after or len(CONTENT))
        self.wfile.write(CONTENT[start:stop])


@pytest.fixture
def server() -> Iterator[Server]:
    served = Server()
    handler = type("Handler", (Handler,), {"served": served})
    http = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    served.url = f"http://127.0.0.1:{http.server_address[1]}/file.bin"
    thread = threading.Thread(target=http.serve_forever, args=(0.01,))
    thread.start()
    yield served
    http.shutdown()
    http.server_close()
    thread.join()


def download(
    server: Server, folder: Path, sha256: str | None = DIGEST, **changes: Any
) -> tuple[Fetched, list[tuple[int, int | None]]]:
    heard: list[tuple[int, int | None]] = []
    file = RemoteFile(**({"name": "file.bin", "url": server.url, "sha256": sha256} | changes))
    return fetch(file, folder, lambda done, total: heard.append((done, total))), heard


def test_a_file_is_downloaded_and_checked(server: Server, tmp_path: Path) -> None:
    folder = tmp_path / "new" / "folder"
    found, heard = download(server, folder)
    assert found == Fetched(folder / "file.bin", DIGEST, checked=True, downloaded=True)
    assert found.path.read_bytes() == CONTENT
    assert [done for done, _ in heard] == [CHUNK, 2 * CHUNK, 3 * CHUNK, len(CONTENT)]
    assert {total for _, total in heard} == {len(CONTENT)}
    assert [path.name for path in folder.iterdir()] == ["file.bin"]
    again, heard = download(server, folder)
    assert (again.downloaded, again.checked, heard) == (False, True, [])
    assert server.asked == [None]


def test_a_file_without_a_published_checksum_is_measured(server: Server, tmp_path: Path) -> None:
    found, _ = download(server, tmp_path, sha256=None)
    assert (found.sha256, found.checked) == (DIGEST, False)


def test_another_file_is_refused_and_kept_aside(server: Server, tmp_path: Path) -> None:
    with pytest.raises(ChecksumError, match=f"has the sha256 {DIGEST}, published is 00.*kept as"):
        download(server, tmp_path, sha256="00")
    assert [path.name for path in tmp_path.iterdir()] == ["file.bin.rejected"]
    (tmp_path / "file.bin").write_bytes(b"put here by hand")
    with pytest.raises(ChecksumError, match="fetch again"):
        download(server, tmp_path)
    assert (tmp_path / "file.bin.rejected").read_bytes() == b"put here by hand"
    assert download(server, tmp_path)[0].checked


def test_what_broke_off_is_continued(server: Server, tmp_path: Path) -> None:
    server.breaks_after = CHUNK + 1000
    with pytest.raises(MissingDataError, match=r"bytes are kept, the same command continues"):
        download(server, tmp_path)
    kept = (tmp_path / ".file.bin.part").stat().st_size
    assert 0 < kept < len(CONTENT)
    server.breaks_after = None
    found, heard = download(server, tmp_path)
    assert found.path.read_bytes() == CONTENT
    assert server.asked == [None, f"bytes={kept}-"]
    assert heard[-1] == (len(CONTENT), len(CONTENT))
    assert heard[0][0] > kept


@pytest.mark.parametrize("size", [1000, len(CONTENT) + 5])
def test_a_server_that_cannot_continue_begins_anew(
    server: Server, tmp_path: Path, size: int
) -> None:
    (tmp_path / ".file.bin.part").write_bytes(b"x" * size)
    server.ranges = size > len(CONTENT)
    assert download(server, tmp_path)[0].checked
    assert server.asked == [None]


def test_a_part_that_is_whole_is_only_checked(server: Server, tmp_path: Path) -> None:
    (tmp_path / ".file.bin.part").write_bytes(CONTENT)
    assert download(server, tmp_path)[0].checked
    assert server.asked == []


def test_a_web_page_is_no_file(server: Server, tmp_path: Path) -> None:
    server.kind = "text/html; charset=utf-8"
    with pytest.raises(MissingDataError, match="answers with a web page; open it in a browser"):
        download(server, tmp_path, sha256=None)
    assert list(tmp_path.iterdir()) == []


def test_a_missing_file_and_a_missing_address_are_named(server: Server, tmp_path: Path) -> None:
    with pytest.raises(MissingDataError, match="404"):
        download(server, tmp_path, url=server.url + "x")
    with pytest.raises(MissingDataError, match="no address to download it from: ask around"):
        download(server, tmp_path, url=None, how="ask around")


def test_without_a_connection_the_message_says_what_to_do(tmp_path: Path) -> None:
    offline = Server(url="http://127.0.0.1:9/file.bin")  # the discard port: nobody listens
    with pytest.raises(MissingDataError, match=r"no connection: .*put the file into .* by hand"):
        download(offline, tmp_path)


def test_the_catalogue_knows_every_benchmark() -> None:
    served = {name.partition(":")[0] for name in benchmark_names()}
    known = {one.benchmarks for one in CATALOGUE.values()}
    assert {name for name in served if name.startswith(("nas", "enas", "analog"))} <= known
    assert all(one.files or one.local or one.package for one in CATALOGUE.values())
    for one in CATALOGUE.values():
        for file in one.files:
            assert file.url is None or file.url.startswith("https://")
            assert file.sha256 is None or re.fullmatch("[0-9a-f]{64}", file.sha256)
    with pytest.raises(UnknownNameError, match="no set 'enass'; there are: enas"):
        entry("enass")


def test_verify_finds_what_is_wrong(tmp_path: Path) -> None:
    (tmp_path / "final_structures6.txt").write_text("not that")
    (tmp_path / "enas.parquet").write_text("not that either")
    findings = list(verify(entry("enas"), tmp_path))
    assert [(finding.file, finding.right) for finding in findings] == [
        ("final_structures6.txt", False),
        ("enas.parquet", False),
    ]
    assert "published is fea9a7dd" in findings[0].text
    assert "is not a parquet file" in findings[1].text
    (tmp_path / "nas-bench-macro_cifar10.json").write_text("{}")
    (unknown,) = verify(entry("nasbench-macro"), tmp_path)
    assert unknown.right
    assert "no checksum is published; measured" in unknown.text
