"""`python -m gramlib` is the command `gram`."""

import sys

from gramlib.cli import main

sys.exit(main())
