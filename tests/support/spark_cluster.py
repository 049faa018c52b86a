"""A standalone Spark cluster of two workers on this machine, for tests and measurements."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# Compiling and checking classes again costs short runs more than it gives.
JAVA = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -XX:+UnlockDiagnosticVMOptions -XX:-BytecodeVerificationRemote"
SETTINGS = (
    "--conf", "spark.executor.memory=700m", "--conf", "spark.executor.cores=1", "--conf", "spark.ui.enabled=false",
    "--conf", "spark.driver.bindAddress=127.0.0.1", "--conf", "spark.driver.host=127.0.0.1",
    # Compiling hundreds of queries, each of which runs once on few rows, takes two thirds of the time.
    "--conf", "spark.sql.codegen.wholeStage=false", "--conf", "spark.sql.codegen.factoryMode=NO_CODEGEN",
    "--conf", "spark.sql.adaptive.enabled=false",
    "--conf", f"spark.driver.extraJavaOptions={JAVA}", "--conf", f"spark.executor.extraJavaOptions={JAVA}",
)  # fmt: skip
"""Of ``spark-submit``, for few rows on a small machine."""


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class Cluster:
    """What runs, and how to reach it."""

    master: str
    folder: Path
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def submit(self, *arguments: str, executors: int = 2) -> subprocess.Popen[bytes]:
        """Start ``storykin corpus`` with *arguments* by ``spark-submit``."""
        cores = ("--total-executor-cores", str(executors))
        program = [_pyspark() / "bin" / "spark-submit", "--master", self.master, *cores, *SETTINGS]
        script = ROOT / "crawler" / "cli" / "spark" / "submit.py"
        with (self.folder / "driver.log").open("ab") as log:
            return subprocess.Popen(
                [*program, script, *arguments], env=_environment(), stdout=log, stderr=log, start_new_session=True
            )

    def said(self) -> str:
        """Return the end of what drivers have said."""
        return (self.folder / "driver.log").read_text("utf-8", "replace")[-4000:]

    def executors(self) -> list[int]:
        """Return the processes of the executors that run now."""
        mine = {process.pid for process in self.processes}
        found = []
        for line in Path("/proc").glob("[0-9]*/cmdline"):
            with suppress(OSError):
                if b"CoarseGrainedExecutorBackend" in line.read_bytes() and _parent(int(line.parent.name)) in mine:
                    found.append(int(line.parent.name))
        return found


def _parent(pid: int) -> int:
    with suppress(OSError):
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    return 0


def _pyspark() -> Path:
    import pyspark

    return Path(pyspark.__file__).parent


def _environment() -> dict[str, str]:
    return os.environ | {
        "SPARK_LOCAL_IP": "127.0.0.1",
        "PYSPARK_PYTHON": sys.executable,
        "PYTHONPATH": str(ROOT),
        "SPARK_DAEMON_JAVA_OPTS": JAVA,
    }


@contextmanager
def cluster(folder: Path, workers: int = 2) -> Iterator[Cluster]:
    """Yield a master with *workers* of one core each; all of them end with the block."""
    folder.mkdir(parents=True, exist_ok=True)
    port = _free_port()
    found = Cluster(f"spark://127.0.0.1:{port}", folder)
    spark_class, deploy = str(_pyspark() / "bin" / "spark-class"), "org.apache.spark.deploy"
    master = [f"{deploy}.master.Master", "--host", "127.0.0.1", "--port", str(port), "--webui-port", "0"]
    worker = [f"{deploy}.worker.Worker", "-c", "1", "-m", "1g", "--webui-port", "0", "-d", str(folder), found.master]
    try:
        for words in [master, *[worker] * workers]:
            with (folder / "cluster.log").open("ab") as log:
                found.processes.append(
                    subprocess.Popen(
                        [spark_class, *words], env=_environment(), stdout=log, stderr=log, start_new_session=True
                    )
                )
        yield found
    finally:
        for process in reversed(found.processes):
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
