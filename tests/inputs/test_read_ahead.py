"""Reading ahead: items in order, errors in their place, threads that stop."""

import threading
import time

import pytest

from losscli.inputs.read_ahead import AHEAD, ReadAhead

LONG = 10.0


def test_items_come_in_order_and_the_end_stays_the_end():
    with ReadAhead(iter(range(20))) as items:
        assert list(items) == list(range(20))
        assert list(items) == []


def test_an_error_comes_where_its_item_would_have_come():
    def failing():
        yield 1
        raise ValueError("third")

    with ReadAhead(failing()) as items:
        taken = iter(items)
        assert next(taken) == 1
        with pytest.raises(ValueError, match="third"):
            next(taken)


def test_no_more_is_read_ahead_than_promised():
    made = []

    def counting():
        for item in range(100):
            made.append(item)
            yield item

    with ReadAhead(counting()) as items:
        taken = iter(items)
        next(taken)
        deadline = time.monotonic() + LONG
        while len(made) < AHEAD + 2 and time.monotonic() < deadline:
            time.sleep(0.01)
        time.sleep(0.05)
        # One was taken, AHEAD wait in the queue, one waits for a place in it.
        assert len(made) == AHEAD + 2


def test_leaving_stops_the_thread_before_its_next_item():
    before = set(threading.enumerate())
    left, made, in_time = threading.Event(), [], []

    def endless():
        while True:
            made.append(len(made))
            yield made[-1]
            if len(made) == AHEAD + 1:
                # As a pipe that nobody writes to: whoever leaves waits for no item.
                in_time.append(left.wait(6 * LONG))

    def interrupted():
        with ReadAhead(endless()) as items:
            taken = iter(items)
            for _ in range(AHEAD + 1):
                next(taken)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    left.set()
    for thread in set(threading.enumerate()) - before:
        thread.join(6 * LONG)
    assert set(threading.enumerate()) == before
    assert in_time == [True]
    # The item that it was waiting for is the last one: it is handed to nobody.
    assert len(made) == AHEAD + 2
