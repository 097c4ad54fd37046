"""The benchmarks, in the order in which they run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module

from benchmarks.measure import Figure, Settings


@dataclass(frozen=True, slots=True)
class Benchmark:
    """A function that yields figures; its module is imported when it runs."""

    name: str
    module: str
    about: str

    def run(self, settings: Settings) -> Iterator[Figure]:
        """Measure."""
        function: Callable[[Settings], Iterator[Figure]] = getattr(
            import_module(f"benchmarks.{self.module}"), self.name
        )
        return function(settings)


BENCHMARKS = (
    Benchmark("checking", "checking", "check a large project"),
    Benchmark("compiling", "compiling", "compile, cold and after a small change"),
    Benchmark("first_decision", "deciding", "from a bundle to a decision, in a new process"),
    Benchmark("decision", "deciding", "one decision in process"),
    Benchmark("sessions", "sessions", "sessions in process"),
    Benchmark("live_sessions", "sessions", "what sessions weigh"),
    Benchmark("durable", "sessions", "a history that is on the disk"),
    Benchmark("serving", "serving", "the service over HTTP, against an empty endpoint"),
    Benchmark("host_calls", "hosting", "calls of sessions, kept here and there"),
    Benchmark("job", "job", "Parquet to Parquet"),
    Benchmark("job_memory", "job", "memory of the job"),
    Benchmark("explaining", "explaining", "what became of every rule for all customers"),
    Benchmark("importing", "importing", "a history into DuckDB"),
    Benchmark("importing_postgres", "importing", "a history into PostgreSQL, against COPY"),
    Benchmark("reporting", "reporting", "a page of reports over a history"),
    Benchmark("few_rules", "scoring", "40 rules in memory, against DuckDB and Polars"),
    Benchmark("many_rules", "scoring", "400 rules in memory, against DuckDB and Polars"),
)


def chosen(only: str | None) -> tuple[Benchmark, ...]:
    """Return all benchmarks, or those whose name contains a text."""
    return tuple(b for b in BENCHMARKS if only is None or only in b.name)
