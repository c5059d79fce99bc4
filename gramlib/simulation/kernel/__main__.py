"""Compile the kernel into its cache folder, so that the first run does not have to: python -m gramlib.simulation.kernel."""

from __future__ import annotations

import numpy as np

from gramlib.params.issuer import Issuer
from gramlib.simulation.kernel import launch
from gramlib.simulation.price_driver import PriceDriver

if __name__ == "__main__":
    launch.run(Issuer(), PriceDriver.given(np.full(2, 100.0)), 1, 1)
