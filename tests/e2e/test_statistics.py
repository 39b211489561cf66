#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""
Statistics of random series against Python's fractions and decimal of 120
digits: roots to the last place, everything else to at least 9 significant
digits, and far better where the series is not tiny.
"""
import os
import random
from decimal import Decimal as D
from fractions import Fraction as F

import lib
from test_oracle import MAX, SEED, UNIT, oracle, text

LONG_SANITIZED = True
N = int(os.environ.get("CW_ORACLE", "100000")) // 1000
Q = 365


def as_dec(f):
    return D(f.numerator) / D(f.denominator)


def expected(x):
    """Deviation, rho, Sharpe, Lo, effective size, drawdown; by definition."""
    n, f = len(x), [F(v) for v in x]
    mean = sum(f) / n
    d = [v - mean for v in f]
    squares = sum(v * v for v in d)
    rho = sum(a * b for a, b in zip(d, d[1:])) / squares
    deviation = as_dec(squares / (n - 1)).sqrt()
    daily = as_dec(mean) / deviation
    r = as_dec(rho)
    ratio = Q + 2 * sum((Q - k) * r ** k for k in range(1, Q))
    peak, deepest = F(1), F(0)
    for v in f:
        peak = max(peak, v)
        deepest = max(deepest, (peak - v) / peak)
    return [deviation, r, daily * D(Q).sqrt(), daily * Q / ratio.sqrt(),
            as_dec(n * (1 - rho) / (1 + rho)), as_dec(deepest)]


def series(rng, size):
    """Daily numbers around `size`, smooth as funding is or wild."""
    keep, x, v = rng.choice([0, 0.5, 0.9, -0.6]), [], 0
    for _ in range(rng.choice([2, 3, 30, 365])):
        v = keep * v + rng.gauss(0, 1)
        x.append(D(int((v * 0.3 + rng.choice([0.2, 0.2, -1])) * 10 ** 15))
                 .scaleb(-15) * size)
    return [v.quantize(UNIT) for v in x]


def ask(t, lines):
    out = t.command(oracle(t, "statistics"), stdin="".join(lines),
                    seconds=120).expect(0).out
    return [line.split() for line in out.splitlines()]


def off(got, want):
    return abs(D(got) - want) / abs(want) if want else abs(D(got))


def test_roots_are_the_nearest_to_the_last_place(t):
    rng = random.Random(SEED)
    values = [D(rng.randrange(10 ** rng.randrange(1, 39))) * UNIT
              for _ in range(N * 20)]
    for _ in range(N * 5):		# squares, and one unit beside them
        r = D(rng.randrange(10 ** rng.randrange(1, 19))).scaleb(-9)
        values += [r * r, r * r + UNIT, max(r * r - UNIT, D(0))]
    values = [v for v in values if v <= MAX]
    got = ask(t, [f"sqrt {text(v)}\n" for v in values])
    wrong = [(v, g) for v, g in zip(values, got)
             if g != [text(v.sqrt().quantize(UNIT))]]
    assert not wrong, f"seed {SEED}: {len(wrong)}: {wrong[:3]}"


def test_series_agree_with_fractions(t):
    rng = random.Random(SEED + 2)
    cases = [(size, series(rng, size)) for _ in range(max(N // 5, 4))
             for size in map(D, ("1", "10", "0.001", "0.00001"))]
    cases = [c for c in cases if len(set(c[1])) > 1]
    got = ask(t, [f"series {' '.join(map(text, x))}\n" for _, x in cases])
    worst = D(0)
    for (size, x), g in zip(cases, got):
        for name, a, b in zip("deviation rho sharpe lo effective drawdown"
                              .split(), g, expected(x)):
            # What is small itself has fewer digits in its 18 places.
            limit = D("1e-15") if abs(b) > D("0.01") else D("1e-11")
            assert off(a, b) < limit, (SEED, name, size, len(x), a, b)
            worst = max(worst, off(a, b))
    print(f"# {len(cases)} series, largest relative difference {worst:.1e}")


if __name__ == "__main__":
    print(f"# seed {SEED}")
    lib.main()
