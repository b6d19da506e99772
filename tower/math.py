"""exp and log that give the same bits on every machine: only + - * /, after fdlibm (Sun Microsystems, 1993).

numpy's and the C library's differ with the processor's SIMD level and FMA, so no step may call them.
"""

import math as reference
from typing import Final

import numpy as np

from tower.compiled import kernel

LN2_HIGH: Final = 6.93147180369123816490e-01
LN2_LOW: Final = 1.90821492927058770002e-10
LARGEST: Final = 709.782712893384
SMALLEST: Final = -745.1332191019411


@kernel
def exp(x):
    """e**x within 1 unit in the last place; inf above 709.78, 0 below -745.13, NaN for NaN."""
    if np.isnan(x):
        return np.nan
    if x > LARGEST:
        return np.inf
    if x < SMALLEST:
        return 0.0
    k = np.int64(np.floor(x / 0.6931471805599453 + 0.5))
    high = x - k * LN2_HIGH
    low = k * LN2_LOW
    r = high - low
    t = r * r
    c = r - t * (
        1.66666666666666019037e-01
        + t
        * (
            -2.77777777770155933842e-03
            + t * (6.61375632143793436117e-05 + t * (-1.65339022054652515390e-06 + t * 4.13813679705723846039e-08))
        )
    )
    y = 1.0 - ((low - (r * c) / (2.0 - c)) - high)
    return _scaled(y, k)


@kernel
def _scaled(y, k):
    """y * 2**k, by exact doublings."""
    step = 2.0 if k > 0 else 0.5
    for _ in range(abs(k)):
        y *= step
    return y


@kernel
def log(x):
    """The natural logarithm within 1 unit in the last place; -inf at 0, NaN below."""
    if np.isnan(x) or x < 0:
        return np.nan
    if x == 0:
        return -np.inf
    if np.isinf(x):
        return np.inf
    k = 0
    while x >= 1.4142135623730951:
        x *= 0.5
        k += 1
    while x < 0.7071067811865476:
        x *= 2.0
        k -= 1
    f = x - 1.0
    s = f / (2.0 + f)
    z = s * s
    w = z * z
    t1 = w * (3.999999999940941908e-01 + w * (2.222219843214978396e-01 + w * 1.531383769920937332e-01))
    t2 = z * (
        6.666666666666735130e-01
        + w * (2.857142874366239149e-01 + w * (1.818357216161805012e-01 + w * 1.479819860511658591e-01))
    )
    half = 0.5 * f * f
    return k * LN2_HIGH - ((half - (s * (half + t1 + t2) + k * LN2_LOW)) - f)


def agrees(x: float) -> bool:
    """Whether both are within 2 units in the last place of this machine's.

    >>> all(agrees(x) for x in (1e-300, 0.5, 1.0, 2.718, 100.0, 700.0))
    True
    """
    near = lambda a, b: abs(a - b) <= 2 * reference.ulp(b)
    return near(exp(x), reference.exp(x)) and near(log(x), reference.log(x))
