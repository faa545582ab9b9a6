"""Addresses: what is one, and what of it may be shown."""

import pytest

from losscli.common.addresses import (
    is_address,
    scrubbed,
    shown,
    user_of,
    without_query,
)


@pytest.mark.parametrize(
    ("address", "seen"),
    [
        ("https://host/p.csv", "https://host/p.csv"),
        ("https://host/p.csv?sig=SECRET", "https://host/p.csv?…"),
        ("https://host/p.csv?SECRET", "https://host/p.csv?…"),
        ("HTTPS://host/p.csv?SECRET", "HTTPS://host/p.csv?…"),
        ("https://host/p.csv#SECRET", "https://host/p.csv?…"),
        ("https://host?SECRET/@x", "https://host?…"),
        ("https://SECRET@host/p.csv", "https://host/p.csv"),
        ("https://u:SECRET@host:81/p.csv?a=SECRET#SECRET", "https://host:81/p.csv?…"),
        ("https://u:SECRET@x@host/p@q.csv", "https://host/p@q.csv"),
        ("s3://k:SECRET@bucket/p.csv", "s3://bucket/p.csv"),
        ("s3://bucket/p@q.csv", "s3://bucket/p@q.csv"),
        ("s3://bucket/part-?.csv", "s3://bucket/part-?.csv"),
        ("s3://bucket/p.csv?versionId=SECRET", "s3://bucket/p.csv?…"),
        ("s3://bucket/a#1.csv", "s3://bucket/a#1.csv"),
        ("s3://bucket/a#t=SECRET", "s3://bucket/a?…"),
        ("sftp://SECRET@host/p.csv", "sftp://host/p.csv"),
        ("abfs://box@account.dfs.core.windows.net/p", "abfs://box@account.dfs.core.windows.net/p"),
        ("abfs://box:SECRET@account/p", "abfs://account/p"),
        ("a?b=c", "a?b=c"),
        ("p.csv", "p.csv"),
        ("", ""),
    ],
)
def test_what_is_secret_is_not_shown(address, seen):
    assert shown(address) == seen
    assert "SECRET" not in scrubbed(f"at {address}: it is, and '{address}'.")
    if is_address(address):
        assert shown(seen) == seen or seen.endswith("?…")
        assert scrubbed(f"{seen}: x, {seen}.") == f"{seen}: x, {seen}."


def test_paths_are_no_addresses():
    assert not any(map(is_address, ("a.csv", "/a://b", "./s3://x", "-", "C:/a", "://x", "1://x")))
    assert all(map(is_address, ("s3://x", "HTTP://x", "abfs+x://y", "simplecache::s3://x")))
    assert user_of("s3://bucket/a@b") == ""


def test_a_suffix_stands_before_the_query():
    assert without_query("https://h/p.csv.gz?x=1.zip").endswith(".csv.gz")
    assert without_query("a?b=c.csv") == "a?b=c.csv"
