"""Archives that strangers filled: nothing leaves the folder, nothing grows without bound, every refusal is told."""

from __future__ import annotations

import gzip
import io
import os
import stat
import struct
import tarfile
import zipfile

import pytest
from autograder.intake.archives import ArchiveError, Member
from autograder.intake.unpack import Limits, _Unpacker, is_archive, unpack

NOTEBOOK = b'{"cells": []}'


@pytest.fixture
def into(tmp_path):
    folder = tmp_path / "into"
    folder.mkdir()
    return folder


def make_zip(path, members):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def make_tar(path, members, mode="w:gz"):
    with tarfile.open(path, mode) as archive:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size, info.mtime = len(content), 1_700_000_000
            archive.addfile(info, io.BytesIO(content))
    return path


def tree(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize(("make", "name"), [(make_zip, "c.zip"), (make_tar, "c.tar.gz"), (make_tar, "c.tgz")])
def test_an_archive_gives_its_notebooks_and_the_names_of_all_else(make, name, tmp_path, into):
    path = make(tmp_path / name, {"ana/lab99.ipynb": NOTEBOOK, "ana/essay.pdf": b"%PDF", "bob/lab99.ipynb": NOTEBOOK})
    got = unpack(path, into)
    assert is_archive(path)
    assert tree(got.root) == {"ana/lab99.ipynb": NOTEBOOK, "ana/essay.pdf": b"", "bob/lab99.ipynb": NOTEBOOK}
    assert (got.problems, got.skipped) == ({}, ())


def test_a_plain_tar_keeps_times_and_gives_no_rights(tmp_path, into):
    got = unpack(make_tar(tmp_path / "c.tar", {"ana.ipynb": NOTEBOOK}, "w"), into)
    about = (got.root / "ana.ipynb").stat()
    assert (about.st_mtime, stat.S_IMODE(about.st_mode)) == (1_700_000_000, 0o600)


@pytest.mark.parametrize(
    "name", ["../out.ipynb", "/etc/out.ipynb", "a/../../out.ipynb", "C:\\out.ipynb", "\\out.ipynb"]
)
@pytest.mark.parametrize("make", [make_zip, make_tar])
def test_no_path_leads_out(make, name, tmp_path, into):
    got = unpack(make(tmp_path / f"c.{'zip' if make is make_zip else 'tgz'}", {name: b"x", "ana.ipynb": b"y"}), into)
    assert tree(into) == {"ana.ipynb": b"y"}
    assert [why for _, why in got.skipped] == ["points outside the archive; it was not unpacked"]
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(["into", next(tmp_path.glob("c.*")).name])


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE])
def test_links_and_devices_of_a_tar_are_not_made(kind, tmp_path, into):
    path = tmp_path / "c.tar"
    with tarfile.open(path, "w") as archive:
        info = tarfile.TarInfo("ana.ipynb")
        info.type, info.linkname = kind, "/etc/passwd"
        archive.addfile(info)
    got = unpack(path, into)
    assert tree(into) == {}
    assert got.skipped == (("ana.ipynb", "is a link or a device; it was not unpacked"),)


def test_a_link_of_a_zip_is_not_made(tmp_path, into):
    path = tmp_path / "c.zip"
    info = zipfile.ZipInfo("ana.ipynb")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(info, "/etc/passwd")
    assert unpack(path, into).skipped[0][1].startswith("is a link")
    assert tree(into) == {}


def test_a_bomb_is_refused_by_its_ratio_and_costs_only_its_sender(tmp_path, into):
    path = make_zip(tmp_path / "c.zip", {"eve.ipynb": b"0" * 20_000_000, "ana.ipynb": NOTEBOOK})
    got = unpack(path, into)
    assert got.problems == {"eve.ipynb": "unpacks to more than 200 times its size; ask for the notebook itself"}
    assert tree(into) == {"eve.ipynb": b"", "ana.ipynb": NOTEBOOK}


def test_a_large_member_is_named_with_its_size(tmp_path, into):
    path = make_zip(tmp_path / "c.zip", {"eve.ipynb": os.urandom(3_000_000)})
    assert "has 3 MB" in unpack(path, into, Limits(member_bytes=1_000_000)).problems["eve.ipynb"]


def test_a_member_that_lies_about_its_size_is_cut_off(tmp_path, into):
    path = make_zip(tmp_path / "c.zip", {"eve.ipynb": os.urandom(5_000)})
    data = bytearray(path.read_bytes())
    for mark, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = data.find(mark) + offset
        data[at : at + 4] = struct.pack("<I", 7)
    path.write_bytes(data)
    got = unpack(path, into)
    assert "eve.ipynb" in got.problems
    assert tree(into) == {"eve.ipynb": b""}


def test_too_many_members_end_the_unpacking(tmp_path, into):
    path = make_zip(tmp_path / "c.zip", {f"{n}.ipynb": b"" for n in range(11)})
    with pytest.raises(ArchiveError, match=r"c\.zip: holds more than 10 files"):
        unpack(path, into, Limits(members=10))


def test_more_bytes_than_any_class_end_the_unpacking(tmp_path, into):
    path = make_zip(tmp_path / "c.zip", {f"{n}.ipynb": os.urandom(1_000) for n in range(9)})
    with pytest.raises(ArchiveError, match="more than any class"):
        unpack(path, into, Limits(total_bytes=5_000))


