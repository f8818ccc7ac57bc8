"""A real Spark standalone cluster on loopback: a master and two workers from the jars of the pip package."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pyspark
import pytest
from servers import free_port

_HOME = Path(pyspark.__file__).parent
_DEPLOY = "org.apache.spark.deploy"


@dataclass
class Cluster:
    """A running cluster: its address and the processes of its workers."""

    master: str
    workers: list[subprocess.Popen[bytes]]

    def kill_worker(self) -> None:
        """Kill -9 the first worker, and the executors that its threads started."""
        worker = self.workers[0]
        children = [p.read_text().split() for p in Path(f"/proc/{worker.pid}/task").glob("*/children")]
        executors = [int(process) for found in children for process in found]
        for process in (worker.pid, *executors):
            os.kill(process, signal.SIGKILL)


@contextmanager
def cluster(folder: Path, *, memory: str = "1g") -> Iterator[Cluster]:
    """Run a cluster until the block ends; each worker has one core."""
    port = free_port()
    address = f"spark://127.0.0.1:{port}"
    started: list[subprocess.Popen[bytes]] = []
    try:
        master = ["--host", "127.0.0.1", "--port", str(port), "--webui-port", "0"]
        started.append(_start(folder, "master", f"{_DEPLOY}.master.Master", *master))
        _wait(folder / "master.log", "New state: ALIVE")
        for number in range(2):
            options = ["--host", "127.0.0.1", "--cores", "1", "--memory", memory, "--webui-port", "0"]
            name = f"worker{number}"
            options += ["--work-dir", str(folder / name)]
            started.append(_start(folder, name, f"{_DEPLOY}.worker.Worker", *options, address))
            _wait(folder / f"{name}.log", "Successfully registered with master")
        yield Cluster(address, started[1:])
    finally:
        for process in reversed(started):
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _start(folder: Path, name: str, main: str, *arguments: str) -> subprocess.Popen[bytes]:
    environment = os.environ | {"SPARK_LOCAL_IP": "127.0.0.1", "SPARK_HOME": str(_HOME), "SPARK_DAEMON_MEMORY": "256m"}
    command = ["bash", str(_HOME / "bin" / "spark-class"), main, *arguments]
    with (folder / f"{name}.log").open("wb") as log:
        return subprocess.Popen(command, cwd=folder, stdout=log, stderr=log, env=environment)


def _wait(log: Path, text: str, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while text not in log.read_text(errors="replace"):
        if time.monotonic() > end:
            pytest.fail(f"{log.name}: {log.read_text(errors='replace')[-2000:]}")
        time.sleep(0.2)
