"""Writes binomial.json: binomial tails for the sizes of real traffic windows, to 17 digits.

Independent of domain/traffic/binomial.ts: terms from (1-p)^n on are multiplied up and summed with 60 digits; nothing is
computed in logarithms. `p` is the double that the product uses, taken exactly.
Run: python3 binomial.py > binomial.json
"""

import json
from decimal import Decimal, getcontext

getcontext().prec = 60

CASES = [
    (n, percent, k)
    for n, percent, ks in [
        (60, 1, [0, 1, 3, 8, 60]),
        (100, 50, [0, 20, 50, 51, 80, 100]),
        (688, 1, [0, 1, 7, 8, 20, 40]),
        (2_000, 5, [50, 80, 100, 101, 150, 250]),
        (2_400, 1, [0, 10, 24, 25, 48, 72, 200]),
        (12_000, 0.1, [0, 5, 12, 13, 40, 90]),
        (50_000, 25, [12_000, 12_499, 12_500, 12_501, 13_000]),
        (120_000, 0.5, [450, 599, 600, 601, 750]),
        (1_000_000, 1, [9_500, 10_000, 10_001, 10_600]),
    ]
    for k in ks
]


def tails(n, p, k):
    """P(X >= k), P(X <= k)."""
    p = Decimal(p)
    odds = p / (1 - p)
    term = (1 - p) ** n
    lower = term
    for i in range(k):
        term *= Decimal(n - i) / Decimal(i + 1) * odds
        lower += term
    upper = term
    for i in range(k, n):
        term *= Decimal(n - i) / Decimal(i + 1) * odds
        upper += term
        if i > n * p and term < upper * Decimal("1e-40"):
            break
    return upper, lower


def main():
    rows = []
    for n, percent, k in CASES:
        p = percent / 100
        upper, lower = tails(n, p, k)
        rows.append({"n": n, "p": p, "k": k, "upper": f"{upper:.16e}", "lower": f"{lower:.16e}"})
    print(json.dumps(rows, indent=2))


main()
