"""`python -m tests.benchmarks --rounds 5 --only drain,latency --scale 1`: measure, print a table, write bench.json."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.benchmarks.experiments import EXPERIMENTS, GOALS
from tests.benchmarks.figures import BENCH_JSON, HEAD, Figure, Pair, write
from tests.benchmarks.lab import Lab


def main(arguments: Sequence[str]) -> int:
    options = _parsed(arguments)
    names = list(EXPERIMENTS) if not options.only else [name for name in options.only.split(",") if name]
    if unknown := [name for name in names if name not in EXPERIMENTS]:
        print(f"No experiment {', '.join(unknown)}; there are {', '.join(EXPERIMENTS)}.", file=sys.stderr)
        return 2
    print(HEAD)
    figures: list[Figure] = []
    with Lab(rounds=options.rounds, scale=options.scale) as lab:
        for name in names:
            for figure in _measured(lab, name):
                print(figure.line(), flush=True)
                figures.append(figure)
    write(figures, options.output)
    print("\nRatios are taken within each round; medians are shown. What the metrics are: docs/scaling.md")
    return 0


def _measured(lab: Lab, name: str) -> list[Figure]:
    pairs: dict[str, list[Pair]] = {}
    for figures in EXPERIMENTS[name](lab):
        for metric, pair in figures.items():
            pairs.setdefault(metric, []).append(pair)
    return [Figure.of(GOALS[metric], measured) for metric, measured in pairs.items()]


def _parsed(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="how often each pair is measured (default: %(default)s)")
    parser.add_argument("--only", default="", help="experiments to run, separated by commas")
    parser.add_argument("--scale", type=float, default=1.0, help="multiplies rows, samples and seconds")
    parser.add_argument("--output", type=Path, default=BENCH_JSON, help="the file to write (default: %(default)s)")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