def test_a_gzip_of_endless_zeros_is_not_read_to_its_end(tmp_path, into):
    path = tmp_path / "c.tar.gz"
    with gzip.open(path, "wb", compresslevel=1) as file:
        info = tarfile.TarInfo("hole.bin")
        info.size = 1 << 40
        file.write(info.tobuf())
        for _ in range(64):
            file.write(bytes(1 << 20))
    with pytest.raises(ArchiveError, match="more than any class"):
        unpack(path, into, Limits(total_bytes=10 << 20))


def test_a_tar_header_of_gigabytes_is_not_read_into_memory(tmp_path, into):
    path = tmp_path / "c.tar"
    info = tarfile.TarInfo("././@LongLink")
    info.type, info.size = tarfile.GNUTYPE_LONGNAME, 3 << 30
    path.write_bytes(info.tobuf() + bytes(10_240))
    with pytest.raises(ArchiveError, match="header"):
        unpack(path, into)


def test_a_zip_with_a_huge_directory_is_not_opened(tmp_path, into):
    path = make_zip(tmp_path / "c.zip", {"ana.ipynb": NOTEBOOK})
    data = bytearray(path.read_bytes())
    at = data.rfind(b"PK\x05\x06")
    data[at + 12 : at + 16] = struct.pack("<I", 500 << 20)
    path.write_bytes(data)
    with pytest.raises(ArchiveError, match="more files than any class"):
        unpack(path, into)


def test_an_archive_within_the_archive_stays_closed_and_says_so(tmp_path, into):
    inner = make_zip(tmp_path / "inner.zip", {"lab99.ipynb": NOTEBOOK}).read_bytes()
    got = unpack(make_zip(tmp_path / "c.zip", {"ana/lab99.zip": inner}), into)
    assert got.problems["ana/lab99.zip"].startswith("is an archive within the archive")
    assert tree(got.root) == {"ana/lab99.zip": b""}


def test_a_name_that_stands_twice_is_taken_once_on_every_file_system(tmp_path, into):
    got = unpack(make_zip(tmp_path / "c.zip", {"a.ipynb": b"1", "A.ipynb": b"2", "a.ipynb/b.ipynb": b"3"}), into)
    assert tree(into) == {"a.ipynb": b"1"}
    assert [name for name, _ in got.skipped] == ["A.ipynb", "a.ipynb/b.ipynb"]


def test_an_encrypted_member_is_told(tmp_path, into):
    path = make_zip(tmp_path / "c.zip", {"ana.ipynb": NOTEBOOK})
    data = bytearray(path.read_bytes())
    data[data.find(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(data)
    assert "is encrypted" in unpack(path, into).problems["ana.ipynb"]


@pytest.mark.parametrize("name", ["c.zip", "c.tar.gz"])
@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 no", b"\x1f\x8b\x08 no", b"<html>Log in"])
def test_a_damaged_archive_is_one_line(name, content, tmp_path, into):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ArchiveError, match=r"is damaged or is not an archive; download it again"):
        unpack(tmp_path / name, into)


def test_a_damaged_member_costs_only_its_sender(tmp_path, into):
    path = make_zip(tmp_path / "c.zip", {"ana.ipynb": os.urandom(2_000), "bob.ipynb": NOTEBOOK})
    data = bytearray(path.read_bytes())
    data[200] ^= 0xFF
    path.write_bytes(data)
    got = unpack(path, into)
    assert "is damaged in the archive" in got.problems["ana.ipynb"]
    assert tree(into)["bob.ipynb"] == NOTEBOOK


def test_a_name_in_no_encoding_is_kept_and_shown_safely(tmp_path, into):
    got = unpack(make_tar(tmp_path / "c.tar", {"../jos\udce9.ipynb": b"", "zo\udceb.ipynb": b"1"}, "w"), into)
    assert got.skipped[0][0] == "../jos%E9.ipynb"
    assert [os.fsencode(path.name) for path in into.iterdir()] == [b"zo\xeb.ipynb"]


def test_half_a_character_pair_is_no_name(tmp_path, into):
    assert unpack_name("\ud800.ipynb", into) == [
        ("%ED%A0%80.ipynb", "has a name that no file can have; it was not unpacked")
    ]


def unpack_name(name, into):
    work = _Unpacker(into, Limits())
    work.take(Member(name, "file", 0, 0, 0.0, lambda: io.BytesIO()))
    return work.skipped


def test_control_characters_of_names_reach_no_message(tmp_path, into):
    got = unpack(make_zip(tmp_path / "c.zip", {"../\x1b[31m\u202eana.ipynb": b""}), into)
    assert all(char.isprintable() for char in got.skipped[0][0])


@pytest.mark.parametrize("wrapper", ["class", "submitted", "export"])
def test_a_folder_around_all_submissions_is_not_a_student(wrapper, tmp_path, into):
    members = {f"{wrapper}/{student}/lab99.ipynb": NOTEBOOK for student in ("ana", "bob")}
    assert unpack(make_zip(tmp_path / "class.zip", members), into).root == into / wrapper


def test_a_class_of_one_keeps_its_student(tmp_path, into):
    assert unpack(make_zip(tmp_path / "class.zip", {"ana/lab99.ipynb": NOTEBOOK}), into).root == into
