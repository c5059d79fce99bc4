"""exp, log, cosine and sine of one float64, so written that a loop over lanes becomes vector instructions.

Inside a compiled loop `math.exp` is a call of the C library, one lane at a time, and the loop around it stays scalar.
These are plain arithmetic: no branch (a choice between two values is a select), no table, rounding by adding and
taking off a large number, exponents by their bits. Nothing here may be reordered or fused, so the same input gives
the same bits on every processor. Errors against the exact value are below two units in the last place.

The polynomials are minimax fits (Remez) of less than 4e-18; `log` follows fdlibm, with its coefficients.
"""

from __future__ import annotations

import numpy as np

from gramlib.simulation.kernel.lanes import inlined

# Adding 1.5 * 2**52 leaves no room for a fraction: the sum is rounded to an integer, which stands in its low bits.
_ROUNDER = 6755399441055744.0
_ROUNDER_BITS = np.int64(0x4338000000000000)
_TWO_52 = 4503599627370496.0
_TWO_52_BITS = np.uint64(0x4330000000000000)

_PER_LN2 = 1.4426950408889634
_LN2_HIGH = 6.93147180369123816490e-01
_LN2_LOW = 1.90821492927058770002e-10

EXP_LARGEST = 709.782712893384
"""Largest x of which `exp` is finite; above it, infinity."""
EXP_SMALLEST = -708.0
"""Below it `exp` is exactly zero: what is lost is smaller than 3.4e-308."""


@inlined
def _exp_rest(r: float) -> float:
    """(exp(r) - 1 - r) / r^2 for |r| up to half of ln 2."""
    # In pairs and not as one chain (Estrin): prices are a tenth cheaper, since fewer products wait for one another.
    r2 = r * r
    r4 = r2 * r2
    low = (0.5000000000000013 + r * 0.166666666666667) + r2 * (0.04166666666651314 + r * 0.008333333333306775)
    mid = (0.0013888888947672126 + r * 0.000198412699183442) + r2 * (2.480148921005414e-05 + r * 2.755721541821993e-06)
    return low + r4 * (mid + r4 * (2.763155827194176e-07 + r * 2.5118147214976152e-08))


@inlined
def exp(x: float) -> float:
    """Exponential of any float64; NaN stays NaN."""
    held = EXP_SMALLEST if x < EXP_SMALLEST else x
    held = EXP_LARGEST if held > EXP_LARGEST else held
    shifted = held * _PER_LN2 + _ROUNDER
    n = shifted - _ROUNDER
    r = (held - n * _LN2_HIGH) - n * _LN2_LOW
    # Twice the fraction times half the power of two: 2**1024 itself is not a number.
    twice = 2.0 * (1.0 + (r + r * r * _exp_rest(r)))
    power_bits = (np.float64(shifted).view(np.int64) - _ROUNDER_BITS + 1022) << 52
    half_power = np.int64(power_bits).view(np.float64)
    value: float = twice * half_power
    value = np.inf if x > EXP_LARGEST else value
    return 0.0 if x < EXP_SMALLEST else value


@inlined
def exp_within(x: float) -> float:
    """Exponential of `x` between -700 and 700, and of these bounds for anything beyond; a little cheaper than `exp`."""
    held = min(max(x, -700.0), 700.0)
    shifted = held * _PER_LN2 + _ROUNDER
    n = shifted - _ROUNDER
    r = (held - n * _LN2_HIGH) - n * _LN2_LOW
    power_bits = (np.float64(shifted).view(np.int64) - _ROUNDER_BITS + 1023) << 52
    power = np.int64(power_bits).view(np.float64)
    return power * (1.0 + (r + r * r * _exp_rest(r)))


@inlined
def expm1(x: float) -> float:
    """exp(x) - 1 for `x` between -700 and 700, to full precision near nought; of anything else it means nothing."""
    shifted = x * _PER_LN2 + _ROUNDER
    n = shifted - _ROUNDER
    r = (x - n * _LN2_HIGH) - n * _LN2_LOW
    power_bits = (np.float64(shifted).view(np.int64) - _ROUNDER_BITS + 1023) << 52
    power = np.int64(power_bits).view(np.float64)
    return power * (r + r * r * _exp_rest(r)) + (power - 1.0)


_ROOT_HALF_BITS = np.uint64(0x3FE6A09E667F3BCD)
_ONE_BITS = np.uint64(0x3FF0000000000000)
_FRACTION_BITS = np.uint64(0x000FFFFFFFFFFFFF)


@inlined
def log(x: float) -> float:
    """Natural logarithm of a finite `x` of at least 2.3e-308; of anything else it means nothing."""
    bits = np.float64(x).view(np.uint64) + (_ONE_BITS - _ROOT_HALF_BITS)
    k = np.uint64((bits >> np.uint64(52)) | _TWO_52_BITS).view(np.float64) - (_TWO_52 + 1023.0)
    # x = 2**k (1 + f), 1 + f between the root of a half and the root of two
    f = np.uint64((bits & _FRACTION_BITS) + _ROOT_HALF_BITS).view(np.float64) - 1.0
    s = f / (2.0 + f)
    z = s * s
    p = 0.1531383769920937332 + z * 0.1479819860511658591
    p = 0.1818357216161805012 + z * p
    p = 0.2222219843214978396 + z * p
    p = 0.2857142874366239149 + z * p
    p = 0.3999999999940941908 + z * p
    p = 0.6666666666666735130 + z * p
    half_square = 0.5 * f * f
    return k * _LN2_HIGH - ((half_square - (s * (half_square + z * p) + k * _LN2_LOW)) - f)


@inlined
def cos_sin_of_turn(u: float) -> tuple[float, float]:
    """Cosine and sine of 2 pi `u`, `u` in turns between -1e9 and 1e9."""
    shifted = 4.0 * u + _ROUNDER
    f = 4.0 * u - (shifted - _ROUNDER)
    z = f * f
    s = -3.5986433880444222e-06 + z * 5.633938468174061e-08
    s = 0.00016044115075202156 + z * s
    s = -0.0046817541323422454 + z * s
    s = 0.07969262624604308 + z * s
    s = -0.6459640975062443 + z * s
    s = 1.5707963267948966 * f + f * (z * s)
    c = 4.7106156561302966e-07 - z * 6.3218922837709975e-09
    c = -2.5202036991476455e-05 + z * c
    c = 0.0009192602742250219 + z * c
    c = -0.020863480763315442 + z * c
    c = 0.2536695079010469 + z * c
    c = -1.2337005501361697 + z * c
    c = 1.0 + z * c
    # Quarter turns 1 and 3 swap the two; the sign of the cosine turns in 1 and 2, that of the sine in 2 and 3.
    quarter = np.float64(shifted).view(np.int64)
    odd = (quarter & 1) != 0
    cosine = s if odd else c
    sine = c if odd else s
    cosine = -cosine if ((quarter + 1) & 2) != 0 else cosine
    sine = -sine if (quarter & 2) != 0 else sine
    return cosine, sine


@inlined
def uniform_of(word: int) -> float:
    """Random word (u64 below 2**32) to the uniform (word + 0.5) 2**-32, exactly."""
    return (np.uint64(np.uint64(word) | _TWO_52_BITS).view(np.float64) - (_TWO_52 - 0.5)) * 2.0**-32


@inlined
def normal_pair(u: float, v: float) -> tuple[float, float]:
    """Two independent standard normals of two uniforms in (0, 1): Box and Muller's r cos, r sin."""
    r = np.sqrt(-2.0 * log(u))
    cosine, sine = cos_sin_of_turn(v)
    return r * cosine, r * sine
