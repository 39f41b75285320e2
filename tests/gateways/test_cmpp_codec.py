"""CMPP as bytes: there and back, against the protocol's widths, and against Wireshark's own reader."""

import contextlib
import shutil
import struct
import subprocess
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yilu.gateways.cmpp import codec

VERSIONS = st.sampled_from([0x20, 0x30])
ASCII = st.text("ABCdef0123456789", max_size=6)
NUMBERS = st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)


@settings(max_examples=50)
@given(
    VERSIONS,
    ASCII,
    ASCII,
    NUMBERS,
    st.binary(max_size=140),
    st.sampled_from([0, 8, 15]),
    st.booleans(),
)
def test_what_is_written_is_read_again(version, company, service, number, content, form, header):
    submit = codec.Submit(company, service, "10690000", number, content, form, 3, 2, header, 1)
    assert codec.Submit.decode(submit.encode(version), version) == submit
    report = codec.Report(b"12345678", "DELIVRD", "2611220930", "2611220931", number, 7)
    told = codec.Deliver(b"12345678", "10690000", service, number, report.encode(version), 0, True)
    read = codec.Deliver.decode(told.encode(version), version)
    assert read == told
    assert codec.Report.decode(read.content, version) == report


@settings(max_examples=50)
@given(st.binary(max_size=300), VERSIONS)
def test_other_bytes_are_refused_and_nothing_else_happens(content, version):
    for read in (
        lambda: codec.Submit.decode(content, version), lambda: codec.Deliver.decode(content, version),
        lambda: codec.Report.decode(content, version), lambda: codec.read_header(content),
        lambda: codec.Connect.decode(content),
    ):  # fmt: skip
        with contextlib.suppress(codec.Malformed):
            read()


def test_the_widths_are_the_protocols():
    submit = codec.Submit("900001", "YILU", "10690000", "13900000123", b"x" * 10, 8)
    assert len(submit.encode(0x20)) == 126 + 21 + 10
    assert len(submit.encode(0x30)) == 151 + 32 + 10
    assert len(codec.Report(b"12345678", "DELIVRD", "1", "1", "1").encode(0x20)) == 60
    assert len(codec.Report(b"12345678", "DELIVRD", "1", "1", "1").encode(0x30)) == 71
    assert len(codec.ConnectAnswer(0, bytes(16), 0x20).encode(0x20)) == 18
    assert len(codec.ConnectAnswer(0, bytes(16), 0x30).encode(0x30)) == 21


def test_the_proof_is_over_name_nine_zeros_secret_and_time():
    stamp = codec.stamp_of(datetime(2026, 1, 2, 3, 4, 5))
    assert stamp == "0102030405"
    asked = codec.Connect("900001", codec.authenticator("900001", "secret", stamp), 0x20, stamp)
    assert codec.Connect.decode(asked.encode()) == asked
    assert asked.proof.hex() == "4ecc70c52736bbd83fbf2e3c6b17dd61"


def test_what_does_not_fit_is_refused_before_it_is_sent():
    with pytest.raises(codec.Malformed):
        codec.Submit("900001", "", "", "13900000123", b"x" * 141, 8).encode(0x20)
    with pytest.raises(codec.Malformed):
        codec.Submit("9000011", "", "", "13900000123", b"x", 8).encode(0x20)


@pytest.mark.skipif(
    not shutil.which("tshark"), reason="tshark is not installed: nobody else reads our CMPP"
)
def test_wireshark_reads_what_we_write(tmp_path):
    version = 0x30  # Wireshark lays every message out as 3.0
    submit = codec.Submit(
        "900001", "YILU", "10690000", "13900000123", "您好".encode("utf-16-be"), 8
    )
    report = codec.Report(b"12345678", "DELIVRD", "2611220930", "2611220931", "13900000123")
    told = codec.Deliver(
        b"12345678", "10690000", "YILU", "13900000123", report.encode(version), 0, True
    )
    asked = codec.Connect("900001", b"a" * 16, version, "1122093000")
    frames = [
        codec.Frame(codec.CONNECT, 1, asked.encode()),
        codec.Frame(codec.SUBMIT, 2, submit.encode(version)),
        codec.Frame(codec.DELIVER, 3, told.encode(version)),
        codec.Frame(codec.ACTIVE_TEST, 4),
    ]
    file = tmp_path / "cmpp.pcap"
    file.write_bytes(_capture([frame.encode() for frame in frames]))
    seen = subprocess.run(
        ["tshark", "-r", str(file), "-d", "tcp.port==7890,cmpp", "-T", "fields", "-e", "cmpp.Command_Id",
         "-e", "cmpp.Sequence_Id", "-e", "cmpp.connect.Source_Addr", "-e", "cmpp.Dest_terminal_Id",
         "-e", "cmpp.deliver.Report.Status", "-e", "cmpp.Msg_Fmt",
         "-e", "cmpp.submit.Src_Id", "-e", "cmpp.Msg_Content"],
        capture_output=True, text=True, check=True, timeout=60,
    ).stdout  # fmt: skip
    lines = [line.split("\t") for line in seen.splitlines()]
    assert [line[0] for line in lines] == ["0x00000001", "0x00000004", "0x00000005", "0x00000008"]
    assert lines[0][2] == "900001"
    assert lines[1][3] == "13900000123"
    assert (lines[1][5], lines[1][6]) == ("8", "10690000")
    assert lines[2][4] == "DELIVRD"


def _capture(payloads):
    """A capture file of one TCP connection to port 7890."""
    out = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1)
    sequence = 1
    for payload in payloads:
        tcp = (
            struct.pack(">HHIIBBHHH", 40000, 7890, sequence, 1, 5 << 4, 0x18, 8192, 0, 0) + payload
        )
        ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(tcp), 0, 0, 64, 6, 0, bytes([127, 0, 0, 1]), bytes([127, 0, 0, 1]))  # fmt: skip
        frame = bytes(12) + b"\x08\x00" + ip + tcp
        out += struct.pack("<IIII", 1, 0, len(frame), len(frame)) + frame
        sequence += len(payload)
    return out
