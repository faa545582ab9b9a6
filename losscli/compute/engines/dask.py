"""Parts of one run on the workers of a Dask cluster, one task a part."""

from __future__ import annotations

import logging
import signal
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec
from typing import Any, Self, TypeVar

from losscli.common.errors import Ended, ExitStatus, LosscliError, UsageError
from losscli.common.processes import processors

Task = TypeVar("Task")
Result = TypeVar("Result")
Told = TypeVar("Told")
Given = TypeVar("Given")
SECONDS = 30
"""How long a scheduler is waited for, and its first worker."""
_MOMENT = 0.01


class Dask:
    """Does tasks through the futures of `distributed`; a worker that dies loses its tasks to the others.

    A context manager: within the block it stays connected, from the first task on. A cluster of its own
    ends with the block.
    """

    def __init__(
        self,
        workers: int | None = None,
        scheduler: str | None = None,
        tell: Callable[[str], None] | None = None,
    ) -> None:
        """Take how to get a cluster.

        Args:
            workers: of a cluster of its own on this machine; None for one on each processor.
            scheduler: the address of a cluster that is there; None for one of its own.
            tell: is told where the dashboard of the cluster is.

        Raises:
            LosscliError: where distributed, or what it needs to shuffle, is not installed.
        """
        for package in ("distributed", "pyarrow"):
            if find_spec(package) is None:
                raise UsageError(
                    "--engine",
                    f"the package {package} is not installed",
                    "the extra dask of losscli",
                    "Install it: pip install 'losscli[dask]'",
                )
        self._own, self._scheduler, self._tell = workers or processors(), scheduler, tell
        self._stack: ExitStack | None = None
        self._connected: Any = None

    def __enter__(self) -> Self:
        self._stack = ExitStack()
        return self

    def __exit__(self, *error: object) -> None:
        stack, self._stack, self._connected = self._stack, None, None
        if stack is not None:
            stack.close()

    @property
    def workers(self) -> int:
        """How many tasks are done at a time: the threads of a cluster that is there, else its own workers.

        Raises:
            LosscliError: for a scheduler that does not answer, or has no worker.
        """
        if self._scheduler is None:
            return self._own
        with self._client() as client:
            return sum(client.nthreads().values())

    def __call__(self, function: Callable[[Task], Result], tasks: Sequence[Task]) -> list[Result]:
        """Return what a function of a module returns for each task, in their order.

        Raises:
            LosscliError: for a scheduler that does not answer, or has no worker, and for workers that
                cannot run the function.
            Ended: where workers died twice over one task, with the status of a bug.
        """
        with self._client() as client:
            found: list[Result] = self._gathered(client, client.map(function, tasks, pure=False, retries=1))
        return found

    def deal(
        self,
        read: Callable[[Task], tuple[Told, Mapping[int, Given]]],
        tasks: Sequence[Task],
        fold: Callable[[Sequence[Given]], Result],
        shares: int,
    ) -> tuple[list[Told], list[Result]]:
        """Read tasks, bring together by Dask's own shuffle what they give to each share, and fold that.

        Args:
            read: returns what is told of a task, and what it gives to shares, by their numbers from 0.
            tasks: what is read, each by one worker.
            fold: gets all that a share was given, in no order.
            shares: how many there are.

        Returns:
            What was told, and what was made of each share that was given something, both in no order.

        Raises:
            LosscliError: as for any tasks.
            Ended: as for any tasks.
        """
        from losscli.compute.engines.dask_shuffle import graph, unpacked

        with self._client() as client:
            wanted = graph(read, tasks, fold, shares)
            try:
                return unpacked(self._gathered(client, client.compute(wanted, retries=1)))
            except RuntimeError as error:
                if "P2P" not in str(error):
                    raise
                raise LosscliError(
                    self._where,
                    f"its workers cannot bring rows together: {error}",
                    "space on the disks of the workers",
                    "Their logs say more.",
                ) from error

    def _gathered(self, client: Any, futures: Any) -> list[Any]:
        from distributed.scheduler import KilledWorker

        try:
            last_seen = time.monotonic()
            for future in futures:
                # What waits for them itself says so with a traceback when it is interrupted.
                while future.status == "pending":
                    time.sleep(_MOMENT)
                    # The client asks for this itself every now and then. Nothing else tells of a cluster
                    # whose workers all died and were not replaced: futures wait for new ones for ever.
                    if client.scheduler_info()["workers"]:
                        last_seen = time.monotonic()
                    elif time.monotonic() - last_seen > SECONDS:
                        raise self._no_worker()
            found: list[Any] = client.gather(futures)
        except KilledWorker as error:
            last = f"every worker that tried died, {error.last_worker.address} last"
            raise Ended(ExitStatus.BUG, f"a part of the inputs was not evaluated: {last}") from None
        except ImportError as error:
            raise LosscliError(
                self._where, f"a worker cannot run losscli: {error}", "the same losscli on every worker"
            ) from None
        except BaseException:
            client.cancel(futures, force=True)
            raise
        return found

    def _no_worker(self) -> LosscliError:
        return LosscliError(self._where, f"it has had no worker for {SECONDS} seconds", "at least one worker")

    @property
    def _where(self) -> str:
        return self._scheduler or "the cluster"

    @contextmanager
    def _client(self) -> Iterator[Any]:
        """Give a cluster with a worker, connected for as long as this is, or else for the block."""
        if self._connected is not None:
            yield self._connected
            return
        with ExitStack() as stack:
            client = self._connect(stack)
            if self._stack is not None:
                self._stack.enter_context(stack.pop_all())
                self._connected = client
            yield client

    def _connect(self, stack: ExitStack) -> Any:
        """Connect to a cluster; one of its own is not seen outside."""
        import dask
        from distributed import Client, LocalCluster

        if self._scheduler is None:
            with _ctrl_c_held_back(), dask.config.set({"distributed.scheduler.allowed-failures": 1}):
                cluster = LocalCluster(
                    n_workers=self._own,
                    threads_per_worker=1,
                    processes=True,
                    host="127.0.0.1",
                    dashboard_address="127.0.0.1:0",
                    silence_logs=logging.CRITICAL,
                )
            address: Any = stack.enter_context(cluster)
        else:
            address = self._scheduler
        try:
            client = stack.enter_context(Client(address, timeout=SECONDS, set_as_default=False))
        except (OSError, TimeoutError, ValueError) as error:
            raise LosscliError(
                self._where, f"the scheduler does not answer: {error}", "the address of a scheduler"
            ) from None
        try:
            client.wait_for_workers(1, timeout=SECONDS)
        except TimeoutError:
            raise self._no_worker() from None
        tell, self._tell = self._tell, None
        if tell is not None:
            tell(client.dashboard_link)
        return client


@contextmanager
def _ctrl_c_held_back() -> Iterator[None]:
    """Hold Ctrl-C back from the processes that are started in this block: we say what it means to them."""
    from multiprocessing import resource_tracker

    # Where it is started with the first process, it ends our block before that process is there.
    resource_tracker.ensure_running()
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
