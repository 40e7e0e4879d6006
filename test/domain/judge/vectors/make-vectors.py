"""Writes vectors.jsonl: random pairs of series with their Mann-Whitney p-value, Hodges-Lehmann estimate and interval.

Independent of domain/judge: the p-value is scipy.stats.mannwhitneyu's (two-sided, method auto), the estimate numpy's median of
all pairwise differences, the interval a bisection on the statistic of R's wilcox.test(conf.int = TRUE, exact = FALSE) with
ranks from scipy. Deterministic; rows (one a line) are [control, experiment, confidence, p, estimate, low, high].
Run: pip install numpy==2.4.6 scipy==1.17.1 && python3 make-vectors.py > vectors.jsonl
"""

import json

import numpy as np
from scipy import stats

random = np.random.default_rng(20261125)


def r_statistic(shift, x, y):
    """R's wilcoxon statistic at a shift, with tie and continuity correction for two sides."""
    m, n = len(x), len(y)
    ranks = stats.rankdata(np.concatenate([x - shift, y]))
    distance = ranks[:m].sum() - m * (m + 1) / 2 - m * n / 2
    _, counts = np.unique(ranks, return_counts=True)
    counts = counts.astype(float)
    ties = (counts**3 - counts).sum()
    sigma = np.sqrt(m * n / 12 * (m + n + 1 - ties / ((m + n) * (m + n - 1))))
    if sigma == 0:
        return None
    return (distance - 0.5 * np.sign(distance)) / sigma


def crossing(x, y, quantile):
    """Where the statistic, which falls with the shift, passes the quantile. R looks at the two ends first."""
    low, high = x.min() - y.max(), x.max() - y.min()
    at_low, at_high = r_statistic(low, x, y), r_statistic(high, x, y)
    if at_low is None or at_high is None:
        return low  # R refuses; every pair differs by the same, and no other shift is possible
    if at_low <= quantile:
        return low
    if at_high >= quantile:
        return high
    for _ in range(200):
        middle = (low + high) / 2
        if middle <= low or middle >= high:
            break
        if r_statistic(middle, x, y) > quantile:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def vector(control, experiment, confidence):
    x, y = np.array(experiment, dtype=float), np.array(control, dtype=float)
    p = stats.mannwhitneyu(x, y, alternative="two-sided", method="auto").pvalue
    estimate = np.median(np.subtract.outer(x, y))
    z = stats.norm.ppf(1 - (1 - confidence) / 2)
    bounds = [crossing(x, y, z), crossing(x, y, -z)]
    return [control, experiment, confidence, float(p), float(estimate), *map(float, bounds)]


def series(kind, size, shift):
    if kind == "normal":
        return np.round(random.normal(100 + 10 * shift, 10, size), 3).tolist()
    if kind == "heavy":
        return np.round(random.lognormal(4 + 0.3 * shift, 0.6, size), 3).tolist()
    if kind == "tied":
        return (random.poisson(4 + shift, size)).tolist()
    if kind == "rare":
        return (random.random(size) < 0.15 + 0.1 * shift).astype(int).tolist()
    if kind == "negative":
        return np.round(random.normal(-5 + shift, 3, size), 2).tolist()
    if kind == "tiny":
        return np.round(random.normal(0.0333 + 1e-4 * shift, 1e-4, size), 8).tolist()
    return [float(np.round(shift + random.integers(0, 2), 1))] * size  # constant


vectors = []
kinds = ["normal", "heavy", "tied", "rare", "negative", "tiny", "constant"]
sizes = [(1, 12), (3, 12), (8, 40), (20, 60), (20, 60)]
for number in range(560):
    least, most = sizes[number % len(sizes)]
    m, n = random.integers(least, most + 1, 2)
    kind = kinds[number % len(kinds)]
    other = kinds[random.integers(0, 3)] if number % 29 == 0 else kind
    shift = random.choice([0, 0, 0.5, 1, 3])
    confidence = [0.98, 0.98, 0.95, 0.9, 0.99][number % 5]
    vectors.append(vector(series(kind, n, 0), series(other, m, shift), confidence))
for m, n in [(2, 200), (8, 150), (200, 8), (9, 150), (150, 150)]:
    vectors.append(vector(series("normal", n, 0), series("normal", m, 0.2), 0.98))
    vectors.append(vector(series("tied", n, 0), series("tied", m, 0.2), 0.98))

for row in vectors:
    print(json.dumps(row, separators=(",", ":")))
